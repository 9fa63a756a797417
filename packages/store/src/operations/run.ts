import { type OutcomeDetails, PRIORITY, type Progress } from '@luma-sync/jobs';
import { type Database, type Db, inTransaction } from '../database.js';
import { acquireRecordLease, BUSY_PAUSE_MS, busyPauseMs, releaseRecordLeases } from '../leases.js';
import { isUniqueViolation } from '../store-error.js';
import { endAsSuperseded, leaveToTwin, takeBackCrash } from './supersede.js';

/*
 * States of an operation:
 *
 *   queued --begin--> running --finish--> done | failed
 *      ^                 |
 *      +---put back------+      (retry, wait, hand-over at shutdown)
 *
 * A run owns its operation by `lease_owner`, a name made anew for each run. Every change below names the owner, so a run whose
 * lease ran out and was taken over changes nothing any more.
 */

/** The operation as a run needs it. */
export interface BegunOperation {
  id: string;
  job: string;
  payload: unknown;
  attempts: number;
  crashes: number;
  trigger: 'manual' | 'api' | 'scheduled' | 'webhook';
  createdAt: Date;
  deadlineAt: Date;
  checkpoint: unknown;
}

export type BeginResult =
  | { kind: 'begun'; operation: BegunOperation }
  /** Another run holds the operation or the record: look again after `waitMs`. */
  | {
      kind: 'busy';
      waitMs: number;
      /** Its last run fell silent: it had its turn already. */
      isInterrupted: boolean;
    }
  /** Finished, superseded or unknown: the job has nothing to do. */
  | { kind: 'settled' };

/**
 * What kills its process does so within seconds of each new run. A death an hour after the last one has another cause (a deploy, a machine
 * that went away), and one in an hour harms nobody.
 */
const CRASH_MEMORY_MS = 3_600_000;

/** Of a job that nobody waits for. */
const PATIENT_PAUSE_MS = 1_000;

/** A run may find its wait ended a moment early by a clock elsewhere. */
const EARLY_MS = 250;

/**
 * Starts a run: takes the operation and the lease on its record in one commit.
 *
 * @param owner   Unique for this run.
 * @param leaseMs How long both stay ours without a heartbeat.
 * @param recordKey Computed from the stored payload; null when it does not parse, then no record is taken.
 */
export async function beginOperation(
  db: Database,
  run: { id: string; owner: string; leaseMs: number; recordKey: (job: string, payload: unknown) => string | null },
): Promise<BeginResult> {
  const [known] = await db.$queryRaw<Known[]>`
    select job, payload, priority, state::text as state,
      greatest(
        case when state = 'running' then extract(epoch from lease_until - now()) * 1000 else 0 end,
        extract(epoch from run_after - now()) * 1000 - ${EARLY_MS}
      )::float8 as "busyMs",
      (extract(epoch from now() - run_after) * 1000)::float8 as "waitedMs"
    from operations where id = ${run.id}::uuid`;
  if (known === undefined || (known.state !== 'queued' && known.state !== 'running')) return { kind: 'settled' };
  const isInterrupted = known.state === 'running';
  const busy = (waitMs: number) => ({ kind: 'busy' as const, waitMs, isInterrupted });
  const retryMs = recordPauseMs(known, isInterrupted);
  if (known.busyMs > 0) return busy(Math.ceil(known.busyMs));
  const recordKey = run.recordKey(known.job, known.payload);
  return inTransaction(db, async (tx) => {
    const [operation] = await tx.$queryRaw<BegunOperation[]>`
      update operations set
        crashes = case
          when state <> 'running' then crashes
          when crashed_at < now() - ${CRASH_MEMORY_MS} * interval '1 ms' then 1
          else crashes + 1 end,
        crashed_at = case when state = 'running' then now() else crashed_at end,
        state = 'running', lease_owner = ${run.owner},
        lease_until = now() + ${run.leaseMs} * interval '1 ms',
        dispatch_at = now() + ${run.leaseMs + 2_000} * interval '1 ms',
        started_at = coalesce(started_at, now()), waiting_reason = null, waiting_until = null
      where id = ${run.id}::uuid and (state = 'queued' or (state = 'running' and lease_until < now()))
      returning id, job, payload, attempts, crashes, trigger::text as trigger, created_at as "createdAt", deadline_at as "deadlineAt", checkpoint`;
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
    if (!(error instanceof RecordBusy)) throw error;
    if (isInterrupted && recordKey !== null && (await leaveToTwin(db, run.id, recordKey))) return { kind: 'settled' };
    return busy(retryMs);
  });
}

