import { beforeEach, describe, expect, it } from '@jest/globals';
import type { RsvpStatus } from '@luma-sync/domain';
import { eventPull } from '@luma-sync/jobs';
import {
  beginOperation,
  createEventSyncStore,
  createRsvpSyncStore,
  type Database,
  type DueRsvp,
  enqueueOperation,
  type LeaseHolder,
  type ObservedGuest,
  openDatabase,
  putEvent,
  putRsvp,
} from '@luma-sync/store';
import { atEnd, openTestDatabase } from '@luma-sync/testkit';
import { Dice } from '../random.js';
import { VirtualTime } from '../virtual-time.js';
import { App, type AppEvent } from './app.js';
import { createEventTwin, type EventTwin } from './event-twin.js';
import { Operations } from './operations.js';
import { createRsvpTwin, type RsvpTwin } from './rsvp-twin.js';
import { Tables } from './tables.js';

/*
 * The stores of a simulated run and the real ones are given the same commands, drawn from a seed, and must hold the same afterwards. What a
 * simulation proves is worth what its tables are.
 */

const STEPS = 60;
const CALENDAR = '00000000-0000-4000-8000-0000000000ca';

let db: Database;
let real: { events: ReturnType<typeof createEventSyncStore>; rsvps: ReturnType<typeof createRsvpSyncStore> };
let twin: { tables: Tables; operations: Operations; app: App; events: EventTwin; rsvps: RsvpTwin };
let realRun: LeaseHolder;
let twinRun: LeaseHolder;

const EVENT: AppEvent = {
  title: 'Meetup',
  descriptionMd: 'Hello',
  startsAt: new Date('2030-03-16T19:30:00.000Z'),
  endsAt: new Date('2030-03-16T21:30:00.000Z'),
  timezone: 'Europe/Berlin',
  locationType: 'physical',
  locationName: 'Venue',
  locationAddress: 'Street 1',
  locationLat: 48.1,
  locationLng: 11.5,
  meetingUrl: null,
  visibility: 'public',
  capacity: 40,
};

async function putBoth(event: AppEvent): Promise<void> {
  const {
    locationType: type,
    locationName: name,
    locationAddress: address,
    locationLat: lat,
    locationLng: lng,
  } = event;
  const { title, descriptionMd, startsAt, endsAt, timezone, meetingUrl, visibility, capacity } = event;
  const plain = { title, descriptionMd, startsAt, endsAt, timezone, meetingUrl, visibility, capacity };
  const input = { ...plain, location: { type, name, address, lat, lng }, coverUrl: null, tags: [], host: null };
  await putEvent(db, 'app-1', input, 'app');
  twin.app.putEvent('app-1', event);
}

beforeEach(async () => {
  const { url } = await openTestDatabase();
  db = openDatabase({ url, poolMax: 4 });
  atEnd(() => db.$disconnect());
  await db.calendar.create({ data: { id: CALENDAR, name: 'Test', kind: 'luma', isDefault: true } });
  real = { events: createEventSyncStore(db), rsvps: createRsvpSyncStore(db) };
  const time = new VirtualTime(Date.now());
  const tables = new Tables();
  const operations = new Operations(time, tables.newId, () => {});
  twin = {
    tables,
    operations,
    app: new App(tables, operations),
    events: createEventTwin(tables, operations, time, CALENDAR),
    rsvps: createRsvpTwin(tables, operations, time),
  };
  await putBoth(EVENT);
  const payload = { eventId: (await ids()).real };
  const { id } = await enqueueOperation(db, eventPull, payload, { trigger: 'api', actor: 'test' });
  await beginOperation(db, { id, owner: 'run', leaseMs: 600_000, recordKey: () => null });
  realRun = { operationId: id, owner: 'run', leaseMs: 600_000 };
  const operation = operations.enqueue(
    'event.pull',
    { eventId: (await ids()).twin },
    { trigger: 'api', actor: 'test' },
  );
  operations.begin(operation.id, 'run');
  twinRun = { operationId: operation.id, owner: 'run', leaseMs: 600_000 };
});

