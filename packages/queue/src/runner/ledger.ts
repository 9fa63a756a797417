import type { ClaimedOperation, Failure, Outcome, Park, Progress, Requeue, RunRecord } from '@luma-sync/jobs';

export interface RunIdentity {
  id: string;
  /** Unique for this run: `<process>/<run>`. */
  owner: string;
  /** It has its process to itself. */
  isAlone?: boolean;
  /** Its own computing kept the event loop from renewing its lease. */
  isBlocked?: boolean;
}

/**
 * The durable side of a run; the store implements it. Every change names the run's owner and changes nothing once
 * another run took over.
 */
export interface Ledger {
  begin(run: RunIdentity & { leaseMs: number; recordKey: (job: string, payload: unknown) => string | null }): Promise<
    | { kind: 'begun'; operation: ClaimedOperation }
    /** `isInterrupted`: its last run fell silent, so it had its turn already. */
    | { kind: 'busy'; waitMs: number; isInterrupted: boolean }
    | { kind: 'settled' }
  >;
  /** @returns false when the lease is lost. */
  heartbeat(run: RunIdentity & { leaseMs: number }): Promise<boolean>;
  report(run: RunIdentity, progress: Progress): Promise<void>;
  /** The run waits inside itself: the operation shows why, and for how long. */
  noteWait(run: RunIdentity, wait: { reason: string; forMs: number }): Promise<void>;
  /*
   * An ending and its entry in the timeline are one commit. A run that is not the owner any more ends nothing: it is
   * recorded as interrupted where it made requests. Without a `record` the ending is stored and nothing else.
   */
  finish(run: RunIdentity, outcome: Outcome, record: RunRecord | null): Promise<boolean>;
  /** A dead letter. */
  giveUp(run: RunIdentity, failure: Failure, record: RunRecord | null): Promise<boolean>;
  /** @returns when it is due again, null when it ended or is not ours any more. */
  requeue(run: RunIdentity, back: Requeue, record: RunRecord | null): Promise<Date | null>;
  /** @returns when it is tried again, null when it ended or is not ours any more. */
  park(run: RunIdentity, park: Park, record: RunRecord | null): Promise<Date | null>;
  /** Whether the operation got further than the checkpoint with which the run began. */
  hasProgressed(operation: ClaimedOperation): Promise<boolean>;
}
