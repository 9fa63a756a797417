import { trimEndOf } from '@luma-sync/domain';
import { HOUR_MS, InterruptedError, OutcomeUnknownError } from '@luma-sync/jobs';
import { Resend } from 'resend';
import { MAIL_TIMEOUT_MS } from '../mail-limits.js';
import type { MailSender } from '../mail-sender.js';
import { fromResendError } from './from-resend-error.js';

export interface ResendSettings {
  apiKey: string;
  /** `Name <address>` or an address, at a domain that Resend has verified. */
  from: string;
  baseUrl?: string;
  /** Longest wait for an answer; Resend normally takes well under a second. */
  timeoutMs?: number;
}

const BASE_URL = 'https://api.resend.com';
/** Resend forgets a key 24 h after it was used; an hour is kept for clocks that differ and requests in flight. */
const REPEAT_LIMIT_MS = 23 * HOUR_MS;
/** Resend's are UUIDs. Anything longer, or with other characters, is no id that could be stored and shown. */
const PROVIDER_ID = /^[\x21-\x7e]{1,200}$/;

/**
 * Sends through Resend. Its client reads its settings from the environment where they are left out, so all are given
 * here, and tells a lost answer from a refused connection by nothing: both count as an unknown outcome.
 */
export function createResendSender({
  apiKey,
  from,
  baseUrl = BASE_URL,
  timeoutMs = MAIL_TIMEOUT_MS,
}: ResendSettings): MailSender {
  const resend = new Resend(apiKey, { baseUrl: trimEndOf(baseUrl, '/'), userAgent: 'luma-sync' });
  return {
    repeatLimitMs: REPEAT_LIMIT_MS,
    async send({ idempotencyKey, ...mail }, signal) {
      if (signal.aborted) throw new InterruptedError();
      const answer = await resend.emails
        .send({ from, ...mail }, { idempotencyKey, signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]) })
        .catch((error: unknown) => {
          throw new OutcomeUnknownError('mail.outcome_unknown', `no answer for ${idempotencyKey}`, { cause: error });
        });
      if (answer.error !== null) throw fromResendError(answer.error, answer.headers, idempotencyKey);
      const providerId: unknown = answer.data?.id;
      if (typeof providerId !== 'string' || !PROVIDER_ID.test(providerId))
        throw new OutcomeUnknownError('mail.outcome_unknown', `an answer without the mail's id for ${idempotencyKey}`);
      return { providerId };
    },
  };
}
