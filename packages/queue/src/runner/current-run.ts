import type { ClaimedOperation, HandlerRegistry, JobError, JobLog } from '@luma-sync/jobs';
import type { RunLease } from './lease.js';
import type { Ledger, RunIdentity } from './ledger.js';
import type { RequestLog } from './request-log.js';
import type { RunResult } from './run-result.js';

export interface RunSettings {
  /**
   * How long a silent run keeps its operation. Handlers only wait for answers, so a short lease is right. Not above
   * what `TAKE_OVER` leaves of a lock.
   */
  leaseMs: number;
  /** Longest a single run may take; then it is put back and goes on from its checkpoint. */
  runLimitMs: number;
  /**
   * How long a run that was told to end is waited for; then it is left behind without its lease. Above the time that a
   * write in flight is given.
   */
  abandonAfterMs: number;
  /** The same at shutdown: shorter, so that it is handed back before the process is killed. */
  handBackAfterMs: number;
  /**
   * Deaths of a process in which the operation ran alone, before it is given up or parked. After a slow retry one is
   * enough.
   */
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
  /** A run reports progress. */
  onProgress?: () => void;
  onRun?: (run: { job: string; result: RunResult['kind']; code: string | null; durationMs: number }) => void;
}

/** One run of a claimed operation. */
export interface CurrentRun {
  operation: ClaimedOperation;
  identity: RunIdentity;
  lease: RunLease;
  requests: RequestLog;
  deps: RunDeps;
}
