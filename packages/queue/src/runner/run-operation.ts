import { setTimeout as pause } from 'node:timers/promises';
import {
  backoffMs,
  findDefinition,
  type JobContext,
  type JobDefinition,
  JobError,
  type JobLog,
  type Outcome,
  RetryableError,
  slowRetryMs,
} from '@luma-sync/jobs';
import { RunLease } from './lease.js';
import { leaseClock } from './lease-clock.js';
import type { Ledger, LedgerOperation, PutBackRequest, RunIdentity } from './ledger.js';
import { ProgressReports } from './progress.js';
import { recordKey } from './record-key.js';

/** The code that runs one kind of job, its dependencies already given. */
export type BoundHandler = (payload: never, ctx: JobContext) => Promise<Outcome>;
export type HandlerRegistry = Readonly<Record<string, BoundHandler>>;

export interface RunSettings {
  /**
   * How long a silent run keeps its operation. Handlers only wait for answers, so a short lease is right. Not above what `TAKE_OVER` leaves of a
   * lock.
   */
  leaseMs: number;
  /** Longest a single run may take; then it is put back and goes on from its checkpoint. */
  runLimitMs: number;
  /** How long a run that was told to end is waited for; then it is left behind without its lease. Above the time a write under way is given. */
  abandonAfterMs: number;
  /** The same at shutdown: shorter, so that it is handed back before the process is killed. */
  handBackAfterMs: number;
  /** Deaths of a process in which the operation ran alone, before it is given up or parked. After a slow retry one is enough. */
  crashesMax: number;
}

export const DEFAULT_RUN_SETTINGS: RunSettings = {
  leaseMs: 4_000,
  runLimitMs: 15 * 60_000,
  abandonAfterMs: 10_000,
  handBackAfterMs: 7_000,
  crashesMax: 3,
};

export interface RunDeps {
  ledger: Ledger;
  handlers: HandlerRegistry;
  classify: (thrown: unknown) => JobError;
  log: JobLog;
  settings: RunSettings;
  /** Aborts when the process shuts down. */
  shutdown: AbortSignal;
  /** The process runs this operation and nothing else. Default false. */
  isAlone?: boolean;
  /** The process ends because of an error that nobody handled: what runs in it may be the cause. */
  isFaulty?: () => boolean;
  onRun?: (run: { job: string; result: RunResult['kind']; code: string | null; durationMs: number }) => void;
}

/** What the queue does with the job that asked for this run. */
export type RunResult =
  | { kind: 'done'; outcome: Outcome }
  | { kind: 'failed'; code: string; message: string }
  /** Not now: the job comes back at this time. */
  | {
      kind: 'delayed';
      until: Date;
      reason: string;
      /** It had its turn: it is not to wait behind the backlog once more. */
      isBeforeAll?: boolean;
    }
  /** Given up for now; a slow retry comes at this time, with a job of its own. */
  | { kind: 'parked'; until: Date; code: string }
  /** Finished by an earlier run, taken over by another one, isolated, or superseded: this job has nothing left to do. */
  | { kind: 'settled' };

/** Runs one operation once and stores how it ended. Throws only when Postgres cannot be reached before the run began. */
export async function runOperation(operationId: string, owner: string, deps: RunDeps): Promise<RunResult> {
  const startedAt = performance.now();
  const askedAt = leaseClock.mark();
  const run: RunIdentity = { id: operationId, owner, isAlone: deps.isAlone === true };
  const begun = await deps.ledger.begin({ ...run, leaseMs: deps.settings.leaseMs, recordKey });
  if (begun.kind === 'settled') return { kind: 'settled' };
  if (begun.kind === 'busy') {
    const until = new Date(Date.now() + begun.waitMs);
    return { kind: 'delayed', until, reason: 'lease', isBeforeAll: begun.isInterrupted };
  }

  const { operation } = begun;
  const lease = new RunLease(deps.ledger, run, deps.settings.leaseMs, deps.log, askedAt);
  let result: RunResult;
  try {
    result = await runBegun(operation, run, lease, deps);
  } finally {
    await lease.stop();
  }
  const durationMs = Math.round(performance.now() - startedAt);
  const code = toCode(result);
  deps.onRun?.({ job: operation.job, result: result.kind, code, durationMs });
  const fields = { operationId, ...toLogIds(operation.payload), attempt: operation.attempts + 1, result: result.kind };
  deps.log[toLevel(result)](
    { job: operation.job, ...fields, ...(code === null ? {} : { code }), durationMs, ...toRepeat(operation, result) },
    'operation run',
  );
  return result;
}

