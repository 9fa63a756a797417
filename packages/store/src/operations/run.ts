import {
  type ClaimedOperation,
  CRASH_MEMORY_MS,
  type OperationEnding,
  type Outcome,
  type Park,
  PRIORITY,
  type Progress,
  type Requeue,
} from '@luma-sync/jobs';
import { type Database, type Db, inTransaction } from '../database.js';
import { acquireRecordLease, BUSY_PAUSE_MS, busyPauseMs, releaseRecordLeases } from '../leases.js';
import { isUniqueViolation } from '../store-error.js';
import { findCarrier } from './carried.js';
import { isolateLapsed, isolateNewer, type LateRun, takeBackSuspicion } from './isolation.js';
import { judgeSilence, type SilentRun } from './silence.js';
import { endAsSuperseded, leaveToNewer } from './supersede.js';

/*
 * States of an operation:
 *
 *   queued --begin--> running --finish--> done | failed
 *      ^                 |
 *      +---put back------+      (retry, wait, hand-over at shutdown; parked: waits for a slow retry)
 *      +---isolate-------+      (its lease lapsed: it runs alone from now on, see isolation.ts)
 *
 * A run owns its operation by `lease_owner`, a name made anew for each run: `<process>/<run>`. Every change below names
 * the owner, so a run whose lease ran out and was taken over changes nothing any more.
 */

export type BeginResult =
  | { kind: 'begun'; operation: ClaimedOperation }
  /** Another run holds the operation or the record: look again after `waitMs`. */
  | {
      kind: 'busy';
      waitMs: number;
      /** Its last run fell silent: it had its turn already. */
      isInterrupted: boolean;
    }
  /** Finished, superseded, isolated or unknown: the job has nothing to do. */
  | { kind: 'settled' };

/** Of a job that nobody waits for. */
const PATIENT_PAUSE_MS = 1_000;

/** A run may find its wait ended a moment early by a clock elsewhere. */
const EARLY_MS = 250;

export interface BeginRequest {
  id: string;
  /** Unique for this run: `<process>/<run>`. */
  owner: string;
  /** How long operation and record stay ours without a heartbeat. */
  leaseMs: number;
  /** The run has its process to itself. Only such a run takes an isolated operation. */
  isAlone?: boolean;
  /** Computed from the stored payload; null when it does not parse, then no record is taken. */
  recordKey: (job: string, payload: unknown) => string | null;
}

/** Starts a run: takes the operation and the lease on its record in one commit. */
export async function beginOperation(db: Database, run: BeginRequest): Promise<BeginResult> {
  const known = await readKnown(db, run.id);
  if (known === null || (known.state !== 'queued' && known.state !== 'running')) return { kind: 'settled' };
  const isAlone = run.isAlone === true;
  const isInterrupted = known.state === 'running';
  const busy = (waitMs: number) => ({ kind: 'busy' as const, waitMs, isInterrupted });
  const retryMs = recordPauseMs(known, isInterrupted);
  // The worker's lane for isolated operations takes it.
  if (known.isIsolated && !isAlone) return { kind: 'settled' };
  if (known.busyMs > 0) return busy(Math.ceil(known.busyMs));
  const recordKey = run.recordKey(known.job, known.payload);
  const silence = isInterrupted ? judgeSilence(known) : 'harmless';
  if (silence === 'awaited') return busy(AWAIT_PAUSE_MS);
  if (silence === 'suspect' && !isAlone) {
    await isolateLapsed(db, { id: run.id, lapsedOwner: known.leaseOwner ?? '', recordKey });
    return { kind: 'settled' };
  }
  return inTransaction(db, async (tx) => {
    const [operation] = await tx.$queryRaw<ClaimedOperation[]>`
      update operations set
        crashes = case
          when ${silence} <> 'death' then crashes
          when crashed_at < now() - ${CRASH_MEMORY_MS} * interval '1 ms' then 1
          else crashes + 1 end,
        crashed_at = case when ${silence} = 'death' then now() else crashed_at end,
        suspected_owner = case when ${silence} in ('death', 'suspect') then lease_owner else suspected_owner end,
        isolated = isolated or ${silence} = 'suspect',
        state = 'running', lease_owner = ${run.owner}, lease_alone = ${isAlone}::boolean, parked_at = null,
        lease_until = now() + ${run.leaseMs} * interval '1 ms',
        dispatch_at = now() + ${run.leaseMs + 2_000} * interval '1 ms',
        started_at = coalesce(started_at, now()), waiting_reason = null, waiting_until = null
      where id = ${run.id}::uuid and (state = 'queued' or (state = 'running' and lease_until < now()))
        and lease_owner is not distinct from ${known.leaseOwner} and (not isolated or ${isAlone}::boolean)
      returning id, job, payload, attempts, crashes, slow_tries as "slowTries", trigger::text as trigger,
        created_at as "createdAt",
        deadline_at as "deadlineAt", checkpoint, event_id as "eventId",
        coalesce(
          calendar_id,
          (select effective_calendar_id from events where events.id = operations.event_id)
        ) as "calendarId"`;
    if (operation === undefined) return busy(retryMs);
    if (recordKey !== null) {
      const isOurs = await acquireRecordLease(tx, {
        key: recordKey,
        owner: run.owner,
        operationId: run.id,
        leaseMs: run.leaseMs,
      });
      if (!isOurs) throw new RecordBusy();
    }
    return { kind: 'begun' as const, operation };
  }).catch(async (error: unknown) => {
    // Thrown, not returned, so that the transaction leaves the operation as it was.
    if (!(error instanceof RecordBusy) || recordKey === null) throw error;
    const diedOwner = silence === 'death' ? known.leaseOwner : null;
    if (isInterrupted && (await leaveToNewer(db, { id: run.id, recordKey, diedOwner }))) return { kind: 'settled' };
    if (!isInterrupted && !isAlone && (await isolateNewer(db, run.id, recordKey))) return { kind: 'settled' };
    return busy(retryMs);
  });
}

