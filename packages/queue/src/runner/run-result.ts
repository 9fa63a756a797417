import type { Outcome } from '@luma-sync/jobs';

/** What the queue does with the job that asked for this run. */
export type RunResult =
  | { kind: 'done'; outcome: Outcome }
  | { kind: 'failed'; code: string; message: string }
  /** Not now: the job comes back at this time. */
  | {
      kind: 'delayed';
      until: Date;
      reason: string;
      /** It had its turn: it is not to wait behind the backlog once more. */
      isBeforeAll?: boolean;
    }
  /** Given up for now; a slow retry comes at this time, with a job of its own. */
  | { kind: 'parked'; until: Date; code: string }
  /**
   * Finished by an earlier run, taken over by another one, isolated, or superseded: this job has nothing left to do.
   */
  | { kind: 'settled' };