/** `error`: a person has to look at it. `warn`: Luma, Postgres or the mail provider did not answer as they should. */
function toLevel(result: RunResult): 'info' | 'warn' | 'error' {
  if (result.kind === 'failed') return 'error';
  if (result.kind === 'parked') return 'warn';
  return result.kind === 'delayed' && TROUBLES.has(result.reason) ? 'warn' : 'info';
}

const TROUBLES: ReadonlySet<string> = new Set([
  'luma.unavailable',
  'luma.unreachable',
  'luma.outcome_unknown',
  'luma.unexpected_answer',
  'luma.auth_failed',
  'luma.plan_inactive',
  'mail.unavailable',
  'mail.outcome_unknown',
  'store.unavailable',
  'unknown',
]);

/** In an outage thousands of runs end alike: their lines count as repeats of one. */
const toRepeat = (operation: LedgerOperation, result: RunResult): { repeatOf?: string } =>
  toLevel(result) === 'warn' ? { repeatOf: `${operation.job} ${toCode(result)}` } : {};

const LOGGED_IDS = ['eventId', 'calendarId', 'deliveryId', 'assignmentId'] as const;

/** Payloads hold ids and no personal data; still only these are logged. */
function toLogIds(payload: unknown): Record<string, string> {
  const held = typeof payload === 'object' && payload !== null ? (payload as Record<string, unknown>) : {};
  return Object.fromEntries(LOGGED_IDS.flatMap((name) => (typeof held[name] === 'string' ? [[name, held[name]]] : [])));
}

function toCode(result: RunResult): string | null {
  if (result.kind === 'failed' || result.kind === 'parked') return result.code;
  return result.kind === 'delayed' ? result.reason : null;
}

async function runBegun(
  operation: LedgerOperation,
  run: RunIdentity,
  lease: RunLease,
  deps: RunDeps,
): Promise<RunResult> {
  const definition = findDefinition(operation.job);
  const handler = deps.handlers[operation.job];
  if (definition === null || handler === undefined) {
    return giveUp(operation, run, deps, 'operation.unknown_job', `no handler for ${operation.job} in this version`);
  }
  const parsed = definition.payload.safeParse(operation.payload);
  if (!parsed.success) {
    const paths = parsed.error.issues.map((issue) => issue.path.join('.') || '(whole)').join(', ');
    return giveUp(operation, run, deps, 'operation.invalid_payload', `the stored payload does not fit: ${paths}`);
  }
  if (operation.crashes >= (operation.slowTries > 0 ? 1 : deps.settings.crashesMax)) {
    const message = `its process died ${operation.crashes === 1 ? 'once more' : `${operation.crashes} times`} while it ran alone`;
    return park(operation, run, deps, 'operation.crashed', message);
  }
  if (operation.deadlineAt.getTime() <= Date.now()) {
    return park(operation, run, deps, 'operation.deadline', 'not done within its time limit, waits included');
  }
  const limit = AbortSignal.timeout(deps.settings.runLimitMs);
  const signal = AbortSignal.any([lease.signal, deps.shutdown, limit]);
  const reports = new ProgressReports((progress) => deps.ledger.report(run, progress));
  try {
    const running = handler(parsed.data as never, {
      operationId: operation.id,
      owner: run.owner,
      leaseMs: deps.settings.leaseMs,
      attempt: operation.attempts + 1,
      crashes: operation.crashes,
      isAlone: run.isAlone === true,
      trigger: operation.trigger,
      createdAt: operation.createdAt,
      log: deps.log,
      now: () => new Date(),
      signal,
      assertLease: () => {
        lease.assertHeld();
        deps.shutdown.throwIfAborted();
      },
      report: (progress) => reports.report(progress),
    });
    const outcome = await untilAbandoned(running, signal, deps);
    await stored(deps, () => reports.flush());
    return await settle(operation, run, deps, outcome);
  } catch (thrown) {
    // How far the run got is worth one try; how it ended matters more.
    await reports.flush().catch(() => {});
    if (thrown instanceof Abandoned) {
      deps.log.error({ operationId: operation.id, job: operation.job }, 'a run did not end when it was told to');
      lease.revoke();
      if (!deps.shutdown.aborted) return end(operation, run, definition, deps, thrown.verdict);
      // The deploy's doing, not the operation's: no attempt is used.
      return putBack(operation, run, deps, { ...INTERRUPTED, isolate: deps.isFaulty?.() === true });
    }
    // A write may find the loss before any heartbeat does.
    const isLost = lease.signal.aborted || (thrown instanceof JobError && thrown.code === 'operation.lease_lost');
    if (isLost || deps.shutdown.aborted || limit.aborted)
      return interrupted(operation, run, definition, deps, { isBlocked: lease.wasBlocked, limit });
    return end(operation, run, definition, deps, deps.classify(thrown));
  }
}