async function ids(): Promise<{ real: string; twin: string }> {
  const { id } = await db.event.findUniqueOrThrow({ where: { externalId: 'app-1' } });
  return { real: id, twin: twin.app.findEvent('app-1')?.id ?? '' };
}

describe('the tables of a simulated run', () => {
  it.each([1, 2, 3, 4, 5, 6])(
    'hold of guests and answers what Postgres holds after the same commands (seed %i)',
    async (seed) => {
      const dice = new Dice(seed);
      for (let step = 0; step < STEPS; step += 1) {
        const what = await guestStep(dice, step);
        expect({ step, what, ...(await guestsOfTwin()) }).toEqual({ step, what, ...(await guestsOfPostgres()) });
      }
    },
  );

  it.each([1, 2, 3])('hold of an event what Postgres holds after the same commands (seed %i)', async (seed) => {
    const dice = new Dice(seed);
    for (let step = 0; step < STEPS; step += 1) {
      const what = await eventStep(dice, step);
      expect({ step, what, ...(await eventOfTwin()) }).toEqual({ step, what, ...(await eventOfPostgres()) });
    }
  });
});

// ------------------------------------------------------------------------------------------------ guests and answers

const T0 = Date.now() - 60_000;

async function guestStep(dice: Dice, step: number): Promise<string> {
  const event = await ids();
  const number = dice.whole(1, 4);
  const due = await bothDue();
  const some = due.filter(() => dice.chance(0.6));
  const act = dice.pick([
    'answer',
    'answer',
    'guests',
    'guests',
    'guests',
    'ask',
    'accept',
    'back',
    'try',
    'settle',
    'declined',
    'fail',
    'gone',
    'seen',
  ]);
  switch (act) {
    case 'answer': {
      const status = dice.pick<RsvpStatus>(['going', 'pending', 'cancelled', 'waitlist', 'interested']);
      const email = dice.chance(0.2) ? `moved${number}@example.org` : `g${number}@example.org`;
      const person = { name: `P${number}`, email, phone: null };
      await putRsvp(db, 'app-1', `p${number}`, { ...person, status }, 'app');
      twin.app.putRsvp('app-1', `p${number}`, person, status);
      return `${act} ${number} ${status} ${email}`;
    }
    case 'guests': {
      const guests = Array.from({ length: dice.whole(1, 3) }, () => drawGuest(dice));
      const observedAt = new Date(T0 + step * 500 - (dice.chance(0.2) ? 3_000 : 0));
      const sighting = {
        calendarId: CALENDAR,
        source: 'app',
        guests,
        observedAt,
        via: 'test',
        trigger: 'api',
      } as const;
      const counts = await real.rsvps.applyGuests(realRun, { ...sighting, eventId: event.real });
      const played = twin.rsvps.applyGuests(twinRun, { ...sighting, eventId: event.twin });
      expect(toCounts(played)).toEqual(toCounts(counts));
      return `${act} ${JSON.stringify(guests)}`;
    }
    case 'ask': {
      const approvalStatus = dice.pick(['approved', 'declined', 'waitlist'] as const);
      const toAsked = ({ rsvpId, revision, lumaGuestId, email }: DueRsvp) => ({
        rsvpId,
        revision,
        approvalStatus,
        email: lumaGuestId === null ? email : null,
      });
      await real.rsvps.markAsked(
        realRun,
        some.map((pair) => toAsked(pair.real)),
      );
      twin.rsvps.markAsked(
        twinRun,
        some.map((pair) => toAsked(pair.twin)),
      );
      return act;
    }
    case 'back':
      await real.rsvps.takeBackAsked(
        realRun,
        some.map((pair) => pair.real),
      );
      twin.rsvps.takeBackAsked(
        twinRun,
        some.map((pair) => pair.twin),
      );
      return act;
    case 'settle':
      await real.rsvps.markSettled(
        realRun,
        some.map((pair) => pair.real),
      );
      twin.rsvps.markSettled(
        twinRun,
        some.map((pair) => pair.twin),
      );
      return act;
    case 'declined': {
      const refused = some.filter((pair) => pair.real.base !== null);
      await real.rsvps.markDeclinedThere(
        realRun,
        event.real,
        refused.map((pair) => pair.real),
      );
      twin.rsvps.markDeclinedThere(
        twinRun,
        event.twin,
        refused.map((pair) => pair.twin),
      );
      return act;
    }
    case 'fail': {
      const error = { code: 'luma.rejected', message: 'no' };
      const one = some.slice(0, 1);
      await real.rsvps.markFailed(
        realRun,
        event.real,
        one.map((pair) => pair.real.rsvpId),
        error,
      );
      twin.rsvps.markFailed(
        twinRun,
        event.twin,
        one.map((pair) => pair.twin.rsvpId),
        error,
      );
      return act;
    }
    case 'seen': {
      const seenAt = new Date(T0 + step * 500);
      await real.rsvps.noteSeen(realRun, event.real, `gst-${number}`, seenAt);
      twin.rsvps.noteSeen(twinRun, event.twin, `gst-${number}`, seenAt);
      return act;
    }
    default: {
      const method = ({ accept: 'markAccepted', try: 'countConfirmTry', gone: 'markGone' } as const)[
        act as 'accept' | 'try' | 'gone'
      ];
      await real.rsvps[method](
        realRun,
        some.map((pair) => pair.real.rsvpId),
      );
      twin.rsvps[method](
        twinRun,
        some.map((pair) => pair.twin.rsvpId),
      );
      return act;
    }
  }
}

