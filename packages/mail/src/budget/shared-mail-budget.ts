import { OutcomeUnknownError, RetryAfterError } from '@luma-sync/jobs';
import { MAIL_TIMEOUT_MS } from '../mail-limits.js';
import type { MailBudget } from './mail-budget.js';

/**
 * What this needs of a limiter that all processes share. Declared here, by its user; the apps' limiter fits as it is.
 */
export interface MailGate {
  acquire(request: {
    account: string;
    method: 'write';
    priority: 'interactive';
    requestTimeoutMs: number;
    signal: AbortSignal;
  }): Promise<
    | { granted: true; slot: { settle(): Promise<void>; release(): Promise<void> } }
    | { granted: false; retryAfterMs: number; reason: string }
  >;
  block(account: string, forMs: number): Promise<void>;
}

/** Between the leave and the asking lies a note in the database. */
const NOTE_MS = 5_000;

/** How long one leave may be in flight. */
export const MAIL_SLOT_MS = MAIL_TIMEOUT_MS + NOTE_MS;

/**
 * One budget for all mail workers of a provider's account.
 *
 * @param account Names the budget; made from the key's fingerprint, never the key.
 */
export function createSharedMailBudget(gate: MailGate, account: string): MailBudget {
  return {
    async take(signal) {
      const request = {
        account,
        method: 'write',
        priority: 'interactive',
        requestTimeoutMs: MAIL_SLOT_MS,
        signal,
      } as const;
      const answer = await gate.acquire(request);
      if (!answer.granted) throw toWait(answer);
      const { slot } = answer;
      return {
        release: () => slot.release(),
        async end(error) {
          // Nobody knows whether and when the provider counted it: the slot ages from its deadline.
          if (error instanceof OutcomeUnknownError) return;
          await slot.settle();
          if (error instanceof RetryAfterError && error.code === 'mail.rate_limited') {
            // The refusal itself is what the caller hears of; without the block, others run into the same wall.
            await gate.block(account, error.waitMs).catch(() => undefined);
          }
        },
      };
    },
  };
}

function toWait({ retryAfterMs, reason }: { retryAfterMs: number; reason: string }): RetryAfterError {
  return reason === 'blocked'
    ? new RetryAfterError('mail.rate_limited', 'the provider has told this account to wait', {
        waitMs: retryAfterMs,
        scope: 'account',
      })
    : new RetryAfterError('mail.budget_spent', 'more mails are due than may be sent now', { waitMs: retryAfterMs });
}
