import type { ClaimedOperation, JobLog } from '@luma-sync/jobs';
import type { RunResult } from './run-result.js';

/** One line for each run: how it ended. */
export function logRun(log: JobLog, operation: ClaimedOperation, result: RunResult, durationMs: number): void {
  const code = toCode(result);
  const ids = { operationId: operation.id, ...toLogIds(operation) };
  const fields = { job: operation.job, ...ids, attempt: operation.attempts + 1, result: result.kind };
  const failure = code === null ? {} : { code };
  log[toLevel(result)]({ ...fields, ...failure, durationMs, ...toRepeat(operation, result) }, 'operation run');
}

export function toCode(result: RunResult): string | null {
  if (result.kind === 'failed' || result.kind === 'parked') return result.code;
  return result.kind === 'delayed' ? result.reason : null;
}

/** `error`: a person has to look at it. `warn`: Luma, Postgres or the mail provider did not answer as they should. */
function toLevel(result: RunResult): 'info' | 'warn' | 'error' {
  if (result.kind === 'failed') return 'error';
  if (result.kind === 'parked') return 'warn';
  return result.kind === 'delayed' && TROUBLES.has(result.reason) ? 'warn' : 'info';
}

const TROUBLES: ReadonlySet<string> = new Set([
  'luma.unavailable',
  'luma.unreachable',
  'luma.outcome_unknown',
  'luma.unexpected_answer',
  'luma.auth_failed',
  'luma.plan_inactive',
  'mail.unavailable',
  'mail.outcome_unknown',
  'store.unavailable',
  'unknown',
]);

/** In an outage thousands of runs end alike: their lines count as repeats of one. */
const toRepeat = (operation: ClaimedOperation, result: RunResult): { repeatOf?: string } =>
  toLevel(result) === 'warn' ? { repeatOf: `${operation.job} ${toCode(result)}` } : {};

const LOGGED_IDS: ReadonlySet<string> = new Set(['eventId', 'calendarId', 'deliveryId', 'assignmentId']);

/** Payloads hold ids and no personal data; still only these are logged. */
function toLogIds({ payload, eventId, calendarId }: ClaimedOperation): Record<string, unknown> {
  const ids = { eventId, calendarId, ...(typeof payload === 'object' ? payload : {}) };
  return Object.fromEntries(Object.entries(ids).filter(([name, id]) => LOGGED_IDS.has(name) && typeof id === 'string'));
}
