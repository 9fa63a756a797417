import { randomUUID } from 'node:crypto';
import { type ClaimedOperation, catalog, type JobName, type PayloadInputOf } from '@luma-sync/jobs';
import { atEnd, openTestDatabase } from '@luma-sync/testkit';
import { beginOperation, type Database, enqueueOperation, type LeaseHolder, openDatabase } from '../src/index.js';

const LEASE_MS = 60_000;

export type Run = LeaseHolder & { id: string };

export interface SyncWorld {
  db: Database;
  url: string;
  addCalendar(data?: { isDefault?: boolean; apiKeyFingerprint?: string }): Promise<string>;
  /** An approved event; with a calendar it is linked to `lumaEventId` there. */
  addEvent(link?: { calendarId: string; lumaEventId?: string | null; base?: object | null }): Promise<string>;
  addPerson(data?: { email?: string | null; phone?: string | null; name?: string | null }): Promise<string>;
  enqueue<N extends JobName>(job: N, payload: PayloadInputOf<N>, runAfter?: Date): Promise<string>;
  /** Begins a run as the queue's runner does, under a new owner. */
  begin(id: string, owner?: string, isAlone?: boolean): Promise<Run & { operation: ClaimedOperation }>;
  tryBegin(id: string, owner?: string, isAlone?: boolean): ReturnType<typeof beginOperation>;
  /** A run of an operation of its own, for writes that need a holder. */
  run(): Promise<Run>;
  /** The time of a lease passes. */
  expire(id: string): Promise<void>;
  /** Whether a transaction waits for another one. */
  isAnybodyBlocked(): Promise<boolean>;
  operation(id: string): ReturnType<Database['operation']['findUniqueOrThrow']>;
}

export async function openSyncWorld({ poolMax = 25 } = {}): Promise<SyncWorld> {
  const { url } = await openTestDatabase();
  const db = openDatabase({ url, poolMax });
  atEnd(() => db.$disconnect());
  const recordKey = (job: string, payload: unknown): string | null =>
    job in catalog ? (catalog[job as JobName].oneAtATime as (payload: unknown) => string)(payload) : null;
  const world: SyncWorld = {
    db,
    url,
    async addCalendar(data = {}) {
      return (await db.calendar.create({ data: { name: randomUUID(), kind: 'luma', apiKeyCipher: 'x', ...data } })).id;
    },
    async addEvent(link) {
      const event = await db.event.create({
        data: {
          source: 'app',
          approval: 'approved',
          externalId: randomUUID(),
          title: 'Meetup',
          startsAt: new Date('2030-12-01T18:00:00.000Z'),
          endsAt: new Date('2030-12-01T20:00:00.000Z'),
          timezone: 'UTC',
        },
      });
      if (link !== undefined) {
        const { calendarId, lumaEventId = `evt-${randomUUID()}`, base } = link;
        await db.eventLink.create({
          data: { eventId: event.id, calendarId, lumaEventId, state: 'synced', ...(base == null ? {} : { base }) },
        });
      }
      return event.id;
    },
    async addPerson({ email = `${randomUUID()}@example.org`, phone = null, name = null } = {}) {
      return (await db.person.create({ data: { email, emailVerified: true, phone, name, origin: 'app' } })).id;
    },
    async enqueue(job, payload, runAfter) {
      const options = { trigger: 'api' as const, actor: 'test', ...(runAfter === undefined ? {} : { runAfter }) };
      return (await enqueueOperation(db, catalog[job], payload, options)).id;
    },
    tryBegin: (id, owner = randomUUID(), isAlone = false) =>
      beginOperation(db, { id, owner, leaseMs: LEASE_MS, isAlone, recordKey }),
    async begin(id, owner = randomUUID(), isAlone = false) {
      const begun = await world.tryBegin(id, owner, isAlone);
      if (begun.kind !== 'begun') throw new Error(`the run did not begin: ${begun.kind}`);
      return { id, owner, operationId: id, leaseMs: LEASE_MS, operation: begun.operation };
    },
    async run() {
      return world.begin(await world.enqueue('event.pull', { eventId: randomUUID() }));
    },
    async expire(id) {
      await db.$executeRaw`update operations set lease_until = now() - interval '1 s' where id = ${id}::uuid`;
      await db.$executeRaw`update record_leases set expires_at = now() - interval '10 s'
          where operation_id = ${id}::uuid`;
    },
    async isAnybodyBlocked() {
      const [row] = await db.$queryRaw<{ count: number }[]>`
        select count(*)::int as count from pg_stat_activity where datname = current_database()
          and wait_event_type = 'Lock'`;
      return (row?.count ?? 0) > 0;
    },
    operation: (id) => db.operation.findUniqueOrThrow({ where: { id } }),
  };
  return world;
}
