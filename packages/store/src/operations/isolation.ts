import { CRASH_MEMORY_MS } from '@luma-sync/jobs';
import { type Database, type Db, inTransaction } from '../database.js';
import { releaseRecordLeases } from '../leases.js';
import { isUniqueViolation } from '../store-error.js';
import { endAsSuperseded, endLapsedAsSuperseded } from './supersede.js';

/*
 * An operation is isolated when its process died, or stood still, while it ran beside others. From then on it runs
 * alone, in a child process of its own, until it is done or gets further. Relay makes no jobs for it: each worker
 * claims isolated operations from Postgres, one at a time. A death alone counts in `crashes`.
 */

/** Between a death and the next run alone. */
const AFTER_DEATH_MS = 5_000;
/** How long a worker may take to begin a run that it claimed. */
const CLAIM_MS = 15_000;

/**
 * Marks an operation whose lease lapsed as isolated. Where a newer request for the same work is open, that one carries
 * on, isolated.
 *
 * @param lapsedOwner The run that fell silent; nothing happens when it is not the owner any more.
 */
export async function isolateLapsed(
  db: Database,
  { id, lapsedOwner, recordKey }: { id: string; lapsedOwner: string; recordKey: string | null },
): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await inTransaction(db, (tx) => isolateOnce(tx, id, lapsedOwner, recordKey));
    } catch (error) {
      // A newer request was committed between the read and the write; the second try sees it.
      if (!isUniqueViolation(error) || tries > 0) throw error;
    }
  }
}

async function isolateOnce(tx: Db, id: string, lapsedOwner: string, recordKey: string | null): Promise<void> {
  const [lapsed] = await tx.$queryRaw<{ dedupeKey: string; crashes: number; slowTries: number }[]>`
    select dedupe_key as "dedupeKey", crashes, slow_tries as "slowTries" from operations
    where id = ${id}::uuid and state = 'running' and lease_owner = ${lapsedOwner} and lease_until < now() for update`;
  if (lapsed === undefined) return;
  const newer = await findNewer(tx, id, lapsed.dedupeKey, recordKey);
  if (newer === null) {
    await tx.$executeRaw`
      update operations set state = 'queued', isolated = true, suspected_owner = lease_owner, lease_owner = null,
        lease_until = null,
        run_after = least(run_after, now()), dispatched = false, dispatch_at = now(), waiting_reason = null,
          waiting_until = null
      where id = ${id}::uuid`;
    return;
  }
  await endLapsedAsSuperseded(tx, id, newer);
  await inheritSuspicion(tx, newer, { lapsedOwner, crashes: lapsed.crashes, slowTries: lapsed.slowTries });
}

/** The queued operation for the same work, or the running one that holds the record. */
async function findNewer(tx: Db, id: string, dedupeKey: string, recordKey: string | null): Promise<string | null> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    select id from operations where dedupe_key = ${dedupeKey} and state = 'queued'
    union all
    select o.id from record_leases l join operations o on o.id = l.operation_id
    where l.key = ${recordKey} and l.expires_at > now() and o.id <> ${id}::uuid and o.dedupe_key = ${dedupeKey}
      and o.state = 'running'
    limit 1`;
  return rows[0]?.id ?? null;
}

/** The newer operation does the same work, so what was held against the older one is held against it. */
async function inheritSuspicion(
  tx: Db,
  id: string,
  from: { lapsedOwner: string; crashes: number; slowTries: number },
): Promise<void> {
  await tx.$executeRaw`
    update operations set isolated = true, suspected_owner = ${from.lapsedOwner},
      crashes = greatest(crashes, ${from.crashes}::int), slow_tries = greatest(slow_tries, ${from.slowTries}::int),
      crashed_at = case when ${from.crashes}::int > crashes then now() else crashed_at end,
      dispatched = case when state = 'queued' then false else dispatched end,
      dispatch_at = case when state = 'queued' then greatest(run_after, now()) else dispatch_at end
    where id = ${id}::uuid and state in ('queued', 'running')`;
}

/**
 * A newer request for the work of an isolated run that is still at work: it would run beside others, so it is isolated
 * too.
 */
export async function isolateNewer(db: Database, id: string, recordKey: string): Promise<boolean> {
  const changed = await db.$executeRaw`
    update operations n set isolated = true, dispatched = false, dispatch_at = greatest(n.run_after, now())
    from record_leases l join operations o on o.id = l.operation_id
    where n.id = ${id}::uuid and n.state = 'queued' and not n.isolated
      and l.key = ${recordKey} and l.expires_at > now() and o.id <> n.id and o.dedupe_key = n.dedupe_key
        and o.isolated`;
  return changed > 0;
}

/** Of a lease of 4 s that is renewed every 1.3 s, this is left after two missed heartbeats. */
const EXPECTED_MS = 1_300;
const COUNT_MAX = 10;

/**
 * Counts isolated operations that are due, and running ones that have missed two heartbeats, so that they are probably
 * isolated soon.
 *
 * @param jobs Names of the jobs that the worker has handlers for.
 */
export async function lookForIsolated(
  db: Database,
  jobs: readonly string[],
): Promise<{ due: number; expected: number }> {
  const [row] = await db.$queryRaw<{ due: number; expected: number }[]>`
    select
      (select count(*)::int from (
        select 1 from operations where isolated and dispatch_at <= now() and job = any(${[...jobs]}::text[])
          limit ${COUNT_MAX}
      ) as due) as due,
      (select count(*)::int from (
        select 1 from operations
        where state = 'running' and not isolated and job = any(${[...jobs]}::text[])
          and lease_until < now() + ${EXPECTED_MS} * interval '1 ms' limit ${COUNT_MAX}
      ) as expected) as expected`;
  return row ?? { due: 0, expected: 0 };
}

/**
 * Claims the next isolated operation that is due, for one run alone. Several workers share them without waiting for
 * each other; a claim that leads to no run lapses after 15 s.
 *
 * @param jobs Names of the jobs that the worker has handlers for.
 */
export async function claimIsolated(db: Database, jobs: readonly string[]): Promise<string | null> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    with due as (
      select id from operations
      where isolated and dispatch_at <= now() and job = any(${[...jobs]}::text[])
      order by priority, dispatch_at limit 1
      for update skip locked
    )
    update operations o set dispatch_at = now() + ${CLAIM_MS} * interval '1 ms'
    from due where o.id = due.id and o.state in ('queued', 'running')
    returning o.id`;
  return rows[0]?.id ?? null;
}

