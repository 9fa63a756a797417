/** What is stored of how a calendar stands with Luma. */
export interface CalendarStanding {
  id: string;
  status: 'ok' | 'auth_failed' | 'plan_inactive' | 'paused';
  statusReason: string | null;
  statusSince: Date;
  testFailedCode: string | null;
  testFailedReason: string | null;
  testFailedSince: Date | null;
}

/** How a calendar stands, as an operator reads it. */
export interface CalendarState {
  /** `disconnected`: its last connection test failed, and Luma has not answered its key since. Work goes on trying. */
  status: CalendarStanding['status'] | 'disconnected';
  since: Date;
  reason: string | null;
  /** What to do; null when there is nothing to do. */
  advice: string | null;
}

export function toCalendarState(calendar: CalendarStanding): CalendarState {
  const { id, status, statusReason, statusSince, testFailedCode, testFailedReason, testFailedSince } = calendar;
  if (status !== 'ok' || testFailedCode === null || testFailedSince === null)
    return { status, since: statusSince, reason: statusReason, advice: STATUS_ADVICE[status] };
  const advice = `${TEST_ADVICE[testFailedCode] ?? OTHER}; then: POST /v1/calendars/${id}/test-connection`;
  return { status: 'disconnected', since: testFailedSince, reason: testFailedReason, advice };
}

const STATUS_ADVICE: Record<CalendarStanding['status'], string | null> = {
  ok: null,
  auth_failed:
    'put in a key that Luma accepts, from the calendar’s settings at Luma; what waits then goes on by itself',
  plan_inactive: 'renew Luma Plus for the calendar; what waits then goes on by itself',
  paused: 'an operator paused the calendar; its work waits until the pause is lifted',
};

const OTHER = 'docs/failure-modes.md says what to check';

/** By the code of the failed test. */
const TEST_ADVICE: Record<string, string> = {
  'calendar.no_key': 'put in the calendar’s key (apiKey)',
  'luma.unreachable': 'look at LUMA_API_BASE_URL, the network and proxies',
  'luma.unavailable': 'Luma has trouble; wait a few minutes',
  'luma.outcome_unknown': 'Luma is slow; wait a few minutes',
  'luma.rate_limited': 'another program may use this key; wait a minute',
  'limiter.unavailable': 'look at Redis',
};
