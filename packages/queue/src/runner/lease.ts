import { type JobLog, RetryAfterError } from '@luma-sync/jobs';
import pTimeout from 'p-timeout';
import { leaseClock, type Mark } from './lease-clock.js';
import type { Ledger, RunIdentity } from './ledger.js';
import { LoopWatch } from './loop-watch.js';

/**
 * Keeps a run's leases alive and knows, without asking anybody, until when they surely are.
 *
 * The end is counted from *before* each heartbeat was sent, so it is never later than what Postgres granted. A process
 * that was stopped, or a machine that slept, sees before its next request that the lease ran out meanwhile.
 */
export class RunLease {
  private timer: NodeJS.Timeout | undefined;
  private pending: Promise<void> = Promise.resolve();
  /** Heartbeats in flight. */
  private unanswered = 0;
  private readonly controller = new AbortController();
  private readonly loop: LoopWatch;

  constructor(
    private readonly ledger: Ledger,
    private readonly run: RunIdentity,
    private readonly leaseMs: number,
    private readonly log: JobLog,
    /**
     * Moment from which the lease is surely held: before the first one was asked for, later before the newest renewal.
     */
    private heldSince: Mark,
  ) {
    this.timer = setInterval(() => this.beat(), Math.floor(leaseMs / 3));
    // Two of three heartbeats: a longer gap may cost the lease.
    this.loop = new LoopWatch((leaseMs * 2) / 3);
  }

  /** The event loop computed for so long that no heartbeat could be sent. */
  get wasBlocked(): boolean {
    return this.loop.wasBlocked;
  }

  /** Aborts once the lease is known to be lost. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  assertHeld(): void {
    if (this.controller.signal.aborted || this.hasRunOut()) {
      this.lose();
      throw new RetryAfterError('operation.lease_lost', 'this run lost its lease', { waitMs: 0 });
    }
  }

  /**
   * Stops the heartbeat and waits for one in flight; not for one that hangs, since its answer means nothing any more.
   */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await pTimeout(this.pending, { milliseconds: this.leaseMs, message: 'a heartbeat took too long' }).catch(() => {});
  }

  /** Gives the lease up for a run that does not end: whatever it still does is refused. */
  revoke(): void {
    clearInterval(this.timer);
    this.lose();
  }

  private beat(): void {
    this.loop.beat();
    // Postgres may be mute instead of away: then no heartbeat comes to an end that could tell. An answer that is here
    // already is read first.
    if (this.unanswered > 0) setImmediate(() => this.hasRunOut() && this.lose());
    const askedAt = leaseClock.mark();
    this.unanswered += 1;
    this.pending = this.ledger.heartbeat({ ...this.run, leaseMs: this.leaseMs }).then(
      (held) => {
        this.unanswered -= 1;
        if (!held) this.lose();
        // Answers may overtake each other.
        else if (askedAt.monotonicMs > this.heldSince.monotonicMs) this.heldSince = askedAt;
      },
      () => {
        this.unanswered -= 1;
        // Postgres does not answer: the lease simply runs out unless a later heartbeat gets through.
        this.log.warn({ operationId: this.run.id }, 'the lease could not be renewed');
        if (this.hasRunOut()) this.lose();
      },
    );
  }

  private hasRunOut(): boolean {
    return leaseClock.elapsedMs(this.heldSince) >= this.leaseMs;
  }

  private lose(): void {
    if (!this.controller.signal.aborted) this.controller.abort(new Error('the lease was lost'));
  }
}
