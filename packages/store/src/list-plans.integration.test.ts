import { beforeAll, describe, expect, it } from '@jest/globals';
import { atEnd, openTestDatabase, waitFor } from '@luma-sync/testkit';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { fillBigTables } from '../test/big-tables.js';
import { explain, RecordingClient, record } from '../test/recorded-plans.js';
import { type AuditQuery, listAudit } from './audit/read-audit.js';
import { listBackfillPlans, listBackfillSteps } from './backfill/plans.js';
import { listBackfillQuestions, type QuestionQuery } from './backfill/questions.js';
import { type ConflictQuery, listConflicts } from './conflicts/list-conflicts.js';
import type { Database } from './database.js';
import { type DeliveryQuery, listDeliveries } from './deliveries/read-deliveries.js';
import { type EventQuery, listEvents } from './events/list-events.js';
import { PrismaClient } from './generated/client.js';
import { type HeldMailsQuery, listHeldMails } from './mail-guard/held-mails.js';
import { listMessages, type MessageQuery } from './messages/read-messages.js';
import { listOperations, type OperationQuery } from './operations/read.js';
import { isSessionEnded } from './operator-sessions/ended-sessions.js';
import { listRemovalQuestions, type QuestionQuery as RemovalQuery } from './removals/questions.js';
import { listRsvps, type RsvpQuery } from './rsvps/rsvp-view.js';
import { readEventTimeline, readRecordTimeline } from './timeline/read-timeline.js';
import { listUnreadable, type UnreadableQuery } from './unreadable/read-records.js';

/** Tables that grow with use. A sequential scan of one takes longer each month. */
const BIG = new Set([
  'events',
  'event_links',
  'people',
  'rsvps',
  'rsvp_links',
  'operations',
  'webhook_deliveries',
  'messages',
  'timeline',
  'conflicts',
  'audit_log',
  'unreadable_records',
  'removal_questions',
  'backfill_questions',
  'backfill_steps',
  'revoked_sessions',
]);
/** Pages of 8 kB that one page of a list may read; a sequential scan of the smallest big table here reads more. */
const BLOCKS_MAX = 2_500;
/** Lists that read more, by their nature. */
const MORE_BLOCKS: Record<string, number> = {
  // Up to 5,000 events that changed, with the link of each.
  'events, state and changed lately': 20_000,
  // Half a thousand mails until a page of one calendar in ten is full, with the event of each.
  'mails, within reach': 10_000,
  // The same of conflicts.
  'conflicts, within reach': 10_000,
  // Every answer of which a mail is held: they are counted by event.
  'held mails, all': 25_000,
  'held mails, of a calendar': 25_000,
  'held mails, within reach': 25_000,
};
/** Rows that may be sorted for one page: what a narrow filter leaves, and no table. */
const SORTED_MAX = 5_000;
const LIMIT = 51;
const DAY_MS = 86_400_000;

let db: Database;
let pool: pg.Pool;
let calendarIds: string[];
let eventId: string;
let personId: string;
let planId: string;

beforeAll(async () => {
  const { url } = await openTestDatabase();
  pool = new pg.Pool({ connectionString: url, Client: RecordingClient, max: 2 });
  db = new PrismaClient({ adapter: new PrismaPg(pool) });
  atEnd(async () => {
    await db.$disconnect();
    await pool.end();
  });
  await fillBigTables(pool);
  calendarIds = (await db.calendar.findMany({ orderBy: { name: 'asc' } })).map(({ id }) => id);
  eventId = (await db.event.findUniqueOrThrow({ where: { externalId: 'e1' } })).id;
  personId = (await db.person.findUniqueOrThrow({ where: { externalId: 'p77' } })).id;
  planId = (await db.backfillStep.findFirstOrThrow()).planId;
}, 300_000);

type List = [name: string, run: () => Promise<unknown>];
/** Ids and calendars are known only once the tables are filled. */
type Late<Q> = () => Omit<Q, 'limit'>;