interface Known {
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
      update operations set lease_until = now() + ${run.leaseMs} * interval '1 ms', dispatch_at = now() + ${run.leaseMs + 2_000} * interval '1 ms'
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
 * Stores where an interrupted run would go on. Write it in the transaction that stores what came before it. A place further on than the last one
 * shows that earlier crashes were not of its own making; the same place again shows nothing.
 */
export async function saveCheckpoint(tx: Db, operationId: string, checkpoint: object): Promise<void> {
  const place = JSON.stringify(checkpoint);
  await tx.$executeRaw`
    update operations set checkpoint = ${place}::jsonb,
      crashes = case when checkpoint is distinct from ${place}::jsonb then 0 else crashes end
    where id = ${operationId}::uuid`;
}

export type Ending =
  | { state: 'done'; outcome: { kind: 'done' | 'skipped'; reason?: string; details: OutcomeDetails } }
  | { state: 'failed'; code: string; message: string };

/**
 * Ends the operation for good and frees its record.
 *
 * @param alongside Runs in the same transaction, for what has to be stored together with the ending.
 * @returns false when the run was not the owner any more; nothing is changed then.
 */
export async function finishOperation(
  db: Database,
  run: { id: string; owner: string },
  ending: Ending,
  alongside?: (tx: Db) => Promise<void>,
): Promise<boolean> {
  const outcome = ending.state === 'done' ? JSON.stringify(ending.outcome) : null;
  const code = ending.state === 'failed' ? ending.code : null;
  const message = ending.state === 'failed' ? ending.message.slice(0, 1_000) : null;
  return inTransaction(db, async (tx) => {
    const changed = await tx.$executeRaw`
      update operations set state = ${ending.state}::operation_state, outcome = ${outcome}::jsonb, error_code = ${code}, error_message = ${message},
        finished_at = now(), dispatch_at = null, lease_owner = null, lease_until = null, waiting_reason = null,
        waiting_until = null
      where id = ${run.id}::uuid and lease_owner = ${run.owner} and state = 'running'`;
    if (changed === 0) {
      await takeBackCrash(tx, run);
      return false;
    }
    await alongside?.(tx);
    await releaseRecordLeases(tx, run.owner);
    return true;
  });
}

export interface PutBack {
  waitMs: number;
  /** True for a `retry` verdict. */
  usesAttempt: boolean;
  /** Why it waits, as the operator reads it; a failure's code for a retry. */
  reason: string;
  error?: { code: string; message: string };
}

/**
 * Puts a running operation back in the queue. If another request was queued under the same key meanwhile, that one carries on and
 * this one ends as superseded: both would do the same work.
 *
 * @returns the moment it is due again, or null when it ended or was not ours any more.
 */
export async function putBackOperation(
  db: Database,
  run: { id: string; owner: string },
  back: PutBack,
): Promise<Date | null> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await putBackOnce(db, run, back);
    } catch (error) {
      // Somebody queued a twin between our look and our write; the second look sees it.
      if (!isUniqueViolation(error) || tries > 0) throw error;
    }
  }
}

function putBackOnce(db: Database, run: { id: string; owner: string }, back: PutBack): Promise<Date | null> {
  return inTransaction(db, async (tx) => {
    const [twin] = await tx.$queryRaw<{ id: string }[]>`
      select t.id from operations o join operations t on t.dedupe_key = o.dedupe_key and t.state = 'queued'
      where o.id = ${run.id}::uuid and o.lease_owner = ${run.owner}`;
    if (twin !== undefined) {
      await endAsSuperseded(tx, run, twin.id);
      await releaseRecordLeases(tx, run.owner);
      return null;
    }
    const [row] = await tx.$queryRaw<{ runAfter: Date }[]>`
      update operations set
        state = 'queued', lease_owner = null, lease_until = null,
        attempts = attempts + ${back.usesAttempt ? 1 : 0},
        run_after = now() + ${back.waitMs} * interval '1 ms',
        dispatch_at = now() + ${back.waitMs + LATE_JOB_MS} * interval '1 ms',
        waiting_reason = ${back.reason}, waiting_until = null,
        error_code = ${back.error?.code ?? null}, error_message = ${back.error?.message.slice(0, 1_000) ?? null}
      where id = ${run.id}::uuid and lease_owner = ${run.owner} and state = 'running'
      returning run_after as "runAfter"`;
    await releaseRecordLeases(tx, run.owner);
    if (row === undefined) await takeBackCrash(tx, run);
    return row?.runAfter ?? null;
  });
}

/** A delayed job normally wakes by itself; relay looks only when it is this late. */
const LATE_JOB_MS = 3_000;
