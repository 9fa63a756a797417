import { setTimeout as pause } from 'node:timers/promises';
import { InterruptedError, RetryAfterError } from '@luma-sync/jobs';
import type { MailBudget, MailLeave } from './mail-budget.js';

export interface InProcessMailBudgetSettings {
  /** Resend's default for an account is 2. */
  mailsPerSecond?: number;
  /** Monotonic milliseconds. */
  now?: () => number;
  /** Ends after `ms`, or rejects when the signal aborts. */
  sleep?: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

/** Leave that is not used is spent all the same. */
const SPENT: MailLeave = { end: async () => undefined, release: async () => undefined };

/** Longer waits give the worker's place back. */
const WAIT_MAX_MS = 2_000;

/** Spaces mails evenly within one process, and knows of no other: for tests, and where only one process mails. */
export function createInProcessMailBudget({
  mailsPerSecond = 2,
  now = () => performance.now(),
  sleep = (ms, signal) => pause(ms, undefined, { signal }),
}: InProcessMailBudgetSettings = {}): MailBudget {
  if (!(mailsPerSecond > 0)) throw new RangeError('mailsPerSecond must be above 0');
  const spacingMs = 1_000 / mailsPerSecond;
  let nextAt = Number.NEGATIVE_INFINITY;
  return {
    async take(signal) {
      const at = Math.max(now(), nextAt);
      const waitMs = at - now();
      if (waitMs > WAIT_MAX_MS) {
        const message = `more mails are due than ${mailsPerSecond} a second`;
        throw new RetryAfterError('mail.budget_spent', message, { waitMs: Math.ceil(waitMs) });
      }
      nextAt = at + spacingMs;
      if (waitMs > 0)
        await sleep(waitMs, signal).catch(() => {
          throw new InterruptedError();
        });
      return SPENT;
    },
  };
}