/** Between two looks at a run that is alone and silent. */
const AWAIT_PAUSE_MS = 2_000;

export async function readKnown(db: Database, id: string): Promise<Known | null> {
  const [known] = await db.$queryRaw<Known[]>`
    select o.job, o.payload, o.priority, o.state::text as state, o.isolated as "isIsolated", o.lease_alone as "isAlone",
      o.lease_owner as "leaseOwner",
      greatest(
        case when o.state = 'running' then extract(epoch from o.lease_until - now()) * 1000 else 0 end,
        extract(epoch from o.run_after - now()) * 1000 - ${EARLY_MS}
      )::float8 as "busyMs",
      (extract(epoch from now() - o.run_after) * 1000)::float8 as "waitedMs",
      p.ended_at is not null as "hasEnded", (extract(epoch from now() - p.seen_at) * 1000)::float8 as "seenAgoMs",
      coalesce(p.main_seen_at > o.lease_until, false) as "isMainAlive"
    from operations o left join worker_processes p on o.state = 'running' and p.id = split_part(o.lease_owner, '/', 1)
    where o.id = ${id}::uuid`;
  return known ?? null;
}

export interface Known extends SilentRun {
  isIsolated: boolean;
  leaseOwner: string | null;
  job: string;
  payload: unknown;
  priority: number;
  state: string;
  busyMs: number;
  /** Since it was due. */
  waitedMs: number;
}

function recordPauseMs({ priority, waitedMs }: Known, isInterrupted: boolean): number {
  // One that was interrupted had its turn already.
  if (isInterrupted || priority <= PRIORITY.interactive) return BUSY_PAUSE_MS;
  // Not all the same time: they would come together for ever, and one of them would get it each time.
  return Math.round(busyPauseMs(waitedMs, PATIENT_PAUSE_MS) * (0.5 + Math.random()));
}

class RecordBusy extends Error {}

/** Keeps the run's leases alive. @returns false when the run has lost them and must stop. */
export async function heartbeat(db: Database, run: { id: string; owner: string; leaseMs: number }): Promise<boolean> {
  const renewed = await db.$executeRaw`
    with op as (
      update operations set lease_until = now() + ${run.leaseMs} * interval '1 ms', dispatch_at = now() +
        ${run.leaseMs + 2_000} * interval '1 ms'
      where id = ${run.id}::uuid and lease_owner = ${run.owner} and state = 'running' and lease_until > now()
      returning id
    )
    update record_leases set expires_at = now() + ${run.leaseMs} * interval '1 ms'
    where owner = ${run.owner} and exists (select 1 from op)`;
  if (renewed > 0) return true;
  const [row] = await db.$queryRaw<{ held: boolean }[]>`
    select lease_until > now() and lease_owner = ${run.owner} as held from operations where id = ${run.id}::uuid`;
  return row?.held === true;
}

