import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { QueueName } from '@luma-sync/jobs';
import { DelayedError, type Job, UnrecoverableError } from 'bullmq';
import pTimeout from 'p-timeout';
import type { RedisConnection } from '../connection.js';
import { BEFORE_ALL, toPriority } from '../dispatch.js';
import { type KeySpeed, Places } from '../places/places.js';
import { DEFAULT_PREFIX } from '../queue-names.js';
import type { OperationJobData } from '../queues.js';
import { CONSUMPTION, Consumption, type ConsumptionTimes } from './consumption.js';
import type { RunDeps } from './current-run.js';
import { watchFetches } from './fetch-watch.js';
import { FINISH_TIMES, type FinishTimes, FinishWatch, type Standstill } from './finish-watch.js';
import { ForceCloseableWorker } from './force-closeable-worker.js';
import { isDecision } from './is-decision.js';
import { isOperationId, NOT_AN_OPERATION, whenNotBegun } from './not-begun.js';
import { runOperation } from './run-operation.js';
import type { RunResult } from './run-result.js';

export interface OperationWorkerOptions extends Omit<RunDeps, 'shutdown' | 'isAlone' | 'isFaulty' | 'onProgress'> {
  queue: QueueName;
  /** Begins the owner of each run. Default: a name of its own. */
  processId?: string;
  /** Opened with the `waiting` manner; the worker makes its own blocking copy of it. */
  connection: RedisConnection;
  prefix?: string;
  /** Operations run at once in this process, those of slow keys apart. */
  concurrency: number;
  /** How the places are divided among keys. */
  bulkheads?: Bulkheads;
  /** Default {@link TAKE_OVER}. */
  takeOver?: TakeOverTimes;
  /**
   * Opened with the `failing` manner; tells whether Redis answers others while this worker hears nothing. Default:
   * `connection`.
   */
  probe?: RedisConnection;
  /** Default {@link CONSUMPTION}. */
  consumption?: ConsumptionTimes;
  /** Default {@link FINISH_TIMES}. */
  finishTimes?: FinishTimes;
  /** A job had nothing left to do; its operation may have become isolated. */
  onSettled?: () => void;
  /** Told once when jobs are not taken any more although Redis answers. Nothing but a new process is known to help. */
  onDead?: () => void;
}

export interface Bulkheads {
  /** Places of one key, at most. Default: half of them, rounded up. */
  perKey?: number;
  /** Default: every key answers in time. */
  speeds?: Speeds;
}

/** What is known of how quickly keys answer. */
export interface Speeds {
  speedOf(key: string): KeySpeed;
  isLate(key: string): boolean;
  noteRun(key: string, durationMs: number): void;
  /** @param listener Called after any of it changed. */
  onChange(listener: () => void): void;
}

/** How soon the job of a silent worker is given to another one. */
export interface TakeOverTimes {
  lockMs: number;
  /** How often a lock is renewed. */
  renewMs: number;
  lookMs: number;
}

/**
 * A killed worker's job is taken over once its lock ran out and a living worker has looked: after 4 to 6 s. Postgres
 * has the last word: a job that BullMQ hands out twice finds its operation leased.
 *
 * What is left of a lock at the death of its worker (4 s at least) is not less than what is left of the lease (4 s at
 * most, `DEFAULT_RUN_SETTINGS`). The other way round the job would find its operation leased still, and be put off once
 * more.
 */
const TAKE_OVER: TakeOverTimes = { lockMs: 5_000, renewMs: 1_000, lookMs: 1_000 };
/** Crashes are counted in the operation's row; BullMQ's own count would fail an item after two deploys. */
const STALLED_MAX = 1_000_000;
/** How often Postgres is asked again when an operation could not be begun. */
const STORE_RETRY_MS = 1_000;
/** BullMQ asks again after an outage of Redis; its own 15 s are longer than a take-over may last. */
const RETRY_FETCH_MS = 1_000;

/**
 * Fetched jobs that wait in this process for a place of their key. Relay bounds those of one key; more than these are
 * put off in Redis for a while, so that jobs of other keys are still fetched.
 */
const WAITING_MAX = 500;
const PUT_OFF_MS = 5_000;

/**
 * How long {@link OperationWorker.close} takes at most: what runs may end by itself, then it is told to, then it is
 * handed back.
 */
const GRACE_MS = 8_000;
/** Beyond `handBackAfterMs`: for storing the hand-over. */
const HAND_OVER_MS = 3_000;
/** For what BullMQ still has to tell Redis once nothing runs any more. */
const LAST_WORDS_MS = 2_000;

/** Names a process for `worker_processes` and for the owners of its runs. */
export const newProcessId = (): string => `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`;