const inDays = (days: number): Date => new Date(Date.now() + days * DAY_MS);
const id = '00000000-0000-4000-8000-000000000000';
const old = { at: new Date(Date.now() - 5_400_000), id };
const few = (): string => calendarIds[9] ?? '';
const many = (): string => calendarIds[0] ?? '';

const toLists = <Q>(what: string, list: (query: Q) => Promise<unknown>, queries: Record<string, Late<Q>>): List[] =>
  Object.entries(queries).map(([name, query]) => [
    `${what}, ${name}`,
    () => list({ ...query(), limit: LIMIT } as unknown as Q),
  ]);

const EVENTS = toLists<EventQuery>('events', (query) => listEvents(db, query), {
  all: () => ({}),
  'a later page': () => ({ after: { at: inDays(30), id } }),
  'of a calendar': () => ({ calendarId: many() }),
  'of a calendar with few': () => ({ calendarId: few() }),
  'within reach': () => ({ reach: [few()] }),
  'of a time': () => ({ from: inDays(30), to: inDays(31) }),
  synced: () => ({ state: 'synced' }),
  'in a rare state': () => ({ state: 'push_failed' }),
  'in a state that only the last ones have': () => ({ state: 'drifted' }),
  'in a state that none has': () => ({ state: 'conflict' }),
  'not pushed yet': () => ({ state: 'pending_push' }),
  'later page of a state': () => ({ state: 'synced', after: { at: inDays(30), id } }),
  drafts: () => ({ approval: 'draft' }),
  approved: () => ({ approval: 'approved' }),
  'by Luma’s id': () => ({ lumaEventId: 'evt-e500' }),
  'by an unknown id of Luma’s': () => ({ lumaEventId: 'evt-none' }),
  'by Luma’s reserved address': () => ({ lumaUrl: 'https://luma.com/se500' }),
  'by Luma’s address': () => ({ lumaUrl: 'https://luma.com/u500' }),
  'changed lately': () => ({ updatedSince: inDays(-1) }),
  'changed since long ago': () => ({ updatedSince: inDays(-30) }),
  'changed since now': () => ({ updatedSince: inDays(0) }),
  'calendar and state': () => ({ calendarId: many(), state: 'drifted' }),
  'calendar and pending': () => ({ calendarId: many(), state: 'pending_push' }),
  'calendar with few, and state': () => ({ calendarId: few(), state: 'synced' }),
  'calendar and approval': () => ({ calendarId: many(), approval: 'pending' }),
  'calendar and time': () => ({ calendarId: many(), from: inDays(30) }),
  'calendar and changed lately': () => ({ calendarId: many(), updatedSince: inDays(-1) }),
  'reach and state': () => ({ reach: [few(), many()], state: 'push_failed' }),
  'reach and changed lately': () => ({ reach: [few(), many()], updatedSince: inDays(-1) }),
  'state and time': () => ({ state: 'drifted', from: inDays(30) }),
  'state and approval': () => ({ state: 'push_failed', approval: 'approved' }),
  'state and changed lately': () => ({ state: 'synced', updatedSince: inDays(-1) }),
  'approval and changed lately': () => ({ approval: 'approved', updatedSince: inDays(-1) }),
  'time and changed lately': () => ({ from: inDays(1), updatedSince: inDays(-1) }),
});

const ANSWERS = toLists<RsvpQuery>('answers', (query) => listRsvps(db, eventId, query), {
  all: () => ({}),
  'a later page': () => ({ after: { at: inDays(-7), id } }),
  'by status': () => ({ status: 'pending' }),
  'by a status that none has': () => ({ status: 'waitlist' }),
  'changed lately': () => ({ updatedSince: inDays(-1) }),
  'changed since long ago': () => ({ updatedSince: inDays(-30) }),
  'changed since now': () => ({ updatedSince: inDays(0) }),
  'status and changed lately': () => ({ status: 'pending', updatedSince: inDays(-1) }),
});

