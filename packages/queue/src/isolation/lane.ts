import { setTimeout as pause } from 'node:timers/promises';
import type { JobLog } from '@luma-sync/jobs';
import type { RunIdentity } from '../runner/ledger.js';
import type { RunResult } from '../runner/run-operation.js';

/** The durable side of the lane; the store implements it. */
export interface IsolationLedger {
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
  run(run: RunIdentity): Promise<AloneEnd>;
  /** Ends the process of the present run, handing its operation back where it can. */
  close(): Promise<void>;
}

export interface IsolatedLaneOptions {
  ledger: IsolationLedger;
  runner: AloneRunner;
  log: JobLog;
  /** Of this process; begins the owner of each run. */
  processId: string;
  times?: LaneTimes;
  onDeath?: () => void;
}

export interface LaneTimes {
  /** Between two looks for an isolated operation. */
  pollMs: number;
  /** After something failed that is no operation's fault. */
  troubleMs: number;
}

export const LANE_TIMES: LaneTimes = { pollMs: 1_000, troubleMs: 5_000 };

/** Takes isolated operations from Postgres and runs them one at a time. */
export class IsolatedLane {
  private readonly closing = new AbortController();
  private readonly times: LaneTimes;
  private loop: Promise<void> = Promise.resolve();
  private runs = 0;

  constructor(private readonly options: IsolatedLaneOptions) {
    this.times = options.times ?? LANE_TIMES;
  }

  start(): void {
    this.loop = this.work();
  }

  /** Takes no more, and ends what runs. */
  async close(): Promise<void> {
    this.closing.abort();
    await this.options.runner.close();
    await this.loop;
  }

  private async work(): Promise<void> {
    const { log } = this.options;
    while (!this.closing.signal.aborted) {
      const restMs = await this.round().catch((error: unknown) => {
        log.warn(
          { reason: error instanceof Error ? error.name : typeof error },
          'isolated operations could not be read',
        );
        return this.times.troubleMs;
      });
      if (restMs > 0) await this.rest(restMs);
    }
  }

  private async round(): Promise<number> {
    const id = await this.options.ledger.claim();
    if (id === null) return this.times.pollMs;
    this.runs += 1;
    return this.conclude({ id, owner: `${this.options.processId}/alone-${this.runs}`, isAlone: true });
  }

  private async conclude(run: RunIdentity): Promise<number> {
    const { ledger, log, runner, onDeath } = this.options;
    const end = await runner.run(run);
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
        await this.rest(this.times.pollMs);
      }
    }
  }

  private async rest(ms: number): Promise<void> {
    await pause(ms, undefined, { signal: this.closing.signal }).catch(() => {});
  }
}
