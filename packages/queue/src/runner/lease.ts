import { type JobLog, RetryAfterError } from '@luma-sync/jobs';
import type { Ledger, RunIdentity } from './ledger.js';

/**
 * Keeps a run's leases alive and knows, without asking anybody, until when they surely are.
 *
 * The end is counted on the monotonic clock from *before* each heartbeat was sent, so it is never later than what Postgres granted. That clock
 * goes on while a process is stopped: one that wakes after its lease ran out sees so before its next request.
 */
export class RunLease {
  private validUntil: number;
  private timer: NodeJS.Timeout | undefined;
  private pending: Promise<void> = Promise.resolve();
  private readonly controller = new AbortController();

  constructor(
    private readonly ledger: Ledger,
    private readonly run: RunIdentity,
    private readonly leaseMs: number,
    private readonly log: JobLog,
    /** Moment the first lease was asked for, `performance.now()`. */
    askedAt: number,
  ) {
    this.validUntil = askedAt + leaseMs;
    this.timer = setInterval(() => this.beat(), Math.floor(leaseMs / 3));
  }

  /** Aborts once the lease is known to be lost. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  assertHeld(): void {
    if (this.controller.signal.aborted || performance.now() >= this.validUntil) {
      this.lose();
      throw new RetryAfterError('operation.lease_lost', 'this run lost its lease', { waitMs: 0 });
    }
  }

  /** Stops the heartbeat and waits for one under way. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.pending;
  }

  /** Gives the lease up for a run that does not end: whatever it still does is refused. */
  revoke(): void {
    clearInterval(this.timer);
    this.lose();
  }

  private beat(): void {
    const askedAt = performance.now();
    this.pending = this.ledger.heartbeat({ ...this.run, leaseMs: this.leaseMs }).then(
      (held) => {
        if (held) this.validUntil = Math.max(this.validUntil, askedAt + this.leaseMs);
        else this.lose();
      },
      () => {
        // Postgres does not answer: the lease simply runs out unless a later heartbeat gets through.
        this.log.warn({ operationId: this.run.id }, 'the lease could not be renewed');
        if (performance.now() >= this.validUntil) this.lose();
      },
    );
  }

  private lose(): void {
    if (!this.controller.signal.aborted) this.controller.abort(new Error('the lease was lost'));
  }
}
