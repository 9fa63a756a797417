import type { Outcome } from '../outcome.js';
import type { Trigger } from '../trigger.js';

/** An operation as a run needs it, once the run has claimed it. */
export interface ClaimedOperation {
  id: string;
  job: string;
  payload: unknown;
  /** Of the calendar and the event it is about, where they are known. */
  calendarId: string | null;
  eventId: string | null;
  /** Runs that used an attempt so far. */
  attempts: number;
  /** Deaths of its process while it ran alone. */
  crashes: number;
  /** Slow retries so far. */
  slowTries: number;
  trigger: Trigger;
  createdAt: Date;
  deadlineAt: Date;
  /** Where an earlier run got to; the handler reads and writes it. */
  checkpoint: unknown;
}

/** Why a run or an operation ended badly. */
export interface Failure {
  /** As `docs/failure-modes.md` lists it. */
  code: string;
  message: string;
}

/** How an operation ends for good. */
export type OperationEnding = { state: 'done'; outcome: Outcome } | ({ state: 'failed' } & Failure);