const OPERATIONS = toLists<OperationQuery>('operations', (query) => listOperations(db, query), {
  all: () => ({}),
  'a later page': () => ({ after: old }),
  'of a calendar': () => ({ calendarId: many() }),
  'of a calendar with few': () => ({ calendarId: few() }),
  'within reach': () => ({ reach: [few(), many()] }),
  'of an event': () => ({ eventId }),
  'of a job': () => ({ job: 'guest.pull' }),
  failed: () => ({ state: 'failed' }),
  done: () => ({ state: 'done' }),
  running: () => ({ state: 'running' }),
  parked: () => ({ isParked: true }),
  'not parked': () => ({ isParked: false }),
  isolated: () => ({ isIsolated: true }),
  'not isolated': () => ({ isIsolated: false }),
  'job and state': () => ({ job: 'guest.pull', state: 'failed' }),
  'calendar and state': () => ({ calendarId: many(), state: 'failed' }),
  'calendar and job': () => ({ calendarId: many(), job: 'guest.pull' }),
  'calendar and no such job': () => ({ calendarId: many(), job: 'coupon.email' }),
  'calendar, job and state': () => ({ calendarId: many(), job: 'event.push', state: 'failed' }),
  'event and state': () => ({ eventId, state: 'failed' }),
  'event and job': () => ({ eventId, job: 'event.push' }),
  'reach and state': () => ({ reach: [few()], state: 'failed' }),
  'calendar and parked': () => ({ calendarId: many(), isParked: true }),
});

const DELIVERIES = toLists<DeliveryQuery>('deliveries', (query) => listDeliveries(db, query), {
  all: () => ({}),
  'a later page': () => ({ after: old }),
  'of a calendar': () => ({ calendarId: many() }),
  'of a calendar with few': () => ({ calendarId: few() }),
  failed: () => ({ state: 'failed' }),
  'of a type': () => ({ type: 'event.created' }),
  'calendar and state': () => ({ calendarId: many(), state: 'failed' }),
  'calendar and type': () => ({ calendarId: many(), type: 'event.created' }),
  'state and a type that it never has': () => ({ state: 'ignored', type: 'event.updated' }),
  'reach and state': () => ({ reach: [few()], state: 'failed' }),
});

const MAILS = toLists<MessageQuery>('mails', (query) => listMessages(db, query), {
  all: () => ({}),
  'of unknown fate': () => ({ state: 'unknown' }),
  'of an event': () => ({ eventId }),
  'of a person': () => ({ personId }),
  'event and state': () => ({ eventId, state: 'unknown' }),
  'event and person': () => ({ eventId, personId }),
  'within reach of few': () => ({ reach: [few()] }),
  'within reach': () => ({ reach: [many()] }),
  'reach and state': () => ({ reach: [many()], state: 'unknown' }),
});

const CONFLICTS = toLists<ConflictQuery>('conflicts', (query) => listConflicts(db, query), {
  all: () => ({}),
  open: () => ({ isOpen: true }),
  resolved: () => ({ isOpen: false }),
  'a later page': () => ({ after: { isOpen: false, at: inDays(-5), id } }),
  'a later page of open ones': () => ({ after: { isOpen: true, at: inDays(-5), id } }),
  'of a person': () => ({ personId }),
  'person and state': () => ({ personId, isOpen: true }),
  'within reach': () => ({ reach: [many()] }),
});

const AUDIT = toLists<AuditQuery>('audit log', (query) => listAudit(db, query), {
  all: () => ({}),
  actor: () => ({ actor: 'key1' }),
  'a rare actor': () => ({ actor: 'rare' }),
  action: () => ({ action: 'calendar.change' }),
  'type of subject': () => ({ subjectType: 'calendar' }),
  'a type that none has': () => ({ subjectType: 'person' }),
  subject: () => ({ subject: 's77' }),
  calendar: () => ({ calendarId: many() }),
  from: () => ({ from: inDays(-1) }),
  'to long ago': () => ({ to: inDays(-600) }),
  window: () => ({ from: inDays(-300), to: inDays(-299) }),
  'actor and window': () => ({ actor: 'key1', from: inDays(-300), to: inDays(-299) }),
  'type of subject and window': () => ({ subjectType: 'operation', to: inDays(-600) }),
  'actor and action': () => ({ actor: 'key1', action: 'calendar.change' }),
  'calendar and action': () => ({ calendarId: many(), action: 'calendar.change' }),
});