const INTERRUPTED: PutBackRequest = { waitMs: 0, usesAttempt: false, reason: 'operation.interrupted' };

/**
 * The run was told to end: by a shutdown, by the loss of its lease, or by its time limit. A shutdown, a frozen or a starved process are not its
 * doing. A time limit that was used up without getting further is, and so is a lease that was lost because the run itself blocked the event loop.
 */
async function interrupted(
  operation: LedgerOperation,
  run: RunIdentity,
  definition: JobDefinition,
  deps: RunDeps,
  { isBlocked, limit }: { isBlocked: boolean; limit: AbortSignal },
): Promise<RunResult> {
  const ended = { ...run, isBlocked };
  if (deps.shutdown.aborted)
    return putBack(operation, ended, deps, { ...INTERRUPTED, isolate: deps.isFaulty?.() === true });
  // Beside others nobody knows which run blocked the loop: it runs alone from now on.
  if (isBlocked && run.isAlone !== true) return putBack(operation, ended, deps, { ...INTERRUPTED, isolate: true });
  // Lost and perhaps taken over: then this changes nothing. If nobody did, nobody has to wait until it is noticed.
  if (!isBlocked && !limit.aborted) return putBack(operation, ended, deps, INTERRUPTED);
  if (await stored(deps, () => deps.ledger.hasProgressed(operation)))
    return putBack(operation, ended, deps, INTERRUPTED);
  const error = isBlocked
    ? new RetryableError('operation.blocked', 'the run computed for so long that it lost its lease')
    : new RetryableError('operation.run_limit', 'the run used up its time and got no further');
  return end(operation, ended, definition, deps, error);
}

class Abandoned extends Error {
  readonly verdict = new RetryableError('operation.stuck', 'the run did not end when it was told to');
}

/** The handler's outcome, or `Abandoned` when it pays no attention to its signal. */
async function untilAbandoned(
  running: Promise<Outcome>,
  signal: AbortSignal,
  { shutdown, settings: { abandonAfterMs, handBackAfterMs } }: RunDeps,
): Promise<Outcome> {
  const isOver = new AbortController();
  const abandoned = new Promise<never>((_, reject) => {
    const after = (toldBy: AbortSignal, limitMs: number): void => {
      const watch = (): void => {
        const timer = setTimeout(() => reject(new Abandoned()), limitMs);
        isOver.signal.addEventListener('abort', () => clearTimeout(timer));
      };
      if (toldBy.aborted) watch();
      else toldBy.addEventListener('abort', watch, { signal: isOver.signal });
    };
    after(signal, abandonAfterMs);
    after(shutdown, handBackAfterMs);
  });
  try {
    return await Promise.race([running, abandoned]);
  } finally {
    isOver.abort();
  }
}

async function settle(
  operation: LedgerOperation,
  run: RunIdentity,
  deps: RunDeps,
  outcome: Outcome,
): Promise<RunResult> {
  const isOurs = await stored(deps, () => deps.ledger.finish(run, { state: 'done', outcome }, operation));
  return isOurs ? { kind: 'done', outcome } : { kind: 'settled' };
}

