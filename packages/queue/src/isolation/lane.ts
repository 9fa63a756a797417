import { setTimeout as pause } from 'node:timers/promises';
import type { JobLog } from '@luma-sync/jobs';
import type { RunIdentity } from '../runner/ledger.js';
import { recordKey } from '../runner/record-key.js';
import type { RunResult } from '../runner/run-result.js';

export interface IsolationOutlook {
  /** Isolated operations that are due. Both counts stop at 10. */
  due: number;
  /** Running operations that have missed two heartbeats: they are probably isolated soon. */
  expected: number;
}

/** The durable side of the lane; the store implements it. */
export interface IsolationLedger {
  look(): Promise<IsolationOutlook>;
  /** Isolates operations whose run fell silent, without waiting until the queue hands out their jobs once more. */
  isolateSilent(recordKey: (job: string, payload: unknown) => string | null): Promise<void>;
  /** The next isolated operation that is due, for this caller alone; null when none is. */
  claim(): Promise<string | null>;
  /** A claimed operation could not begin: it is due again after `waitMs`. */
  defer(operationId: string, waitMs: number): Promise<void>;
  /** Counts the death. @returns false when the run owned nothing any more. */
  recordDeath(run: RunIdentity, message: string): Promise<boolean>;
}

export type AloneEnd =
  | { kind: 'ended'; result: RunResult }
  /** The process of the run is gone; `how` names its exit code or signal. */
  | { kind: 'died'; how: string }
  /** The process could not be started, or was stopped on purpose: it says nothing about the operation. */
  | { kind: 'not-run'; how: string };

/** Runs one operation in a process in which nothing else runs. */
export interface AloneRunner {
  /** Its process stands ready. */
  readonly isReady: boolean;
  /** Starts the process. @returns null once it is ready, else what became of it. */
  prepare(): Promise<string | null>;
  run(run: RunIdentity): Promise<AloneEnd>;
  /** Ends the process of the present run, handing its operation back where it can. */
  close(): Promise<void>;
}

export interface IsolatedLaneOptions {
  ledger: IsolationLedger;
  /** Each has a process of its own. A further one is used only while there is work for it. */
  runners: readonly AloneRunner[];
  log: JobLog;
  /** Of this process; begins the owner of each run. */
  processId: string;
  times?: LaneTimes;
  onDeath?: () => void;
}

export interface LaneTimes {
  /** Between two looks for an isolated operation. */
  pollMs: number;
  /** The same while one is expected. */
  expectMs: number;
  /** After something failed that is no operation's fault. */
  troubleMs: number;
  /**
   * How long Postgres must have answered without a gap before silent runs are isolated. While it was away nobody could
   * renew a lease; processes that are well show it again within this time.
   */
  steadyMs: number;
}

const LANE_TIMES: LaneTimes = { pollMs: 1_000, expectMs: 250, troubleMs: 5_000, steadyMs: 2_500 };

/** Takes isolated operations from Postgres and runs them, one at a time for each runner. */
export class IsolatedLane {
  private readonly closing = new AbortController();
  private readonly times: LaneTimes;
  private loops: Promise<unknown> = Promise.resolve();
  private readonly rests = new Set<AbortController>();
  private runs = 0;
  private busy = 0;
  private steadySince = performance.now();
  private lastLook = performance.now();

  constructor(private readonly options: IsolatedLaneOptions) {
    this.times = options.times ?? LANE_TIMES;
  }

  start(): void {
    this.loops = Promise.all(this.options.runners.map((runner, index) => this.work(runner, index)));
  }

  /** Looks for an isolated operation now: one has probably come. */
  wake(): void {
    for (const rest of this.rests) rest.abort();
  }

  /** Takes no more, and ends what runs. */
  async close(): Promise<void> {
    this.closing.abort();
    await Promise.all(this.options.runners.map((runner) => runner.close()));
    await this.loops;
  }

  private async work(runner: AloneRunner, index: number): Promise<void> {
    const { log } = this.options;
    while (!this.closing.signal.aborted) {
      // Made before the look, so that what comes after it ends the rest.
      const rest = new AbortController();
      this.rests.add(rest);
      const restMs = await this.round(runner, index).catch((error: unknown) => {
        this.steadySince = performance.now() + this.times.troubleMs;
        log.warn(
          { reason: error instanceof Error ? error.name : typeof error },
          'isolated operations could not be read',
        );
        return this.times.troubleMs;
      });
      if (restMs > 0) await this.rest(restMs, rest.signal);
      this.rests.delete(rest);
    }
  }

  private async round(runner: AloneRunner, index: number): Promise<number> {
    const { ledger, log } = this.options;
    const { due, expected } = await ledger.look();
    if (this.isSteady() && expected > 0) await ledger.isolateSilent(recordKey);
    // A further process is started once the others are at work: together they would start more slowly, and all work
    // would wait for that.
    const wanted = index === 0 ? due + expected : due;
    if (wanted === 0 || index > this.busy) return this.times.pollMs;
    // A claim lapses; the start of a process on a starved machine takes longer, so it comes first.
    if (!runner.isReady) {
      const problem = await runner.prepare();
      if (problem !== null) {
        if (!this.closing.signal.aborted)
          log.warn({ how: problem }, 'the process for isolated operations could not be started');
        return this.times.troubleMs;
      }
    }
    const id = await ledger.claim();
    if (id === null) return this.times.expectMs;
    this.runs += 1;
    const run = { id, owner: `${this.options.processId}/alone-${this.runs}`, isAlone: true };
    this.busy += 1;
    if (due > 1) this.wake();
    const end = await runner.run(run).finally(() => {
      this.busy -= 1;
    });
    return this.conclude(run, end);
  }

  /** Whether looks have come without a gap for a while. A look that failed, or came late, is such a gap. */
  private isSteady(): boolean {
    const now = performance.now();
    const { pollMs, steadyMs } = this.times;
    if (now - this.lastLook > pollMs + steadyMs) this.steadySince = now;
    this.lastLook = now;
    return now - this.steadySince >= steadyMs;
  }

  private async conclude(run: RunIdentity, end: AloneEnd): Promise<number> {
    const { ledger, log, onDeath } = this.options;
    switch (end.kind) {
      case 'ended':
        if (end.result.kind === 'delayed')
          await ledger.defer(run.id, Math.max(0, end.result.until.getTime() - Date.now()));
        return 0;
      case 'not-run':
        if (this.closing.signal.aborted) return 0;
        log.warn({ operationId: run.id, how: end.how }, 'an isolated operation could not be run');
        await ledger.defer(run.id, this.times.troubleMs);
        return this.times.troubleMs;
      case 'died':
        log.error({ operationId: run.id, how: end.how }, 'a process died while one operation ran alone in it');
        onDeath?.();
        await this.recordDeath(run, `its process ended with ${end.how} while it ran alone`);
        return 0;
    }
  }

  /** Postgres may be away just now; a death that is not stored would have to be guessed from a lapsed lease. */
  private async recordDeath(run: RunIdentity, message: string): Promise<void> {
    while (!this.closing.signal.aborted) {
      try {
        await this.options.ledger.recordDeath(run, message);
        return;
      } catch {
        await this.rest(this.times.pollMs, this.closing.signal);
      }
    }
  }

  private async rest(ms: number, end: AbortSignal): Promise<void> {
    const signal = AbortSignal.any([this.closing.signal, end]);
    await pause(ms, undefined, { signal }).catch(() => {});
  }
}
