/** What went wrong, one line each; the counts of the last line are the lengths. */
export interface Verdict {
  lost: string[];
  duplicated: string[];
  unwantedMails: string[];
  overBudget: string[];
}