const HELD = toLists<HeldMailsQuery>('held mails', (query) => listHeldMails(db, query), {
  all: () => ({}),
  'of a calendar': () => ({ calendarId: many() }),
  'within reach': () => ({ reach: [few()] }),
});

const UNREADABLE = toLists<UnreadableQuery>('unreadable records', (query) => listUnreadable(db, query), {
  all: () => ({}),
  'of a calendar': () => ({ calendarId: many() }),
  'of an event': () => ({ eventId }),
  'of a kind': () => ({ kind: 'event' }),
  open: () => ({ state: 'open' }),
  resolved: () => ({ state: 'resolved' }),
  'calendar and state': () => ({ calendarId: many(), state: 'open' }),
  'calendar, kind and state': () => ({ calendarId: many(), kind: 'event', state: 'open' }),
});

const QUESTIONS = [
  ...toLists<RemovalQuery>('removal questions', (query) => listRemovalQuestions(db, query), {
    all: () => ({}),
    open: () => ({ state: 'open' }),
    settled: () => ({ state: 'settled' }),
    'within reach': () => ({ reach: [many()] }),
    'reach and state': () => ({ reach: [many()], state: 'open' }),
  }),
  ...toLists<QuestionQuery>('backfill questions', (query) => listBackfillQuestions(db, query), {
    all: () => ({}),
    open: () => ({ state: 'open' }),
    answered: () => ({ state: 'answered' }),
    'calendar and state': () => ({ calendarId: many(), state: 'answered' }),
  }),
];

const OTHERS: List[] = [
  ['plans of a backfill', () => listBackfillPlans(db, { calendarId: many(), limit: LIMIT })],
  ['steps of a backfill', () => listBackfillSteps(db, planId, { after: 10_000, limit: LIMIT })],
  ['story of an event with many entries', () => readEventTimeline(db, eventId, { after: null, limit: LIMIT })],
  ['story of a record', () => readRecordTimeline(db, many(), { after: null, limit: LIMIT })],
  ['whether an operator’s session was ended', () => isSessionEnded(db, 's77')],
];

/** Guards against lists that read a table as long as it is: a hundred thousand events took seconds. */
describe('with a hundred thousand events', () => {
  it.each([
    ...EVENTS,
    ...ANSWERS,
    ...OPERATIONS,
    ...DELIVERIES,
    ...MAILS,
    ...CONFLICTS,
    ...AUDIT,
    ...HELD,
    ...UNREADABLE,
    ...QUESTIONS,
    ...OTHERS,
  ])('a page of %s is read by an index, in few blocks', async (name, run) => {
    const statements = await record(run);
    const { scans, sorts, blocks } = await explain(pool, statements, { big: BIG, sortedMax: SORTED_MAX });
    expect(statements.length).toBeGreaterThan(0);
    expect({ scans, sorts }).toEqual({ scans: [], sorts: [] });
    expect(blocks).toBeLessThan(MORE_BLOCKS[name] ?? BLOCKS_MAX);
  });

  it('a scan that no index serves is noticed, and a sort', async () => {
    const statements = await record(() =>
      db.event.findFirst({ where: { descriptionMd: 'x' }, orderBy: { title: 'asc' } }),
    );
    expect((await explain(pool, statements, { big: BIG, sortedMax: SORTED_MAX })).scans).toHaveLength(1);
    const sorted = await record(() => db.event.findFirst({ orderBy: { title: 'asc' } }));
    expect((await explain(pool, sorted, { big: BIG, sortedMax: SORTED_MAX })).sorts).toHaveLength(1);
  });
});