/** Takes jobs of one queue and runs their operations. */
export class OperationWorker {
  private readonly worker: ForceCloseableWorker;
  private readonly places: Places;
  private readonly shutdown = new AbortController();
  private readonly closing = new AbortController();
  private readonly name: string;
  private consumption: Consumption | null = null;
  private readonly finishing: FinishWatch;
  private readonly onRunEnd = new Set<() => void>();
  private runs = 0;
  private active = 0;
  private isFaulty = false;

  constructor(private readonly options: OperationWorkerOptions) {
    this.name = options.processId ?? newProcessId();
    const { lockMs, renewMs, lookMs } = options.takeOver ?? TAKE_OVER;
    const { silentMs } = options.consumption ?? CONSUMPTION;
    // Every run listens to them, and Node takes more than ten for a leak.
    setMaxListeners(0, this.shutdown.signal, this.closing.signal);
    const { perKey = Math.ceil(options.concurrency / 2), speeds } = options.bulkheads ?? {};
    this.places = new Places({
      places: options.concurrency,
      perKey,
      extraPlaces: options.concurrency,
      waitingMax: WAITING_MAX,
      ...(speeds === undefined
        ? {}
        : { speedOf: (key: string) => speeds.speedOf(key), isLate: (key: string) => speeds.isLate(key) }),
      onChange: () => this.worker.setLimit(this.places.fetchLimit),
    });
    speeds?.onChange(() => this.places.reconsider());
    const countWaiting = async () => this.places.waitingJobs + (await this.countJobs());
    this.finishing = new FinishWatch({ times: options.finishTimes ?? FINISH_TIMES, countWaiting });
    this.worker = new ForceCloseableWorker(
      options.queue,
      (job, token) => this.process(job, token),
      {
        connection: options.connection,
        prefix: options.prefix ?? DEFAULT_PREFIX,
        name: this.name,
        concurrency: options.concurrency,
        lockDuration: lockMs,
        lockRenewTime: renewMs,
        stalledInterval: lookMs,
        maxStalledCount: STALLED_MAX,
        // Seconds. An idle worker asks several times before it is taken for dead.
        drainDelay: silentMs / 3_000,
        runRetryDelay: RETRY_FETCH_MS,
        autorun: false,
      },
      watchFetches(() => this.consumption?.answered()),
    );
    this.worker.on('drained', () => this.places.drained());
    // An outage shows as errors here, again and again, while BullMQ reconnects by itself.
    this.worker.on('error', (error) =>
      options.log.warn({ queue: options.queue, reason: error.message }, 'the queue reports trouble'),
    );
  }

  start(): void {
    const { options } = this;
    const probe = options.probe ?? options.connection;
    this.consumption = new Consumption({
      times: options.consumption ?? CONSUMPTION,
      isFull: () => this.places.isFull,
      // A write, as a fetch is one: a Redis that is read-only, paused for writes or out of memory gives nobody a job.
      probe: () => probe.set(`${options.prefix ?? DEFAULT_PREFIX}:probe`, '1', 'PX', 60_000),
      onDead: () => {
        options.log.error({ queue: options.queue }, 'Redis answers, and yet no job is taken: the worker hangs');
        options.onDead?.();
      },
    });
    void this.worker.run().catch((error: unknown) => {
      options.log.error({ queue: options.queue, err: error }, 'the worker stopped taking jobs');
    });
  }

  /** True while jobs are being taken: Redis has lately answered a question for one, or every place is taken. */
  get isConsuming(): boolean {
    return this.worker.isRunning() && !this.worker.isPaused() && this.consumption?.isAlive === true;
  }

  /**
   * The process ends because of an error that nobody handled: what runs now is handed back as isolated, since it may be
   * the cause.
   */
  suspectRuns(): void {
    this.isFaulty = true;
  }

  get activeRuns(): number {
    return this.active;
  }

  /** Work of the queue that waits for a worker while nothing moves on here; null: it moves on, or nothing waits. */
  get standstill(): Standstill | null {
    return this.finishing.standstill;
  }

  /** Something that a run waits for has come. */
  moved(): void {
    this.finishing.moved();
  }

  /** Fetched jobs that wait for a place of their key. */
  get waitingJobs(): number {
    return this.places.waitingJobs;
  }

  /**
   * Takes no more, lets running operations end for up to `graceMs`, then tells them to end, then hands back those that
   * do not. Always returns: after `graceMs` + `handBackAfterMs` + 6 s at the latest, whatever handlers, Postgres and
   * Redis do.
   */
  async close(graceMs = GRACE_MS): Promise<void> {
    this.closing.abort();
    this.places.close();
    this.consumption?.stop();
    this.finishing.stop();
    // Waits for the running jobs, so it is not awaited before they are told to end.
    const closed = this.worker.close().catch(() => {});
    if (!(await within(this.nothingRuns(), graceMs))) {
      this.shutdown.abort(new Error('the worker is shutting down'));
      await within(this.nothingRuns(), this.options.settings.handBackAfterMs + HAND_OVER_MS);
    }
    if (await within(closed, LAST_WORDS_MS)) return;
    this.options.log.warn(
      { queue: this.options.queue, running: this.active },
      'the worker is closed without an answer from Redis; what runs is taken over by others',
    );
    await within(this.worker.drop(), 1_000);
  }

