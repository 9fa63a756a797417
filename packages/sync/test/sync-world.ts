import { randomUUID } from 'node:crypto';
import { afterAll } from '@jest/globals';
import { type AppEventInput, putEvent, putRsvp } from '@luma-sync/application';
import { catalog, type JobName, type PayloadInputOf } from '@luma-sync/jobs';
import { createLumaClient, type SlotGate } from '@luma-sync/luma-client';
import { type Clock, DEFAULT_CALENDAR, type LumaSim, startLumaSim, systemClock } from '@luma-sync/luma-sim';
import {
  type CoverFallbacks,
  type Database,
  enqueueOperation,
  noteReading,
  openDatabase,
  retryingTransaction,
  storeDelivery,
} from '@luma-sync/store';
import { atEnd, expectWithinDocument, openTestDatabase } from '@luma-sync/testkit';
import type { LumaAccount } from '../src/index.js';
import type { RunEnd } from './run-by-runner.js';
import { runOnce } from './run-once.js';
import { type Deps, toDeps } from './sync-deps.js';

export interface SyncWorldOptions {
  sim?: object;
  /** The simulator's clock. */
  simClock?: Clock;
  mailOnRsvp?: boolean;
  mailOnUpdate?: boolean;
  coverFallbacks?: CoverFallbacks;
  /** No backfill has compared the calendar with ours: the first push of an event looks whether Luma has it. */
  isNewCalendar?: boolean;
  /** False: Luma chooses the public addresses of new events. */
  ownAddresses?: boolean;
}

export interface SyncWorld {
  db: Database;
  /** Of the same database, for a look past our own client. */
  dbUrl: string;
  sim: LumaSim;
  calendarId: string;
  deps: Deps;
  /** States an event as the app does, with the push it needs. */
  putEvent(key: string, change?: Partial<AppEventInput>): Promise<string>;
  /** An event of the app that Luma has, with all that was to do done. */
  publishEvent(key: string, change?: Partial<AppEventInput>): Promise<{ eventId: string; lumaEventId: string }>;
  putRsvp(eventKey: string, person: string, status: 'going' | 'pending' | 'waitlist' | 'cancelled'): Promise<void>;
  enqueue<N extends JobName>(job: N, payload: PayloadInputOf<N>): Promise<string>;
  /** From now on handlers read a clock that is this much further on. */
  passTime(ms: number): void;
  /** One run of this operation, now. */
  run(id: string, deps?: Deps): Promise<RunEnd>;
  /** Runs whatever is queued, without waiting for anything, until nothing is or nothing of it can end. */
  drain(deps?: Deps, runsMax?: number): Promise<RunEnd[]>;
  /** The same, but waits are waited. */
  drainInTime(limitMs: number): Promise<void>;
  operationsOf(
    job: JobName,
  ): Promise<{ id: string; state: string; errorCode: string | null; errorMessage: string | null }[]>;
  /** Takes in webhooks that the simulator holds back, in the order given. */
  deliver(bodies: readonly { body: string; webhookId?: string; signedAt?: Date }[]): Promise<void>;
  /** Webhooks announced so far, oldest first. */
  announced(): { type: string; body: string }[];
  /** The event at Luma that ours is linked to. */
  atLuma(eventId: string): Promise<ReturnType<LumaSim['control']['state']>['events'][number] | undefined>;
  row(eventId: string): ReturnType<typeof findRow>;
  rsvps(eventId: string): ReturnType<typeof findRsvps>;
}

/** Every slot is granted: what a budget does is shown elsewhere. */
const FREE: SlotGate = {
  acquire: async () => ({
    granted: true,
    slot: { id: randomUUID(), remainingMs: () => 30_000, settle: async () => {}, release: async () => {} },
  }),
  block: async () => {},
};

const EVENT: AppEventInput = {
  title: 'Meetup',
  descriptionMd: 'Hello *world*',
  startsAt: new Date(Date.now() + 86_400_000),
  endsAt: new Date(Date.now() + 90_000_000),
  timezone: 'Europe/Berlin',
  location: { type: 'physical', name: 'Venue', address: 'Street 1', lat: 48.137154, lng: 11.576124 },
  meetingUrl: null,
  coverUrl: null,
  visibility: 'public',
  capacity: 40,
  tags: [],
  host: null,
};

const findRow = (db: Database, eventId: string) =>
  db.event.findUniqueOrThrow({ where: { id: eventId }, include: { link: true } });
const findRsvps = (db: Database, eventId: string) =>
  db.rsvp.findMany({
    where: { eventId },
    include: { person: true, link: true },
    orderBy: { person: { email: 'asc' } },
  });

const sims: LumaSim[] = [];

afterAll(() => expectWithinDocument(sims));

