/** What went wrong, one line each; the counts of the last line are the lengths. */
export interface Verdict {
  lost: string[];
  duplicated: string[];
  unwantedMails: string[];
  overBudget: string[];
  /** Requests that Luma's document does not allow. */
  outsideDocument: string[];
  /** Operations that were parked and are not the poison. */
  parked: string[];
  /** The poison was not parked in time, or harmed an operation beside it. */
  poison: string[];
  /** Processes that outlived the worker that started them. */
  orphans: string[];
}

export const isCleanVerdict = (verdict: Verdict): boolean =>
  Object.values(verdict).every((lines: string[]) => lines.length === 0);
