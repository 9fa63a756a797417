import type { RequestNote } from '../context.js';
import type { Outcome } from '../outcome.js';
import type { ClaimedOperation } from './claimed-operation.js';
import type { RunEnd } from './run-end.js';

/** How one run ended, as the timeline shows it. */
export type RunEnding =
  | { kind: 'done'; details: Record<string, unknown> }
  | { kind: 'skipped'; reason: string }
  /** `until` ISO 8601 */
  | { kind: 'waiting'; code: string; message: string; until: string }
  /** Given up for now; a slow retry comes at `until`. */
  | { kind: 'parked'; code: string; message: string; until: string }
  | { kind: 'retry' | 'failed'; code: string; message: string; attempt: number }
  | { kind: 'interrupted' };

/** Requests of one run, for the timeline. */
export interface RunRequests {
  requests: readonly RequestNote[];
  /** Requests made beyond those listed. */
  requestsMore: number;
}

/** What is recorded of a run in the commit that stores its end. */
export interface RunRecord extends RunRequests {
  operation: ClaimedOperation;
  /** An earlier try to store the end got no answer: it may have been committed. */
  mayBeStored?: boolean;
}

export const toOutcomeEnding = (outcome: Outcome): RunEnding =>
  outcome.kind === 'done' ? { kind: 'done', details: outcome.details } : { kind: 'skipped', reason: outcome.reason };

/** @param attempt Of the run that ended; 1 for the first one. */
export function toRunEnding(end: RunEnd, attempt: number, now: Date): RunEnding {
  const until = (waitMs: number): string => new Date(now.getTime() + waitMs).toISOString();
  if (end.kind === 'give-up') return { kind: 'failed', code: end.code, message: end.message, attempt };
  if (end.kind === 'park') return { kind: 'parked', code: end.code, message: end.message, until: until(end.waitMs) };
  if (end.error === undefined) return { kind: 'interrupted' };
  if (end.usesAttempt) return { kind: 'retry', ...end.error, attempt };
  return { kind: 'waiting', ...end.error, until: until(end.waitMs) };
}