function drawGuest(dice: Dice): ObservedGuest {
  const number = dice.whole(1, 4);
  const approvalStatus = dice.pick([
    'approved',
    'pending_approval',
    'waitlist',
    'declined',
    'invited',
    'session',
    'unknown:vip',
  ]);
  return {
    lumaGuestId: `gst-${number}${dice.chance(0.1) ? 'b' : ''}`,
    email: `g${number}@example.org`,
    name: `G${number}`,
    phone: dice.chance(0.2) ? `+49151${number}00000` : null,
    approvalStatus,
    kind: dice.pick(['Standard', null, undefined]),
    checkedInAt: dice.pick([null, undefined, '2030-03-16T19:40:00.000Z']),
    tickets: dice.pick([[], undefined]),
    answers: [],
    digest: dice.pick(['a', 'b']),
  };
}

const toCounts = ({
  added,
  updated,
  unchanged,
  unknownStatus,
}: {
  added: number;
  updated: number;
  unchanged: number;
  unknownStatus: number;
}) => ({
  added,
  updated,
  unchanged,
  unknownStatus,
});

async function bothDue(): Promise<{ real: DueRsvp; twin: DueRsvp }[]> {
  const event = await ids();
  const byMail = (a: DueRsvp, b: DueRsvp) => ((a.email ?? '') < (b.email ?? '') ? -1 : 1);
  const ours = (await real.rsvps.listDue({ eventId: event.real, limit: 50 })).sort(byMail);
  const played = twin.rsvps.listDue({ eventId: event.twin, limit: 50 }).sort(byMail);
  expect(played.map(comparable)).toEqual(ours.map(comparable));
  return ours.map((rsvp, index) => ({ real: rsvp, twin: played[index] as DueRsvp }));
}

const comparable = ({ rsvpId: _rsvp, personId: _person, askedAt, acceptedAt, ...rsvp }: DueRsvp) => ({
  ...rsvp,
  isAsked: askedAt !== null,
  isAccepted: acceptedAt !== null,
});

async function guestsOfPostgres() {
  const rows = await db.rsvp.findMany({ include: { link: true, person: true } });
  const conflicts = await db.conflict.findMany({ where: { recordType: 'rsvp' } });
  return {
    rsvps: rows
      .map(({ status, stated, revision, kind, checkedInAt, link, person }) => ({
        who: [person.externalId, person.name, person.email, person.phone, person.origin],
        answer: [status, stated, revision, kind, checkedInAt?.toISOString() ?? null],
        link: link === null ? null : linkOf(link),
      }))
      .sort(byWho),
    conflicts: conflicts.map(({ ours, theirs, resolution }) => [ours, theirs, resolution].join()).sort(),
  };
}

