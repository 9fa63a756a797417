import { expect, it } from '@jest/globals';
import { eventPull } from '@luma-sync/jobs';
import { beginOperation, createEventSyncStore, enqueueOperation, openDatabase } from '@luma-sync/store';
import { atEnd, openTestDatabase } from '@luma-sync/testkit';
import { VirtualTime } from '../virtual-time.js';
import { createInMemoryEvents } from './event-store.js';
import { Operations } from './operations.js';
import { Tables } from './tables.js';

const CALENDAR = '00000000-0000-4000-8000-0000000000ca';
const observedAt = new Date('2030-01-01T00:00:00.000Z');
const state = {
  title: 'T',
  description: null,
  startsAt: '2030-03-16T19:30:00.000Z',
  endsAt: '2030-03-16T21:30:00.000Z',
  timezone: 'UTC',
  address: null,
  coordinate: null,
  meetingUrl: null,
  visibility: 'public' as const,
  capacity: null,
  cover: null,
};
const IMPORTED = {
  calendarId: CALENDAR,
  lumaEventId: 'evt-1',
  lumaCreatedAt: null,
  slug: 'old',
  url: 'https://luma.com/old',
  ownership: 'created' as const,
  state,
  locationType: 'online' as const,
  base: { ours: state, luma: state },
  observedAt,
  registrationQuestions: null,
  tags: null,
  city: null,
  country: null,
  hosts: [],
  via: 'test',
};

it('the tables of a simulated run keep what follows Luma as Postgres does', async () => {
  const { url } = await openTestDatabase();
  const db = openDatabase({ url, poolMax: 4 });
  atEnd(() => db.$disconnect());
  await db.calendar.create({ data: { id: CALENDAR, name: 'Test', kind: 'luma' } });
  const real = createEventSyncStore(db);
  const { id } = await enqueueOperation(
    db,
    eventPull,
    { eventId: crypto.randomUUID() },
    { trigger: 'api', actor: 'test' },
  );
  const realRun = { operationId: id, owner: 'run', leaseMs: 600_000 };
  await beginOperation(db, { id, owner: 'run', leaseMs: 600_000, recordKey: () => null });

  const time = new VirtualTime(Date.now());
  const tables = new Tables();
  const operations = new Operations(time, tables.newId, () => {});
  const memory = createInMemoryEvents(tables, operations, time, CALENDAR);
  const operation = operations.enqueue('event.pull', { eventId: id }, { trigger: 'api', actor: 'test' });
  operations.begin(operation.id, 'run');
  const memoryRun = { operationId: operation.id, owner: 'run', leaseMs: 600_000 };

  const ours = { real: await real.import(realRun, IMPORTED), memory: memory.import(memoryRun, IMPORTED) as string };
  const moved = { url: 'https://luma.com/new', via: 'test', observedAt };
  await real.storeFollowed(realRun, { ...moved, eventId: ours.real ?? '' });
  memory.storeFollowed(memoryRun, { ...moved, eventId: ours.memory });
  const fromPostgres = (await real.find(ours.real ?? ''))?.event;
  const fromTables = memory.find(ours.memory)?.event;
  for (const event of [fromPostgres, fromTables])
    expect(event).toMatchObject({ url: 'https://luma.com/new', locationType: 'online', revision: 1 });
});