  private async nothingRuns(): Promise<void> {
    while (this.active > 0) await new Promise<void>((resolve) => this.onRunEnd.add(resolve));
  }

  private async process(job: Job<OperationJobData>, token: string | undefined): Promise<unknown> {
    this.consumption?.answered();
    // A job that is none of ours is judged by the run.
    const key: unknown = job.data?.key;
    const candidate = { key: typeof key === 'string' ? key : null, priority: toPriority(job.priority) };
    const taken = await this.places.take(candidate);
    if (taken.kind !== 'admitted') {
      const isFull = taken.kind === 'full';
      const until = new Date(Date.now() + (isFull ? PUT_OFF_MS : 0));
      const reason = isFull ? 'worker.full' : 'operation.interrupted';
      return await this.conclude(job, token, { kind: 'delayed', until, reason });
    }
    const startedAt = performance.now();
    this.active += 1;
    this.runs += 1;
    try {
      const result = await this.run(job, `${this.name}/${this.runs}`);
      if (isDecision(result)) this.finishing.moved();
      if (result.kind === 'settled') this.options.onSettled?.();
      // One that was put back shows nothing of how quickly its key answers.
      if (candidate.key !== null && result.kind !== 'delayed')
        this.options.bulkheads?.speeds?.noteRun(candidate.key, performance.now() - startedAt);
      return await this.conclude(job, token, result);
    } finally {
      this.active -= 1;
      taken.leave();
      for (const tell of this.onRunEnd) tell();
      this.onRunEnd.clear();
    }
  }

  /** Jobs in Redis that any worker could take; none while the queue is paused by hand. */
  private async countJobs(): Promise<number> {
    const { queue, prefix = DEFAULT_PREFIX, probe, connection } = this.options;
    const redis = probe ?? connection;
    const key = (name: string) => `${prefix}:${queue}:${name}`;
    const [paused, first, others] = await Promise.all([
      redis.hexists(key('meta'), 'paused'),
      redis.llen(key('wait')),
      redis.zcard(key('prioritized')),
    ]);
    return paused === 1 ? 0 : first + others;
  }

  private async run(job: Job<OperationJobData>, runName: string): Promise<RunResult> {
    const operationId: unknown = job.data?.operationId;
    if (!isOperationId(operationId)) return NOT_AN_OPERATION;
    for (let tries = 0; ; tries += 1) {
      // Fetched just when the worker was told to close, or not begun until then: for another one.
      if (this.closing.signal.aborted) return { kind: 'delayed', until: new Date(), reason: 'operation.interrupted' };
      try {
        // Another name for each try: two runs of one name would take each other's leases for their own.
        const owner = `${runName}-${tries}`;
        return await runOperation(operationId, owner, {
          ...this.options,
          onProgress: () => this.finishing.moved(),
          shutdown: this.shutdown.signal,
          isFaulty: () => this.isFaulty,
        });
      } catch (error) {
        // The row stands whatever becomes of this job: relay makes a new one while the operation is unfinished.
        const { code, verdict } = this.options.classify(error);
        this.options.log.warn({ operationId, code }, 'the operation could not be read or stored');
        const end = whenNotBegun({ code, verdict }, tries, STORE_RETRY_MS);
        if (end !== null) return end;
        await pause(STORE_RETRY_MS, undefined, { signal: this.closing.signal }).catch(() => {});
      }
    }
  }

  private async conclude(job: Job<OperationJobData>, token: string | undefined, result: RunResult): Promise<unknown> {
    switch (result.kind) {
      case 'done':
        return result.outcome;
      case 'settled':
      case 'parked':
        return { kind: result.kind };
      case 'failed':
        throw new UnrecoverableError(`${result.code}: ${result.message}`);
      case 'delayed':
        await job
          .log(`${new Date().toISOString()} waits until ${result.until.toISOString()}: ${result.reason}`)
          .catch(() => {});
        if (result.isBeforeAll && job.priority !== BEFORE_ALL)
          await job.changePriority({ priority: BEFORE_ALL }).catch(() => {});
        await job.moveToDelayed(result.until.getTime(), token);
        throw new DelayedError(result.reason);
    }
  }
}

async function within(promise: Promise<unknown>, limitMs: number): Promise<boolean> {
  return pTimeout(promise, { milliseconds: limitMs, message: 'closing took too long' }).then(
    () => true,
    () => false,
  );
}
