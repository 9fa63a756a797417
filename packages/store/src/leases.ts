import { setTimeout as pause } from 'node:timers/promises';
import { RetryAfterError } from '@luma-sync/jobs';
import { type Database, type Db, inTransaction, type Tx } from './database.js';
import { fromPrismaError, isUnstorable } from './store-error.js';

/*
 * A lease on a record (`event:<id>`, `guests:<id>`) lets one run at a time work on it, in whatever process. It ends by
 * itself when the holder falls silent. `fence` grows with each holder; a write checks in its own transaction that it
 * still is the holder, so one that was stopped for a while and wakes after the lease was passed on can store nothing.
 */

export interface LeaseRequest {
  key: string;
  owner: string;
  operationId: string;
  leaseMs: number;
}

/**
 * A lease that ran out is kept this long for the operation whose run fell silent: its job comes back a second or two
 * later, and those that wait for the record, and ask all the time, would be there before it.
 */
const KEPT_MS = 3_000;

/**
 * Takes a lease that is free or has run out. A run that let its lease run out and is alive after all loses its
 * operation with it: its next heartbeat tells it so, and none of its writes commits. A heartbeat that was in flight for
 * too long may have kept the one and not the other.
 *
 * @returns false while another owner holds it.
 */
export async function acquireRecordLease(tx: Db, request: LeaseRequest): Promise<boolean> {
  return (await takeRecordLease(tx, request)) !== 'busy';
}

/** @returns `held` when the owner had it already: it was taken before, and is not for this caller to give back. */
async function takeRecordLease(
  tx: Db,
  { key, owner, operationId, leaseMs }: LeaseRequest,
): Promise<'busy' | 'taken' | 'held'> {
  const [row] = await tx.$queryRaw<{ previous: string | null; wasHeld: boolean | null }[]>`
    with before as (select owner, owner = ${owner} and expires_at > now() as "wasHeld" from record_leases
      where key = ${key})
    insert into record_leases (key, owner, operation_id, expires_at)
    values (${key}, ${owner}, ${operationId}::uuid, now() + ${leaseMs} * interval '1 ms')
    on conflict (key) do update set
      owner = excluded.owner, operation_id = excluded.operation_id, expires_at = excluded.expires_at,
        fence = excluded.fence,
      acquired_at = case when record_leases.owner = excluded.owner then record_leases.acquired_at
        else excluded.acquired_at end
    where record_leases.owner = excluded.owner
      or record_leases.expires_at < now() - case when record_leases.operation_id = excluded.operation_id then 0
        else ${KEPT_MS} end * interval '1 ms'
    returning (select owner from before) as previous, (select "wasHeld" from before) as "wasHeld"`;
  if (row === undefined) return 'busy';
  if (row.previous !== null && row.previous !== owner)
    await tx.$executeRaw`
      update operations set lease_until = least(lease_until, now()) where lease_owner = ${row.previous}
        and state = 'running'`;
  return row.wasHeld === true ? 'held' : 'taken';
}

export async function releaseRecordLeases(tx: Db, owner: string, keys?: readonly string[]): Promise<void> {
  if (keys === undefined) await tx.$executeRaw`delete from record_leases where owner = ${owner}`;
  else await tx.$executeRaw`delete from record_leases where owner = ${owner} and key = any(${[...keys]}::text[])`;
}

/**
 * The moment from which on writes to a record may be newer than a read that begins now and takes no lease: the begin of
 * the hold that stands, of a run that fell silent as well, else this moment. By Postgres' clock, as `updated_at` of
 * what runs write.
 *
 * Every run writes inside its hold. So a write that is not stored yet when this is asked bears a later moment than this
 * one, however long its transaction takes.
 */
export async function findUnleasedSince(db: Db, key: string): Promise<Date> {
  const [row] = await db.$queryRaw<{ since: Date }[]>`
    select least(now(), (select acquired_at from record_leases where key = ${key})) as since`;
  if (row === undefined) throw new Error('a query for one row answered none');
  return row.since;
}

/** What a run holds; carried by its context to every write. */
export interface LeaseHolder {
  owner: string;
  operationId: string;
  leaseMs: number;
}

export interface LeaseWait {
  /**
   * How long the run waits inside itself for a record that another one holds: no longer than is cheaper than to come
   * back. Default 0, since the wait holds a worker's place.
   */
  patienceMs?: number;
  /** How long it has waited so far: the longer, the later it comes back when it has to give up. Default 0. */
  waitedMs?: number;
}

/** How long a run waits for a record that another one holds; short where a person may be waiting. */
export const BUSY_PAUSE_MS = 400;
const BUSY_PAUSE_MAX_MS = 5_000;

/** About half as long as it has waited: a hundred that wait for one record would otherwise do little but ask for it. */
export const busyPauseMs = (waitedMs: number, minMs = BUSY_PAUSE_MS): number =>
  Math.min(Math.max(waitedMs / 2, minMs), BUSY_PAUSE_MAX_MS);

const LOOK_AGAIN_MS = 150;

/**
 * Takes a further record for a run that already runs, for the time of `work`. The run's heartbeat keeps it.
 *
 * @throws {RetryAfterError} `lease.busy` when another run holds it still after `patienceMs`.
 */
export async function withRecordLease<T>(
  db: Database,
  holder: LeaseHolder,
  key: string,
  work: () => Promise<T>,
  { patienceMs = 0, waitedMs = 0 }: LeaseWait = {},
): Promise<T> {
  const giveUpAt = performance.now() + patienceMs;
  let lease = await takeRecordLease(db, { key, ...holder });
  while (lease === 'busy' && performance.now() < giveUpAt) {
    await pause(LOOK_AGAIN_MS);
    lease = await takeRecordLease(db, { key, ...holder });
  }
  // A record the run held already is not given back here: the run was not done with it.
  if (lease === 'held') return work();
  if (lease === 'busy')
    throw new RetryAfterError('lease.busy', `another run works on ${key}`, { waitMs: busyPauseMs(waitedMs) });
  try {
    return await work();
  } finally {
    // A lease that cannot be given back (Postgres away) ends by itself within seconds.
    await releaseRecordLeases(db, holder.owner, [key]).catch(() => {});
  }
}

/**
 * One transaction that commits only if the run still owns its operation: the row is locked against a take-over until
 * the commit.
 *
 * @throws {RetryAfterError} `operation.lease_lost`; nothing is stored.
 * @throws {PermanentError} `store.refused`: Postgres cannot hold a value; nothing is stored.
 */
export function fencedTransaction<T>(db: Database, holder: LeaseHolder, work: (tx: Tx) => Promise<T>): Promise<T> {
  return inTransaction(db, async (tx) => {
    const rows = await tx.$queryRaw<{ id: string }[]>`
      select id from operations
      where id = ${holder.operationId}::uuid and lease_owner = ${holder.owner} and state = 'running'
        and lease_until > now()
      for share`;
    if (rows.length === 0)
      throw new RetryAfterError('operation.lease_lost', 'another run has taken this operation over', { waitMs: 0 });
    return work(tx);
  }).catch((error: unknown) => {
    // What can be done about refused values is the caller's to know: to leave one record of many out, for example.
    throw isUnstorable(error) ? fromPrismaError(error) : error;
  });
}
