import { beforeAll, describe, expect, it } from '@jest/globals';
import { atEnd, openTestDatabase } from '@luma-sync/testkit';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { listEvents } from './app-events/list-events.js';
import { listRsvps } from './app-rsvps/rsvp-view.js';
import type { Database } from './database.js';
import { listDeliveries } from './deliveries/read-deliveries.js';
import { PrismaClient } from './generated/client.js';
import { listMessages } from './messages/read-messages.js';
import { listOperations } from './operations/read.js';

/** Tables that grow with use. A sequential scan of one takes longer each month. */
const BIG = new Set(['events', 'event_links', 'rsvps', 'rsvp_links', 'operations', 'webhook_deliveries', 'messages']);
/** Pages of 8 kB that one page of a list may read; a sequential scan of the smallest big table here reads more. */
const BLOCKS_MAX = 2_500;
const EVENTS = 100_000;
const LIMIT = 51;

interface Statement {
  text: string;
  values: unknown[];
}

let db: Database;
let pool: pg.Pool;
let recorded: Statement[] = [];
let calendarIds: string[];
let eventId: string;

/** Notes each statement with its values, as Prisma sends it. */
class RecordingClient extends pg.Client {
  // biome-ignore lint/suspicious/noExplicitAny: pg declares a dozen forms of it
  override query(config: any, ...rest: any[]): any {
    if (typeof config === 'object' && config !== null && typeof config.text === 'string')
      recorded.push({ text: config.text, values: config.values ?? [] });
    // biome-ignore lint/suspicious/noExplicitAny: as above
    return (super.query as any)(config, ...rest);
  }
}

beforeAll(async () => {
  const { url } = await openTestDatabase();
  pool = new pg.Pool({ connectionString: url, Client: RecordingClient, max: 2 });
  db = new PrismaClient({ adapter: new PrismaPg(pool) });
  atEnd(async () => {
    await db.$disconnect();
    await pool.end();
  });
  await fill();
}, 300_000);

/** Ten calendars, of which one has nearly no events; answers, operations, deliveries and mails of these events. */
async function fill(): Promise<void> {
  await pool.query(`
    insert into calendars (name, kind) select 'c' || n, 'luma' from generate_series(0, 9) n;
    alter table event_links disable trigger user;
    alter table events disable trigger user;
    create temporary table c as select id, row_number() over (order by name) - 1 as n from calendars;
    insert into events (external_id, source, approval, title, starts_at, ends_at, timezone, effective_calendar_id)
      select 'e' || i, 'app', (case when i % 50 = 0 then 'draft' else 'approved' end)::event_approval, 'Event', at, at + interval '1 hour', 'UTC', c.id
      from generate_series(1, ${EVENTS}) as s(i) cross join lateral (select now() + i * interval '1 minute' as at) t
        join c on c.n = (case when i % 10000 = 0 then 9 else i % 9 end);
    insert into event_links (event_id, calendar_id, luma_event_id, state)
      select e.id, e.effective_calendar_id, 'evt-' || e.external_id,
        (case when e.external_id like '%0007' then 'push_failed' else 'synced' end)::event_link_state
      from events e where e.approval = 'approved';
    insert into people (external_id, email, origin) select 'p' || n, 'p' || n || '@example.org', 'app' from generate_series(1, 2000) n;
    insert into rsvps (event_id, person_id, status, created_at)
      select e.id, p.id, (case when p.external_id like '%1' then 'pending' else 'going' end)::rsvp_status, now()
      from (select id from events where external_id in ('e1', 'e2')) e cross join people p;
    insert into rsvps (event_id, person_id, status)
      select e.id, p.id, 'going' from events e cross join (select id from people order by external_id limit 2) p
      where e.external_id not in ('e1', 'e2');
    insert into rsvp_links (rsvp_id, state) select id, 'synced' from rsvps;
    insert into operations (job, dedupe_key, payload, priority, state, trigger, actor, event_id, calendar_id, deadline_at, dispatch_at, created_at, isolated)
      select case when n % 20 = 0 then 'guest.pull' else 'event.push' end, 'k' || n || e.id, '{}', 1,
        (case when e.external_id like '%0003' then 'failed' else 'done' end)::operation_state, 'api', 'app', e.id, e.effective_calendar_id, now(), null,
        now() - n * interval '1 hour' - (random() * interval '1 hour'), false
      from events e cross join generate_series(1, 2) n;
    insert into webhook_deliveries (calendar_id, webhook_id, type, state, signed_at, received_at)
      select e.effective_calendar_id, e.external_id, case when e.external_id like '%005' then 'event.created' else 'guest.updated' end,
        (case when e.external_id like '%0009' then 'failed' else 'applied' end)::delivery_state, now(), now() - random() * interval '30 days'
      from events e;
    insert into messages (kind, recipient, idempotency_key, state, created_at)
      select 'coupon', 'expired', e.external_id, (case when e.external_id like '%0001' then 'unknown' else 'sent' end)::message_state,
        now() - random() * interval '30 days'
      from events e;
    alter table event_links enable trigger user;
    alter table events enable trigger user;
    analyze`);
  calendarIds = (await db.calendar.findMany({ orderBy: { name: 'asc' } })).map(({ id }) => id);
  eventId = (await db.event.findUniqueOrThrow({ where: { externalId: 'e1' } })).id;
}

interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
  Plans?: PlanNode[];
}

/** Sequential scans of big tables, and how many blocks were read in all. */
async function explain(statements: readonly Statement[]): Promise<{ scans: string[]; blocks: number }> {
  const scans: string[] = [];
  let blocks = 0;
  for (const { text, values } of statements.filter((one) => /^\s*(select|with)/i.test(one.text))) {
    const { rows } = await pool.query({ text: `explain (analyze, buffers, format json) ${text}`, values });
    const { Plan: plan } = rows[0]['QUERY PLAN'][0] as { Plan: PlanNode };
    blocks += plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
    const visit = (node: PlanNode): void => {
      const table = node['Relation Name'] ?? '';
      if (node['Node Type'] === 'Seq Scan' && BIG.has(table)) scans.push(`${table}: ${text}`);
      for (const child of node.Plans ?? []) visit(child);
    };
    visit(plan);
  }
  return { scans, blocks };
}

type List = [name: string, run: () => Promise<readonly unknown[]>];
const soon = new Date(Date.now() + 30 * 86_400_000);
const after = { at: soon, id: '00000000-0000-4000-8000-000000000000' };
const old = { at: new Date(Date.now() - 5_400_000), id: after.id };
const fewOnes = (): string => calendarIds[9] ?? '';
const manyOnes = (): string => calendarIds[0] ?? '';

const LISTS: List[] = [
  ['events', () => listEvents(db, { limit: LIMIT })],
  ['events, a later page', () => listEvents(db, { after, limit: LIMIT })],
  ['events of a calendar', () => listEvents(db, { calendarId: manyOnes(), limit: LIMIT })],
  ['events of a calendar with few', () => listEvents(db, { calendarId: fewOnes(), limit: LIMIT })],
  ['events within reach', () => listEvents(db, { reach: [fewOnes()], limit: LIMIT })],
  ['events of a time', () => listEvents(db, { from: soon, to: new Date(soon.getTime() + 86_400_000), limit: LIMIT })],
  ['synced events', () => listEvents(db, { state: 'synced', limit: LIMIT })],
  ['events in a rare state', () => listEvents(db, { state: 'push_failed', limit: LIMIT })],
  ['drafts', () => listEvents(db, { approval: 'draft', limit: LIMIT })],
  ['approved events', () => listEvents(db, { approval: 'approved', limit: LIMIT })],
  ['answers', () => listRsvps(db, eventId, { limit: LIMIT })],
  ['answers by status', () => listRsvps(db, eventId, { status: 'pending', limit: LIMIT })],
  ['operations', () => listOperations(db, { limit: LIMIT })],
  ['operations, a later page', () => listOperations(db, { after: old, limit: LIMIT })],
  ['operations of a calendar', () => listOperations(db, { calendarId: manyOnes(), limit: LIMIT })],
  ['operations of a calendar with few', () => listOperations(db, { calendarId: fewOnes(), limit: LIMIT })],
  ['operations of an event', () => listOperations(db, { eventId, limit: LIMIT })],
  ['operations of a job', () => listOperations(db, { job: 'guest.pull', limit: LIMIT })],
  ['dead letters', () => listOperations(db, { state: 'failed', limit: LIMIT })],
  ['operations that are done', () => listOperations(db, { state: 'done', limit: LIMIT })],
  ['parked operations', () => listOperations(db, { isParked: true, limit: LIMIT })],
  ['operations that are not parked', () => listOperations(db, { isParked: false, limit: LIMIT })],
  ['isolated operations', () => listOperations(db, { isIsolated: true, limit: LIMIT })],
  ['deliveries', () => listDeliveries(db, { limit: LIMIT })],
  ['deliveries of a calendar', () => listDeliveries(db, { calendarId: manyOnes(), limit: LIMIT })],
  ['deliveries of a calendar with few', () => listDeliveries(db, { calendarId: fewOnes(), limit: LIMIT })],
  ['failed deliveries', () => listDeliveries(db, { state: 'failed', limit: LIMIT })],
  ['deliveries of a type', () => listDeliveries(db, { type: 'event.created', limit: LIMIT })],
  ['mails', () => listMessages(db, { limit: LIMIT })],
  ['mails of unknown fate', () => listMessages(db, { state: 'unknown', limit: LIMIT })],
];

/** Guards against lists that read a table as long as it is: a hundred thousand events took seconds. */
describe('with a hundred thousand events', () => {
  it.each(LISTS)('a page of %s is read by an index, in few blocks', async (_name, run) => {
    recorded = [];
    await run();
    const statements = recorded;
    const { scans, blocks } = await explain(statements);
    expect(statements.length).toBeGreaterThan(0);
    expect(scans).toEqual([]);
    expect(blocks).toBeLessThan(BLOCKS_MAX);
  });

  it('a scan that no index serves is noticed', async () => {
    recorded = [];
    await db.event.findFirst({ where: { descriptionMd: 'nobody’s' } });
    expect((await explain(recorded)).scans).toHaveLength(1);
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
      startsAt: soon,
      endsAt: soon,
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