async function guestsOfTwin() {
  const { tables } = twin;
  return {
    rsvps: [...tables.rsvps.values()]
      .map(({ id, personId, status, stated, revision, kind, checkedInAt }) => {
        const person = tables.people.get(personId);
        const link = tables.rsvpLinks.get(id);
        return {
          who: [person?.externalId, person?.name, person?.email, person?.phone, person?.origin],
          answer: [status, stated, revision, kind, checkedInAt],
          link: link === undefined ? null : linkOf(link),
        };
      })
      .sort(byWho),
    conflicts: tables.conflicts.map(({ ours, theirs, resolution }) => [ours, theirs, resolution].join()).sort(),
  };
}

const byWho = (a: { who: unknown[] }, b: { who: unknown[] }) => (String(a.who[2]) < String(b.who[2]) ? -1 : 1);

interface AnyLink {
  lumaGuestId: string | null;
  pushedRevision: number;
  base: unknown;
  observedAt: Date | null;
  state: string;
  decidedBy: string;
  askedAt: Date | null;
  askedRevision: number;
  askedEmail: string | null;
  acceptedAt: Date | null;
  confirmTries: number;
}
const linkOf = ({
  lumaGuestId,
  pushedRevision,
  base,
  observedAt,
  state,
  decidedBy,
  askedAt,
  askedRevision,
  askedEmail,
  acceptedAt,
  confirmTries,
}: AnyLink) => ({
  lumaGuestId,
  pushedRevision,
  base,
  observedAt: observedAt?.toISOString() ?? null,
  state,
  decidedBy,
  isAsked: askedAt !== null,
  askedRevision,
  askedEmail,
  isAccepted: acceptedAt !== null,
  confirmTries,
});

// ------------------------------------------------------------------------------------------------ events

async function eventStep(dice: Dice, step: number): Promise<string> {
  const event = await ids();
  const found = twin.events.find(event.twin);
  const state = { ...toState(), title: `Title ${step}` };
  const observedAt = new Date(T0 + step * 500);
  const act = dice.pick([
    'edit',
    'edit',
    'reserve',
    'attach',
    'asked',
    'confirm',
    'confirm',
    'observe',
    'observe',
    'gone',
    'touch',
  ]);
  const isLinked = found?.link != null;
  switch (act) {
    case 'edit': {
      const change: Partial<AppEvent> = dice.pick([
        { title: `Edit ${step}` },
        { capacity: step },
        { locationName: `V${step}` },
        {},
      ]);
      await putBoth({ ...EVENT, ...change });
      return act;
    }
    case 'reserve': {
      const reservation = {
        calendarId: CALENDAR,
        slug: `slug-${step}`,
        base: { ours: state, luma: {}, asked: { title: state.title } },
      };
      const done = await real.events.reserveSlug(realRun, { ...reservation, eventId: event.real });
      expect(twin.events.reserveSlug(twinRun, { ...reservation, eventId: event.twin })).toBe(done);
      return act;
    }
    case 'attach':
      if (!isLinked) return 'nothing';
      await real.events.attach(realRun, { eventId: event.real, lumaEventId: `evt-${step}`, adopted: false });
      twin.events.attach(twinRun, { eventId: event.twin, lumaEventId: `evt-${step}`, adopted: false });
      return act;
    case 'asked': {
      if (!isLinked) return 'nothing';
      const known = { ours: state, luma: state };
      const asked = { asked: { capacity: step }, mayArriveUntil: [observedAt.toISOString()] };
      const base = dice.chance(0.5) ? known : { ...known, ...asked };
      await real.events.noteAsked(realRun, { eventId: event.real, base });
      twin.events.noteAsked(twinRun, { eventId: event.twin, base });
      return act;
    }
    case 'confirm': {
      if (!isLinked) return 'nothing';
      const revision = (found?.event.revision ?? 1) - (dice.chance(0.3) ? 1 : 0);
      const take = dice.chance(0.5) ? {} : { meetingUrl: `https://meet.example.org/${step}` };
      const push = {
        revision,
        base: { ours: state, luma: state },
        observedAt,
        url: `https://luma.com/${step}`,
        take,
        sentFields: ['title'],
        mailReason: null,
        problem: null,
      };
      const outcomes = [
        await codeOf(() => real.events.confirmPush(realRun, { ...push, eventId: event.real })),
        await codeOf(async () => twin.events.confirmPush(twinRun, { ...push, eventId: event.twin })),
      ];
      expect(outcomes[1]).toBe(outcomes[0]);
      return act;
    }
    case 'observe': {
      if (!isLinked) return 'nothing';
      const revision = (found?.event.revision ?? 1) - (dice.chance(0.2) ? 1 : 0);
      const conflicts = dice.chance(0.5)
        ? []
        : [{ field: 'title' as const, base: 'b', ours: 'o', theirs: `t${step}`, kept: 'ours' as const }];
      const merged = {
        calendarId: CALENDAR,
        revision,
        take: { title: `Taken ${step}` },
        takenFields: ['title'],
        conflicts,
        base: { ours: state, luma: state },
        observedAt,
        state: 'pulled' as const,
        pushNeeded: false,
        via: 'test',
        trigger: 'api' as const,
      };
      const done = await real.events.storeObservation(realRun, { ...merged, eventId: event.real });
      expect(twin.events.storeObservation(twinRun, { ...merged, eventId: event.twin })).toBe(done);
      return act;
    }
    case 'gone': {
      const gone = { cancelled: false, via: 'test', observedAt };
      await real.events.markSourceDeleted(realRun, { ...gone, eventId: event.real });
      twin.events.markSourceDeleted(twinRun, { ...gone, eventId: event.twin });
      return act;
    }
    default:
      await real.events.touchChecked([event.real], observedAt);
      twin.events.touchChecked([event.twin], observedAt);
      return act;
  }
}

