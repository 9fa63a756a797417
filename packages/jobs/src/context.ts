import type { Trigger } from './trigger.js';

/** The few log calls a handler needs; pino satisfies it. */
export interface JobLog {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface Progress {
  done: number;
  total: number | null;
}

/** One request that a run sent out; holds no ids and no personal data. */
export interface RequestNote {
  method: string;
  /** Without the query. */
  path: string;
  /** Null when no answer came. */
  status: number | null;
  durationMs: number;
  /** The error's code, or null when all went well. */
  code: string | null;
}

/** A wait inside a run, for the next request. */
export interface WaitNote {
  /** As an error that gave the place back would have it: `limiter.budget`. */
  code: string;
  forMs: number;
}

/** The requests of a run. A call writes to it before it sends. */
export interface RunRequests {
  /** A request of this run went out: part of the budget is spent on it. */
  hasSent: boolean;
}

/** What changes from run to run. Every wait and every request of a handler is given `signal`. */
export interface JobContext {
  operationId: string;
  /** Names this very run in leases; every fenced write gives it. */
  owner: string;
  /** How long a lease taken by this run stands without a heartbeat. */
  leaseMs: number;
  /** 1 for the first run. Waits do not count. */
  attempt: number;
  /** Runs alone that ended with the death of their process since the operation last got any further. */
  crashes: number;
  /**
   * The run has a process to itself, because an earlier process died, or stood still, while it ran beside others.
   * Default false.
   */
  isAlone?: boolean | undefined;
  trigger: Trigger;
  /** When the operation was accepted. */
  createdAt: Date;
  log: JobLog;
  now(): Date;
  /** Aborts when the worker shuts down or the lease is lost. */
  signal: AbortSignal;
  /**
   * Throws unless this run still holds its lease. Call it right before anything the outside world can see; a process
   * that was stopped for a while learns here that another one has taken over.
   * @throws {RetryAfterError} `operation.lease_lost`
   */
  assertLease(): void;
  /** What the run has sent to Luma so far. A context that extends this one shares it. */
  readonly requests: RunRequests;
  /** Stores progress in the operation's row; safe to call often, at most one write a second is made. */
  report(progress: Progress): Promise<void>;
  /** Told before the run begins to wait inside itself, so that others can see why nothing happens. */
  onWait?: ((wait: WaitNote) => void) | undefined;
  /** Told of each request that went out, for the record's story. */
  onRequest?: ((request: RequestNote) => void) | undefined;
}