/** The one place that turns a verdict into what happens next. */
async function end(
  operation: LedgerOperation,
  run: RunIdentity,
  definition: JobDefinition,
  deps: RunDeps,
  error: JobError,
): Promise<RunResult> {
  const failure = { code: error.code, message: error.message };
  if (error.code === 'unknown')
    deps.log.error({ operationId: operation.id, err: error.cause }, 'a handler threw something no boundary classified');
  if (error.verdict === 'fail') return giveUp(operation, run, deps, error.code, error.message);
  if (error.verdict === 'wait') {
    const waitMs = 'waitMs' in error && typeof error.waitMs === 'number' ? error.waitMs : 1_000;
    return putBack(operation, run, deps, { waitMs, usesAttempt: false, reason: error.code, error: failure });
  }
  const attempt = operation.attempts + 1;
  // A slow retry is one attempt.
  if (attempt >= definition.attempts || operation.slowTries > 0)
    return park(operation, run, deps, error.code, `${error.message} (attempt ${attempt}, the last)`);
  const waitMs = backoffMs(definition.backoff, attempt, Math.random());
  return putBack(operation, run, deps, { waitMs, usesAttempt: true, reason: error.code, error: failure });
}

async function putBack(
  operation: LedgerOperation,
  run: RunIdentity,
  deps: RunDeps,
  back: PutBackRequest,
): Promise<RunResult> {
  if (Date.now() + back.waitMs >= operation.deadlineAt.getTime()) {
    const why = back.error === undefined ? '' : `; last: ${back.error.code}: ${back.error.message}`;
    return park(operation, run, deps, 'operation.deadline', `not done within its time limit, waits included${why}`);
  }
  const until = await stored(deps, () => deps.ledger.putBack(run, back));
  return until === null ? { kind: 'settled' } : { kind: 'delayed', until, reason: back.reason };
}

/** These say that a run harms its process: its slow retries are alone. Others may wait for one outage in thousands, and run beside each other. */
const RUNS_ALONE: ReadonlySet<string> = new Set([
  'operation.blocked',
  'operation.crashed',
  'operation.run_limit',
  'operation.stuck',
]);

/** Given up by deaths, attempts or its deadline. What reconciles state is tried again later, and for ever; the rest is a dead letter. */
async function park(
  operation: LedgerOperation,
  run: RunIdentity,
  deps: RunDeps,
  code: string,
  message: string,
): Promise<RunResult> {
  const definition = findDefinition(operation.job);
  if (definition?.reconciles !== true) return giveUp(operation, run, deps, code, message);
  const request = {
    waitMs: slowRetryMs(operation.slowTries),
    deadlineMs: definition.deadlineMs,
    code,
    message,
    isolate: RUNS_ALONE.has(code),
  };
  const until = await stored(deps, () => deps.ledger.park(run, request, operation));
  return until === null ? { kind: 'settled' } : { kind: 'parked', until, code };
}

async function giveUp(
  operation: LedgerOperation,
  run: RunIdentity,
  deps: RunDeps,
  code: string,
  message: string,
): Promise<RunResult> {
  const ending = { state: 'failed', code, message } as const;
  const isOurs = await stored(deps, () => deps.ledger.finish(run, ending, operation)).catch((error: unknown) => {
    if (isStoreAway(deps, error)) throw error;
    // What should be noted beside the ending cannot be: the operation ends all the same, or it would be run for ever.
    deps.log.error(
      { operationId: operation.id, job: operation.job, err: error },
      'a failure could not be noted in full',
    );
    return deps.ledger.finish(run, ending, null);
  });
  return isOurs ? { kind: 'failed', code, message } : { kind: 'settled' };
}

/**
 * About ten minutes in all. Without Postgres nothing else could be run in the place this holds, and an ending that is never told is taken for
 * the death of the process.
 */
const STORE_TRIES_MAX = 125;

/** Postgres may be away just when a run ends. The run is over then, and alive: its ending is stored as soon as that can be. */
async function stored<T>(deps: RunDeps, write: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await write();
    } catch (error) {
      if (tries === STORE_TRIES_MAX || deps.shutdown.aborted || !isStoreAway(deps, error)) throw error;
      await pause(Math.min(250 * 2 ** tries, 5_000), undefined, { signal: deps.shutdown }).catch(() => {});
    }
  }
}

function isStoreAway(deps: RunDeps, error: unknown): boolean {
  return deps.classify(error).code === 'store.unavailable';
}