export async function reportProgress(
  db: Database,
  run: { id: string; owner: string },
  progress: Progress,
): Promise<void> {
  await db.$executeRaw`
    update operations set progress_done = ${progress.done}, progress_total = ${progress.total}
    where id = ${run.id}::uuid and lease_owner = ${run.owner}`;
}

/** Notes that a run waits inside itself, and until when at most; gone with the moment, and with the run. */
export async function noteWait(
  db: Database,
  run: { id: string; owner: string },
  wait: { reason: string; forMs: number },
): Promise<void> {
  await db.$executeRaw`
    update operations set waiting_reason = ${wait.reason}, waiting_until = now() + ${wait.forMs} * interval '1 ms'
    where id = ${run.id}::uuid and lease_owner = ${run.owner} and state = 'running'`;
}

/**
 * Stores where an interrupted run would go on. Write it in the transaction that stores what came before it. A place
 * further on than the last one shows that earlier crashes were not of its own making; the same place again shows
 * nothing.
 */
export async function saveCheckpoint(tx: Db, operationId: string, checkpoint: object): Promise<void> {
  const place = JSON.stringify(checkpoint);
  await tx.$executeRaw`
    update operations set checkpoint = ${place}::jsonb,
      crashes = case when checkpoint is distinct from ${place}::jsonb then 0 else crashes end,
      slow_tries = case when checkpoint is distinct from ${place}::jsonb then 0 else slow_tries end
    where id = ${operationId}::uuid`;
}

/** A run that ends. `isBlocked`: its own computing kept the event loop from renewing the lease. */
export interface EndingRun {
  id: string;
  owner: string;
  isAlone?: boolean;
  isBlocked?: boolean;
}

const toLateRun = ({ id, owner, isAlone = false, isBlocked = false }: EndingRun): LateRun => ({
  id,
  owner,
  isAlone,
  isBlocked,
});

/** Whether an operation's checkpoint moved on from the one with which a run began. */
export async function hasProgressed(db: Db, { id, checkpoint }: { id: string; checkpoint: unknown }): Promise<boolean> {
  const [row] = await db.$queryRaw<{ hasProgressed: boolean }[]>`
    select checkpoint is distinct from ${checkpoint === null ? null : JSON.stringify(checkpoint)}::jsonb as
      "hasProgressed"
    from operations where id = ${id}::uuid`;
  return row?.hasProgressed === true;
}

/**
 * Ends the operation for good and frees its record.
 *
 * @param alongside Runs in the same transaction, for what has to be stored together with the ending.
 * @param onLost Runs in its place when the run was not the owner any more.
 * @returns false when the run was not the owner any more; the operation is not changed then.
 */
export async function finishOperation(
  db: Database,
  run: EndingRun,
  ending: OperationEnding,
  alongside?: (tx: Db) => Promise<void>,
  onLost?: (tx: Db) => Promise<void>,
): Promise<boolean> {
  const code = ending.state === 'failed' ? ending.code : null;
  const message = ending.state === 'failed' ? ending.message.slice(0, 1_000) : null;
  return inTransaction(db, async (tx) => {
    const outcome = ending.state === 'done' ? JSON.stringify(await toStoredOutcome(tx, run.id, ending.outcome)) : null;
    const changed = await tx.$executeRaw`
      update operations set state = ${ending.state}::operation_state, outcome = ${outcome}::jsonb, error_code = ${code},
        error_message = ${message},
        finished_at = now(), dispatch_at = null, lease_owner = null, lease_until = null, waiting_reason = null,
        waiting_until = null
      where id = ${run.id}::uuid and lease_owner = ${run.owner} and state = 'running'`;
    if (changed === 0) {
      await takeBackSuspicion(tx, toLateRun(run));
      await onLost?.(tx);
      return false;
    }
    await alongside?.(tx);
    await releaseRecordLeases(tx, run.owner);
    return true;
  });
}

/** As the row keeps it: `reason` may stand beside `done` too. */
type StoredOutcome = Omit<Outcome, 'reason'> & { reason?: string };

/** The caller reads that the work of its operation is done, and by which one. */
async function toStoredOutcome(tx: Db, id: string, outcome: Outcome): Promise<StoredOutcome> {
  const carrier = outcome.kind === 'skipped' ? await findCarrier(tx, id, outcome.reason) : null;
  return carrier === null ? outcome : { kind: 'done', reason: 'carried', details: { by: carrier } };
}

