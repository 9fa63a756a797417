import { JobError } from '@luma-sync/jobs';
import { createKeyClient, type KeyClientDeps } from '@luma-sync/luma-access';
import type { CallOptions, LumaApi } from '@luma-sync/luma-client';
import { type CalendarAccess, isOfAnotherCalendar, setStatusOfKey } from '@luma-sync/store';

export type LumaAnswer<T> =
  | { kind: 'answered'; value: T }
  /** `reason` is for a person. */
  | { kind: 'refused'; code: string; reason: string };

/** A person waits for the answer. */
const ANSWER_WITHIN_MS = 15_000;

const REASONS: Record<string, string> = {
  'luma.auth_failed': 'Luma does not accept the API key',
  'luma.plan_inactive': 'the calendar has no active Luma Plus plan',
  'luma.rate_limited': 'Luma refuses requests of this key for now; try again in a minute',
  'luma.unreachable': 'Luma cannot be reached',
  'luma.unavailable': 'Luma gave no usable answer',
  'luma.outcome_unknown': 'Luma gave no answer',
  'luma.unexpected_answer': 'Luma’s answer could not be read',
  'limiter.unavailable': 'Redis is away, so no request may be sent',
  'operation.interrupted': 'there was no answer in time',
};

export const OTHER_CALENDAR = 'the key opens another calendar at Luma than the one that the events of this one are on';

/**
 * Asks Luma something while a person waits, within the shared budget, and keeps what the answer says of the calendar's
 * key: one that works again lets its waiting work go on.
 */
export async function callLumaForRequest<T>(
  deps: KeyClientDeps,
  { calendar, apiKey, fingerprint }: CalendarAccess,
  question: (luma: LumaApi, call: CallOptions) => Promise<T>,
): Promise<LumaAnswer<T>> {
  if (apiKey === null || fingerprint === null) {
    return { kind: 'refused', code: 'calendar.no_key', reason: 'the calendar has no API key' };
  }
  if (isOfAnotherCalendar(calendar)) return { kind: 'refused', code: 'calendar.auth_failed', reason: OTHER_CALENDAR };
  return askWithKey(deps, { apiKey, fingerprint }, question);
}

/** As {@link callLumaForRequest}, with a key that may not be a calendar's yet. */
export async function askWithKey<T>(
  deps: KeyClientDeps,
  key: { apiKey: string; fingerprint: string },
  question: (luma: LumaApi, call: CallOptions) => Promise<T>,
): Promise<LumaAnswer<T>> {
  const client = createKeyClient(deps, key, { requestTimeoutMs: ANSWER_WITHIN_MS });
  try {
    const value = await question(client, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS), priority: 'interactive' });
    await setStatusOfKey(deps.db, key.fingerprint, 'ok', null);
    return { kind: 'answered', value };
  } catch (error) {
    if (!(error instanceof JobError)) throw error;
    return { kind: 'refused', code: error.code, reason: REASONS[error.code] ?? otherReason(error) };
  } finally {
    client.close();
  }
}

/** What Luma itself said of a refused request is worth more than our words for it. */
const otherReason = ({ code, verdict, message }: JobError): string =>
  verdict === 'wait' ? `the request budget is spent; try again in a moment (${code})` : `Luma refused: ${message}`;
