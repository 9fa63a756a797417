import { putEvent, putRsvp } from '@luma-sync/application';
import type { RsvpStatus } from '@luma-sync/domain';
import { eventPull } from '@luma-sync/jobs';
import {
  beginOperation,
  createEventSyncStore,
  createInboxSyncStore,
  createMailGuard,
  createRsvpSyncStore,
  type Database,
  type DueRsvp,
  enqueueOperation,
  type LeaseHolder,
  openDatabase,
  retryingTransaction,
} from '@luma-sync/store';
import { atEnd, openTestDatabase } from '@luma-sync/testkit';
import { App, type AppEvent } from '../src/ours/app.js';
import { createInMemoryEvents } from '../src/ours/event-store.js';
import type { InMemoryEvents } from '../src/ours/event-table.js';
import { createInMemoryInbox, type InMemoryInbox } from '../src/ours/inbox-store.js';
import { createInMemoryMailGuard, type InMemoryMailGuard } from '../src/ours/mail-guard.js';
import { Operations } from '../src/ours/operations.js';
import { createInMemoryRsvps, type InMemoryRsvps } from '../src/ours/rsvp-store.js';
import { Tables } from '../src/ours/tables.js';
import { VirtualTime } from '../src/virtual-time.js';
import { BODY, CALENDAR, MAIL_LIMIT } from './conformance/driver.js';

/** Before everything a test does. */
export const T0 = Date.now() - 60_000;

export const EVENT: AppEvent = BODY;

/**
 * The stores of a simulated run and the real ones, to be given the same commands and asked the same questions. What a
 * simulation proves is worth what its tables are.
 */
export interface Pair {
  db: Database;
  /** Our id of `app-1`. */
  event: { real: string; memory: string };
  real: {
    events: ReturnType<typeof createEventSyncStore>;
    rsvps: ReturnType<typeof createRsvpSyncStore>;
    guard: ReturnType<typeof createMailGuard>;
    inbox: ReturnType<typeof createInboxSyncStore>;
    run: LeaseHolder;
  };
  memory: {
    tables: Tables;
    operations: Operations;
    time: VirtualTime;
    app: App;
    events: InMemoryEvents;
    rsvps: InMemoryRsvps;
    guard: InMemoryMailGuard;
    inbox: InMemoryInbox;
    run: LeaseHolder;
  };
  putEvent(event: AppEvent, key?: string): Promise<void>;
  putRsvp(number: number, email: string, status: RsvpStatus, emailVerified?: boolean): Promise<void>;
  /** The answers that are due, side by side. */
  due(): Promise<{ real: DueRsvp; memory: DueRsvp }[]>;
}

export async function openPair(): Promise<Pair> {
  const { url } = await openTestDatabase();
  const db = openDatabase({ url, poolMax: 4 });
  atEnd(() => db.$disconnect());
  await db.calendar.create({
    data: { id: CALENDAR, name: 'Test', kind: 'luma', isDefault: true, mailConfirmAbove: MAIL_LIMIT },
  });
  const time = new VirtualTime(Date.now());
  const tables = new Tables();
  const operations = new Operations(time, tables.newId, () => {});
  const app = new App(tables, operations, time);
  const put = async (event: AppEvent, key = 'app-1'): Promise<void> => {
    await retryingTransaction(db, (tx) => putEvent(tx, key, toInput(event), 'app'));
    app.putEvent(key, event);
  };
  await put(EVENT);
  const { id } = await db.event.findUniqueOrThrow({ where: { externalId: 'app-1' } });
  const event = { real: id, memory: app.findEvent('app-1')?.id ?? '' };
  const queued = await enqueueOperation(db, eventPull, { eventId: event.real }, { trigger: 'api', actor: 'test' });
  await beginOperation(db, { id: queued.id, owner: 'run', leaseMs: 600_000, recordKey: () => null });
  const operation = operations.enqueue('event.pull', { eventId: event.memory }, { trigger: 'api', actor: 'test' });
  operations.begin(operation.id, 'run');
  const real = {
    events: createEventSyncStore(db),
    rsvps: createRsvpSyncStore(db),
    guard: createMailGuard(db),
    inbox: createInboxSyncStore(db),
    run: { operationId: queued.id, owner: 'run', leaseMs: 600_000 },
  };
  const memory = {
    tables,
    operations,
    time,
    app,
    events: createInMemoryEvents(tables, operations, time, CALENDAR),
    rsvps: createInMemoryRsvps(tables, operations, time),
    guard: createInMemoryMailGuard(tables, operations, time, MAIL_LIMIT),
    inbox: createInMemoryInbox(tables, operations),
    run: { operationId: operation.id, owner: 'run', leaseMs: 600_000 },
  };
  return {
    db,
    event,
    real,
    memory,
    putEvent: put,
    async putRsvp(number, email, status, emailVerified = true) {
      const person = { name: `P${number}`, email, phone: null };
      await retryingTransaction(db, (tx) =>
        putRsvp(tx, { eventKey: 'app-1', personKey: `p${number}` }, { ...person, status, emailVerified }, 'app'),
      );
      app.putRsvp('app-1', `p${number}`, { ...person, emailVerified }, status);
    },
    async due() {
      const ours = (await real.rsvps.listDue({ eventId: event.real, limit: 50 })).sort(byMail);
      const played = memory.rsvps.listDue({ eventId: event.memory, limit: 50 }).sort(byMail);
      if (ours.length !== played.length) throw new Error(`${ours.length} are due in Postgres, ${played.length} here`);
      return ours.map((rsvp, index) => ({ real: rsvp, memory: played[index] as DueRsvp }));
    },
  };
}

const byMail = (a: DueRsvp, b: DueRsvp) => (`${a.email} ${a.name}` < `${b.email} ${b.name}` ? -1 : 1);

function toInput(event: AppEvent) {
  const {
    locationType: type,
    locationName: name,
    locationAddress: address,
    locationLat: lat,
    locationLng: lng,
  } = event;
  const { title, descriptionMd, startsAt, endsAt, timezone, meetingUrl, visibility, capacity, coverUrl } = event;
  const plain = { title, descriptionMd, startsAt, endsAt, timezone, meetingUrl, visibility, capacity, coverUrl };
  return { ...plain, location: { type, name, address, lat, lng }, tags: [...event.tags], host: null };
}