export interface RequeueOrPark extends Requeue {
  /** It was given up for now: it waits for its next slow retry, with all its attempts and a deadline of its own. */
  park?: Pick<Park, 'deadlineMs'>;
}

/**
 * Puts a running operation back in the queue. If another request was queued under the same key meanwhile, that one
 * carries on and this one ends as superseded: both would do the same work.
 *
 * @param alongside Runs in the same transaction, for what has to be stored together with that. `until` is null when
 *   another operation carries on.
 * @param onLost Runs in its place when the run was not the owner any more.
 * @returns the moment it is due again, or null when it ended or was not ours any more.
 */
export async function requeueOperation(
  db: Database,
  run: EndingRun,
  back: RequeueOrPark,
  alongside?: (tx: Db, until: Date | null) => Promise<void>,
  onLost?: (tx: Db) => Promise<void>,
): Promise<Date | null> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await requeueOnce(db, run, back, alongside, onLost);
    } catch (error) {
      // Somebody queued a twin between our look and our write; the second look sees it.
      if (!isUniqueViolation(error) || tries > 0) throw error;
    }
  }
}

function requeueOnce(
  db: Database,
  run: EndingRun,
  back: RequeueOrPark,
  alongside?: (tx: Db, until: Date | null) => Promise<void>,
  onLost?: (tx: Db) => Promise<void>,
): Promise<Date | null> {
  const isParked = back.park !== undefined;
  const isolate = back.isolate === true;
  return inTransaction(db, async (tx) => {
    const [newer] = await tx.$queryRaw<{ id: string }[]>`
      select t.id from operations o join operations t on t.dedupe_key = o.dedupe_key and t.state = 'queued'
      where o.id = ${run.id}::uuid and o.lease_owner = ${run.owner}`;
    if (newer !== undefined) {
      await handOver(tx, run, newer.id, isolate);
      await alongside?.(tx, null);
      await releaseRecordLeases(tx, run.owner);
      return null;
    }
    const [row] = await tx.$queryRaw<{ runAfter: Date }[]>`
      update operations set
        state = 'queued', lease_owner = null, lease_until = null,
        isolated = isolated or ${isolate}::boolean,
        attempts = case when ${isParked}::boolean then 0 else attempts + ${back.usesAttempt ? 1 : 0} end,
        crashes = case when ${isParked}::boolean then 0 else crashes end,
        slow_tries = slow_tries + ${isParked ? 1 : 0},
        parked_at = case when ${isParked}::boolean then now() end,
        deadline_at = case when ${isParked}::boolean then now() + ${back.waitMs + (back.park?.deadlineMs ?? 0)} *
          interval '1 ms' else greatest(deadline_at, ${back.deadlineAt ?? null}::timestamptz) end,
        run_after = now() + ${back.waitMs} * interval '1 ms',
        dispatched = dispatched and not (isolated or ${isolate || isParked}::boolean),
        dispatch_at = now() + case when isolated or ${isolate || isParked}::boolean then ${back.waitMs}::float8
          else ${back.waitMs + LATE_JOB_MS}::float8 end * interval '1 ms',
        waiting_reason = ${back.reason}, waiting_until = null,
        error_code = ${back.error?.code ?? null}, error_message = ${back.error?.message.slice(0, 1_000) ?? null}
      where id = ${run.id}::uuid and lease_owner = ${run.owner} and state = 'running'
      returning run_after as "runAfter"`;
    await releaseRecordLeases(tx, run.owner);
    if (row === undefined) {
      await takeBackSuspicion(tx, toLateRun(run));
      await onLost?.(tx);
      return null;
    }
    await alongside?.(tx, row.runAfter);
    return row.runAfter;
  });
}

/** The newer request carries on, with what is held against the older one. */
async function handOver(tx: Db, run: EndingRun, newerId: string, isolate: boolean): Promise<void> {
  await tx.$executeRaw`
    update operations n set isolated = true, crashes = greatest(n.crashes, o.crashes),
      crashed_at = greatest(n.crashed_at, o.crashed_at),
      slow_tries = greatest(n.slow_tries, o.slow_tries), dispatched = false, dispatch_at = greatest(n.run_after, now())
    from operations o
    where n.id = ${newerId}::uuid and n.state = 'queued' and o.id = ${run.id}::uuid and (o.isolated
      or ${isolate}::boolean)`;
  await endAsSuperseded(tx, run, newerId);
}

/** A delayed job normally wakes by itself; relay looks only when it is this late. */
const LATE_JOB_MS = 3_000;
