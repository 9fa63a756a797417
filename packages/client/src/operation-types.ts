/* Operations. */

import type { RemoteError } from './common-types.js';

export type OperationState = 'queued' | 'running' | 'done' | 'failed' | 'discarded' | 'replayed';

export interface OperationRef {
  id: string;
  state: OperationState;
}

export interface Operation extends OperationRef {
  job: string;
  trigger: 'manual' | 'api' | 'scheduled' | 'webhook';
  eventId: string | null;
  calendarId: string | null;
  progress: { done: number; total: number | null } | null;
  attempts: number;
  /** It runs in a process of its own: a process died, or stood still, while it ran beside others. */
  isolated: boolean;
  /** Given up for now since then; `waiting.until` says when it is tried again. Null for any other. */
  parkedAt: string | null;
  /** Why it does not run now. */
  waiting: { reason: string; until: string } | null;
  /** How it ended, once it did. */
  outcome: unknown;
  error: RemoteError | null;
  replayOf: string | null;
  /** Of a dead letter that was run again: the operation that did. */
  replayedBy: string | null;
  createdAt: string;
  finishedAt: string | null;
}

export interface OperationFilter {
  job?: string;
  state?: OperationState;
  eventId?: string;
  calendarId?: string;
  /** Those that wait for a slow retry. */
  parked?: boolean;
  /** Those that run in a process of their own. */
  isolated?: boolean;
}
