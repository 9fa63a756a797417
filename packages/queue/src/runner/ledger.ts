import type { OutcomeDetails, Progress, Trigger } from '@luma-sync/jobs';

/** What a run needs to know of its operation. */
export interface LedgerOperation {
  id: string;
  job: string;
  payload: unknown;
  attempts: number;
  /** Deaths of its process while it ran alone. */
  crashes: number;
  /** Slow retries so far. */
  slowTries: number;
  trigger: Trigger;
  createdAt: Date;
  deadlineAt: Date;
  /** Where an earlier run got to; the handler reads and writes it. */
  checkpoint: unknown;
}

export interface RunIdentity {
  id: string;
  /** Unique for this run: `<process>/<run>`. */
  owner: string;
  /** It has its process to itself. */
  isAlone?: boolean;
  /** Its own computing kept the event loop from renewing its lease. */
  isBlocked?: boolean;
}

export interface PutBackRequest {
  waitMs: number;
  usesAttempt: boolean;
  reason: string;
  error?: { code: string; message: string };
  /** From now on it runs alone. */
  isolate?: boolean;
}

/** Given up for now: a slow retry comes after `waitMs`, with a new deadline. */
export interface ParkRequest {
  waitMs: number;
  deadlineMs: number;
  code: string;
  message: string;
  /** From now on it runs alone. */
  isolate: boolean;
}

export type LedgerEnding =
  | { state: 'done'; outcome: { kind: 'done' | 'skipped'; reason?: string; details: OutcomeDetails } }
  | { state: 'failed'; code: string; message: string };

/** The durable side of a run; the store implements it. Every change names the run's owner and changes nothing once another run took over. */
export interface Ledger {
  begin(run: RunIdentity & { leaseMs: number; recordKey: (job: string, payload: unknown) => string | null }): Promise<
    | { kind: 'begun'; operation: LedgerOperation }
    /** `isInterrupted`: its last run fell silent, so it had its turn already. */
    | { kind: 'busy'; waitMs: number; isInterrupted: boolean }
    | { kind: 'settled' }
  >;
  /** @returns false when the lease is lost. */
  heartbeat(run: RunIdentity & { leaseMs: number }): Promise<boolean>;
  report(run: RunIdentity, progress: Progress): Promise<void>;
  /** @param operation For what has to be noted beside the ending; null to end it and nothing else. */
  finish(run: RunIdentity, ending: LedgerEnding, operation: LedgerOperation | null): Promise<boolean>;
  /** @returns when it is due again, null when it ended or is not ours any more. */
  putBack(run: RunIdentity, back: PutBackRequest): Promise<Date | null>;
  /** @returns when it is tried again, null when it ended or is not ours any more. */
  park(run: RunIdentity, park: ParkRequest, operation: LedgerOperation): Promise<Date | null>;
  /** Whether the operation got further than the checkpoint with which the run began. */
  hasProgressed(operation: LedgerOperation): Promise<boolean>;
}