/** A claimed operation could not begin yet: it is claimed again after `waitMs`. */
export async function deferIsolated(db: Database, id: string, waitMs: number): Promise<void> {
  await db.$executeRaw`
    update operations set dispatch_at = now() + ${waitMs} * interval '1 ms'
    where id = ${id}::uuid and isolated and state in ('queued', 'running') and (lease_until is null
      or lease_until < now())`;
}

/**
 * Counts the death of a process in which one operation ran alone, and puts the operation back.
 *
 * @returns false when the run was not the owner any more: it had ended, or not begun.
 */
export async function recordDeath(db: Database, run: { id: string; owner: string }, message: string): Promise<boolean> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await inTransaction(db, (tx) => recordDeathOnce(tx, run, message));
    } catch (error) {
      if (!isUniqueViolation(error) || tries > 0) throw error;
    }
  }
}

async function recordDeathOnce(tx: Db, run: { id: string; owner: string }, message: string): Promise<boolean> {
  const [dead] = await tx.$queryRaw<{ dedupeKey: string; crashes: number; slowTries: number }[]>`
    update operations set
      crashes = case when crashed_at < now() - ${CRASH_MEMORY_MS} * interval '1 ms' then 1 else crashes + 1 end,
      crashed_at = now()
    where id = ${run.id}::uuid and lease_owner = ${run.owner} and state = 'running'
    returning dedupe_key as "dedupeKey", crashes, slow_tries as "slowTries"`;
  if (dead === undefined) return false;
  await releaseRecordLeases(tx, run.owner);
  const newer = await findNewer(tx, run.id, dead.dedupeKey, null);
  if (newer !== null) {
    await endAsSuperseded(tx, run, newer);
    await inheritSuspicion(tx, newer, { ...dead, lapsedOwner: run.owner });
    return true;
  }
  await tx.$executeRaw`
    update operations set state = 'queued', isolated = true, lease_owner = null, lease_until = null, waiting_until =
      null,
      run_after = now() + ${AFTER_DEATH_MS} * interval '1 ms', dispatch_at = now() + ${AFTER_DEATH_MS} * interval
        '1 ms',
      waiting_reason = 'operation.crashed', error_code = 'operation.crashed', error_message = ${message.slice(0, 1_000)}
    where id = ${run.id}::uuid`;
  return true;
}

export interface LateRun {
  id: string;
  owner: string;
  isAlone: boolean;
  /** Its own computing kept the event loop from renewing the lease: the suspicion stands. */
  isBlocked: boolean;
}

/**
 * A run that was taken over says that it is alive: it was starved or frozen, which is no death. What was held against
 * its operation because of its silence is taken back, unless its own computing was the cause.
 */
export async function takeBackSuspicion(tx: Db, { id, owner, isAlone, isBlocked }: LateRun): Promise<void> {
  if (isBlocked) {
    // Perhaps it was taken over as harmless, since the main thread was well again: it would only block the next one.
    await tx.$executeRaw`
      update operations set isolated = true, dispatched = case when state = 'queued' then false else dispatched end
      where id = ${id}::uuid and state in ('queued', 'running') and not isolated`;
    return;
  }
  await tx.$executeRaw`
    update operations set suspected_owner = null,
      crashes = case when ${isAlone}::boolean then greatest(crashes - 1, 0) else crashes end,
      isolated = ${isAlone}::boolean or crashes > 0 or slow_tries > 0,
      dispatched = case when state = 'queued' then false else dispatched end
    where state in ('queued', 'running') and suspected_owner = ${owner}
      and (id = ${id}::uuid or id = (
        select (outcome #>> '{details,by}')::uuid from operations where id = ${id}::uuid and outcome ->> 'reason' =
          'superseded'))`;
}

/** Isolated and parked operations that are not finished; for metrics. */
export async function measureIsolation(db: Database): Promise<{ isolated: number; parked: number }> {
  const [row] = await db.$queryRaw<{ isolated: number; parked: number }[]>`
    select (select count(*)::int from operations where isolated and dispatch_at is not null) as isolated,
           (select count(*)::int from operations where parked_at is not null and state = 'queued') as parked`;
  return row ?? { isolated: 0, parked: 0 };
}