/** Real Postgres, the simulator, the real client and handlers; operations run one at a time when a test says so. */
export async function openSyncWorld({
  sim: settings = {},
  simClock = systemClock,
  mailOnRsvp = false,
  mailOnUpdate = false,
  coverFallbacks = { byTag: {}, otherwise: null },
  isNewCalendar = false,
  ownAddresses = true,
}: SyncWorldOptions = {}): Promise<SyncWorld> {
  const { url } = await openTestDatabase();
  const db = openDatabase({ url, poolMax: 10 });
  atEnd(() => db.$disconnect());
  const sim = await startLumaSim({
    clock: simClock,
    settings: {
      guests: { addDelayMinMs: 0, addDelayMaxMs: 0 },
      budget: { rules: [{ limit: 100_000, windowMs: 1_000 }] },
      webhooks: { areHeld: true },
      ...settings,
    },
  });
  atEnd(() => sim.close());
  sims.push(sim);
  const api = createLumaClient({
    baseUrl: sim.url,
    apiKey: DEFAULT_CALENDAR.apiKeys[0] ?? '',
    account: 'test',
    slots: FREE,
    userAgent: 'test',
    requestTimeoutMs: 5_000,
    noteReading: (reading) => noteReading(db, calendarId, reading),
  });
  atEnd(() => api.close());
  await api.createWebhook(
    { url: 'https://app.example.org/hook', eventTypes: ['*'] },
    { signal: AbortSignal.timeout(5_000), priority: 'sync' },
  );
  const { id: calendarId } = await db.calendar.create({
    data: {
      name: 'Test',
      kind: 'luma',
      isDefault: true,
      lumaCalendarId: DEFAULT_CALENDAR.id,
      mailOnRsvp,
      mailOnUpdate,
      backfilledAt: isNewCalendar ? null : new Date(),
    },
  });
  const account: LumaAccount = {
    calendarId,
    lumaCalendarId: DEFAULT_CALENDAR.id,
    mailOnRsvp,
    mailOnUpdate,
    ownAddresses,
    coverFallbacks,
    api,
  };
  const plainDeps = toDeps(db, account);
  const clock = { aheadMs: 0 };

  /** Waits pass at once: for what was sent to Luma before them as well, as far as it is waited for. */
  const makeDue = async () => {
    await db.$executeRaw`
      update rsvp_links set asked_at = asked_at - w.wait, accepted_at = accepted_at - w.wait
      from (select least(max(run_after) - now(), interval '15 seconds') as wait from operations where state = 'queued'
        and run_after > now()) w
      where w.wait is not null and asked_at is not null and state in ('pending_push', 'unconfirmed')`;
    await db.operation.updateMany({ where: { state: 'queued' }, data: { runAfter: new Date(Date.now() - 1_000) } });
  };
  // What a dead run left behind is as good as queued.
  const queued = () =>
    db.operation.findMany({
      where: { OR: [{ state: 'queued' }, { state: 'running', leaseUntil: { lt: new Date() } }] },
      orderBy: [{ priority: 'asc' }, { createdAt: 'asc' }],
    });
  const world: SyncWorld = {
    db,
    dbUrl: url,
    sim,
    calendarId,
    deps: plainDeps,
    async putEvent(key, change = {}) {
      const result = await retryingTransaction(db, (tx) => putEvent(tx, key, { ...EVENT, ...change }, 'app'));
      if (result.kind !== 'stored') throw new Error(result.kind);
      return result.view.event.id;
    },
    async publishEvent(key, change) {
      const eventId = await world.putEvent(key, change);
      await world.drain();
      return { eventId, lumaEventId: (await findRow(db, eventId)).link?.lumaEventId ?? '' };
    },
    async putRsvp(eventKey, person, status) {
      const input = { name: person, email: `${person}@example.org`, phone: null, status, emailVerified: true };
      const result = await retryingTransaction(db, (tx) => putRsvp(tx, { eventKey, personKey: person }, input, 'app'));
      if (result.kind !== 'stored') throw new Error(result.kind);
    },
    enqueue: async (job, payload) =>
      (await enqueueOperation(db, catalog[job], payload, { trigger: 'api', actor: 'test' })).id,
    passTime(ms) {
      clock.aheadMs += ms;
    },
    async run(id, deps = plainDeps) {
      await makeDue();
      return runOnce(db, id, deps, clock);
    },
    async drain(deps = plainDeps, runsMax = 60) {
      const ends: RunEnd[] = [];
      while (ends.length < runsMax) {
        await makeDue();
        const [next] = await queued();
        if (next === undefined) return ends;
        ends.push(await runOnce(db, next.id, deps, clock));
      }
      return ends;
    },
    async drainInTime(limitMs) {
      const endAt = performance.now() + limitMs;
      for (;;) {
        const open = await queued();
        if (open.length === 0) return;
        if (performance.now() > endAt) throw new Error(`not done after ${limitMs} ms: ${JSON.stringify(open)}`);
        const due = open.find(({ runAfter }) => runAfter.getTime() <= Date.now());
        if (due === undefined) await new Promise((resolve) => setTimeout(resolve, 20));
        else await runOnce(db, due.id, plainDeps, clock);
      }
    },
    operationsOf: (job) =>
      db.operation.findMany({
        where: { job },
        orderBy: { createdAt: 'asc' },
        select: { id: true, state: true, errorCode: true, errorMessage: true },
      }),
    async deliver(bodies) {
      for (const { body, webhookId = randomUUID(), signedAt = new Date() } of bodies) {
        const { type, data } = JSON.parse(body) as { type: string; data: { id: string; event?: { id: string } } };
        await retryingTransaction(db, (tx) =>
          storeDelivery(tx, {
            calendarId,
            webhookId,
            type,
            rawBody: body,
            signedAt,
            recordKey: data.event?.id ?? data.id,
            isKnown: true,
          }),
        );
      }
    },
    announced: () => sim.control.deliveries().map(({ type, body }) => ({ type, body })),
    async atLuma(eventId) {
      const { link } = await findRow(db, eventId);
      return sim.control.state().events.find(({ id }) => id === link?.lumaEventId);
    },
    row: (eventId) => findRow(db, eventId),
    rsvps: (eventId) => findRsvps(db, eventId),
  };
  return world;
}