describe('the calendar that lists go by', () => {
  it('is the one an event is pinned to, else the one the app asked for, whatever changes', async () => {
    const [asked = '', pinned = ''] = calendarIds;
    const columns = {
      source: 'app',
      approval: 'draft',
      title: 'E',
      timezone: 'UTC',
      startsAt: inDays(30),
      endsAt: inDays(30),
    } as const;
    const { id } = await db.event.create({ data: { ...columns, calendarId: asked } });
    const effective = async () => (await db.event.findUniqueOrThrow({ where: { id } })).effectiveCalendarId;
    expect(await effective()).toBe(asked);
    await db.eventLink.create({ data: { eventId: id, calendarId: pinned, state: 'pending_push' } });
    expect(await effective()).toBe(pinned);
    await db.event.update({ where: { id }, data: { calendarId: null } });
    expect(await effective()).toBe(pinned);
    const { id: other } = await db.event.create({ data: columns });
    await db.eventLink.update({ where: { eventId: id }, data: { eventId: other } });
    expect(await effective()).toBeNull();
    expect((await db.event.findUniqueOrThrow({ where: { id: other } })).effectiveCalendarId).toBe(pinned);
    await db.eventLink.delete({ where: { eventId: other } });
    expect((await db.event.findUniqueOrThrow({ where: { id: other } })).effectiveCalendarId).toBeNull();
  });
});

describe('what triggers keep for lists', () => {
  const columns = { source: 'app', approval: 'approved', title: 'E', timezone: 'UTC', endsAt: inDays(40) } as const;
  const readEvent = (id: string) => db.event.findUniqueOrThrow({ where: { id }, include: { link: true } });

  it('a link has the start of its event, and an event says whether it has a link, whatever changes', async () => {
    const { id } = await db.event.create({ data: { ...columns, startsAt: inDays(30) } });
    expect((await readEvent(id)).isLinked).toBe(false);
    await db.eventLink.create({ data: { eventId: id, calendarId: many(), state: 'synced' } });
    expect(await readEvent(id)).toMatchObject({ isLinked: true, link: { startsAt: (await readEvent(id)).startsAt } });
    await db.event.update({ where: { id }, data: { startsAt: inDays(31) } });
    expect((await readEvent(id)).link?.startsAt).toEqual((await readEvent(id)).startsAt);
    const { id: other } = await db.event.create({ data: { ...columns, startsAt: inDays(32) } });
    await db.eventLink.update({ where: { eventId: id }, data: { eventId: other } });
    expect((await readEvent(id)).isLinked).toBe(false);
    expect(await readEvent(other)).toMatchObject({
      isLinked: true,
      link: { startsAt: (await readEvent(other)).startsAt },
    });
    await db.eventLink.delete({ where: { eventId: other } });
    expect((await readEvent(other)).isLinked).toBe(false);
  });

  /** Guards against an order by a start that was being changed while the link was made. */
  it('a link that is made while the start changes has the new one', async () => {
    const { id } = await db.event.create({ data: { ...columns, startsAt: inDays(30) } });
    const later = inDays(33);
    const other = await pool.connect();
    try {
      await other.query('begin');
      await other.query('update events set starts_at = $1 where id = $2', [later, id]);
      // Prisma sends nothing before somebody waits for it.
      const made = db.eventLink
        .create({ data: { eventId: id, calendarId: many(), state: 'synced' } })
        .then((link) => link);
      const isWaiting =
        "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
      await waitFor(async () => (await other.query(isWaiting)).rows.length > 0, {
        what: 'the link to wait for the event',
      });
      await other.query('commit');
      await made;
    } finally {
      other.release();
    }
    expect((await readEvent(id)).link?.startsAt).toEqual(later);
  });

  it('a conflict names its event, also that of an answer', async () => {
    const rsvp = await db.rsvp.findFirstOrThrow({ where: { eventId } });
    const about = { field: 'f', rule: 'owner_app', resolution: 'ours' };
    const made = [
      await db.conflict.create({ data: { ...about, recordType: 'event', recordId: eventId } }),
      await db.conflict.create({ data: { ...about, recordType: 'rsvp', recordId: rsvp.id } }),
    ];
    expect(made.map((conflict) => conflict.eventId)).toEqual([eventId, eventId]);
  });
});