const toState = () => ({
  title: 'T',
  description: null,
  startsAt: EVENT.startsAt.toISOString(),
  endsAt: EVENT.endsAt.toISOString(),
  timezone: 'UTC',
  address: null,
  coordinate: null,
  meetingUrl: null,
  visibility: 'public' as const,
  capacity: null,
  cover: null,
});

async function codeOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
    return 'done';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

async function eventOfPostgres() {
  const event = await ids();
  const found = await real.events.find(event.real);
  const link = await db.eventLink.findUnique({ where: { eventId: event.real } });
  const conflicts = await db.conflict.findMany({ where: { recordType: 'event' }, orderBy: { createdAt: 'asc' } });
  return toEventPicture(found, link?.checkedAt ?? null, conflicts);
}

async function eventOfTwin() {
  const event = await ids();
  const conflicts = twin.tables.conflicts.filter(({ recordType }) => recordType === 'event');
  return toEventPicture(
    twin.events.find(event.twin),
    twin.tables.eventLinks.get(event.twin)?.checkedAt ?? null,
    conflicts,
  );
}

function toEventPicture(
  found: ReturnType<EventTwin['find']>,
  checkedAt: Date | null,
  conflicts: readonly { field: string; ours: unknown; theirs: unknown; rule: string; resolution: string }[],
) {
  if (found === null) return { event: null };
  const { title, meetingUrl, capacity, locationName, revision, approval } = found.event;
  const { link } = found;
  return {
    event: { title, meetingUrl, capacity, locationName, revision, approval },
    link: link === null ? null : eventLinkOf(link, checkedAt),
    conflicts: conflicts.map(({ field, ours, theirs, rule, resolution }) => [field, ours, theirs, rule, resolution]),
  };
}

type EventLink = NonNullable<NonNullable<ReturnType<EventTwin['find']>>['link']>;

function eventLinkOf(link: EventLink, checkedAt: Date | null) {
  const { calendarId, lumaEventId, slug, createAskedAt, pushedRevision, base, observedAt, state } = link;
  const isAsked = createAskedAt !== null;
  return { calendarId, lumaEventId, slug, isAsked, pushedRevision, base, observedAt, state, checkedAt };
}
