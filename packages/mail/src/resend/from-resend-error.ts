import {
  HOUR_MS,
  type JobError,
  OutcomeUnknownError,
  PermanentError,
  RetryAfterError,
  RetryableError,
  readRetryAfterMs,
} from '@luma-sync/jobs';

/** What Resend's client gives for a failed call. Bodies of proxies in between may lack any of it. */
export interface ResendError {
  statusCode?: number | null;
  name?: string;
  /** Often quotes the address, so it never leaves this module. */
  message?: string;
}

/** Resend counts per second; without its advice the next second is free again. */
const RATE_LIMITED_MS = 1_000;
/** A day's or month's quota does not come back sooner for asking often. */
const QUOTA_MS = 15 * 60_000;
/** A person has to mend the key or the domain; then mails should not take long to flow. */
const AUTH_FAILED_MS = 5 * 60_000;

/**
 * Turns a failed answer into one of our errors. What is wrong for every mail of the account (key, sender, base address)
 * holds the account up, and costs no mail its place. `headers` are null when there was no answer at all.
 *
 * Source: Resend's error reference, read 2026-11: 401/403 key or domain, 402 payment, 404/405 another address,
 * 400/422 with the field `from` the sender, 409 idempotency, 429 rate and quota, other 4xx the request.
 */
export function fromResendError(
  error: ResendError,
  headers: Readonly<Record<string, string>> | null,
  idempotencyKey: string,
  now: Date = new Date(),
): JobError {
  if (headers === null) return new OutcomeUnknownError('mail.outcome_unknown', `no answer for ${idempotencyKey}`);
  const status = typeof error.statusCode === 'number' ? error.statusCode : null;
  const name = toName(error.name);
  const said = `Resend answered ${status ?? 'without a status'} (${name}) to ${idempotencyKey}`;
  if (status === 409 && name === 'invalid_idempotent_request') return new PermanentError('mail.key_reused', said);
  // Another request with this key is in flight: what becomes of it is not known yet.
  if (status === 409 && name === 'concurrent_idempotent_requests')
    return new OutcomeUnknownError('mail.outcome_unknown', said);
  if (status === null || status === 408 || status === 409 || status >= 500)
    return new RetryableError('mail.unavailable', said);
  if (isAboutSender(status, name, error.message)) return wait('mail.sender_refused', said, AUTH_FAILED_MS);
  if (status === 404 || status === 405) return wait('mail.wrong_base_url', said, AUTH_FAILED_MS);
  if (status === 401 || status === 402 || status === 403) return wait('mail.auth_failed', said, AUTH_FAILED_MS);
  if (status === 429) {
    const told = toWaitMs(headers['retry-after'], now);
    return name.endsWith('quota_exceeded')
      ? wait('mail.quota_exceeded', said, Math.max(told ?? 0, QUOTA_MS))
      : wait('mail.rate_limited', said, told ?? RATE_LIMITED_MS);
  }
  return new PermanentError('mail.rejected', said);
}

/** Even a wrong header holds mails up for no longer. */
const WAIT_MAX_MS = 24 * HOUR_MS;
/** A part of a second would mean a loop without a pause. */
const WAIT_MIN_MS = 250;

function toWaitMs(header: string | undefined, now: Date): number | null {
  const asked = readRetryAfterMs(header, now.getTime());
  return asked === null ? null : Math.min(Math.max(asked, WAIT_MIN_MS), WAIT_MAX_MS);
}

const wait = (code: string, message: string, waitMs: number) =>
  new RetryAfterError(code, message, { waitMs, scope: 'account' });

/**
 * A sender that the provider does not take is one for all mails. The message names the field; nothing else of it is
 * read.
 */
function isAboutSender(status: number, name: string, message: string | undefined): boolean {
  if (name === 'invalid_from_address') return true;
  return (status === 400 || status === 422) && message?.includes('`from`') === true;
}

/** Only a name from Resend's vocabulary; anything else could carry what must not be logged. */
function toName(name: string | undefined): string {
  return name !== undefined && /^[a-z_]{1,60}$/.test(name) ? name : 'unnamed';
}
