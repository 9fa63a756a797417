import { type JobError, PermanentError, RetryAfterError } from '@luma-sync/jobs';

/**
 * How far an attempt came. Only in `content` may the server have taken the mail without an answer that says so.
 */
export type SmtpPhase = 'connect' | 'login' | 'envelope' | 'content';

/** Greylisting servers take the mail after some minutes; a server that is away is asked again as often. */
const DEFERRED_MS = 60_000;
/** A person has to change the password or the sender. */
const AUTH_FAILED_MS = 5 * 60_000;

const BAD_LOGIN = 535;
const LOGIN_REQUIRED = 530;

/**
 * Turns a failed attempt into one of our errors. An answer of the server (4yz or 5yz) proves that it has not taken the
 * mail, in every phase. Without an answer the phase decides. The server's text is not read, since it often quotes the
 * address.
 *
 * Source: RFC 5321 section 4.2.1 (4yz passing, 5yz permanent) and 4.5.3.2.6 (the answer after the content may be lost).
 */
export function fromSmtpError(error: unknown, phase: SmtpPhase, idempotencyKey: string): JobError {
  const { responseCode: status, command } = toFailure(error);
  const said = `the SMTP server answered ${status ?? 'nothing'} in phase ${phase} to ${idempotencyKey}`;
  if (status === null)
    return phase === 'content' ? new PermanentError('mail.outcome_open', said) : wait('mail.deferred', said, 'account');
  if (status === BAD_LOGIN || status === LOGIN_REQUIRED) return waitForPerson('mail.auth_failed', said);
  const isPermanent = status >= 500;
  if (phase === 'login' && isPermanent) return waitForPerson('mail.auth_failed', said);
  if (phase === 'connect') return wait('mail.deferred', said, 'account');
  if (!isPermanent) return wait('mail.deferred', said, 'job');
  return command === 'MAIL FROM'
    ? waitForPerson('mail.sender_refused', said)
    : new PermanentError('mail.rejected', said);
}

const wait = (code: string, message: string, scope: 'job' | 'account') =>
  new RetryAfterError(code, message, { waitMs: DEFERRED_MS, scope });

const waitForPerson = (code: string, message: string) =>
  new RetryAfterError(code, message, { waitMs: AUTH_FAILED_MS, scope: 'account' });

function toFailure(error: unknown): { responseCode: number | null; command: string | null } {
  const { responseCode, command } = (error ?? {}) as { responseCode?: unknown; command?: unknown };
  return {
    responseCode: typeof responseCode === 'number' && responseCode >= 400 ? responseCode : null,
    command: typeof command === 'string' ? command : null,
  };
}
