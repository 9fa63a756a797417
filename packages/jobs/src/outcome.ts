/** Plain numbers and short words an operator reads in the operation's row; no personal data. */
export type OutcomeDetails = Record<string, string | number | boolean | null>;

export type Outcome =
  | { kind: 'done'; details: OutcomeDetails }
  | { kind: 'skipped'; reason: string; details: OutcomeDetails };

export const done = (details: OutcomeDetails = {}): Outcome => ({ kind: 'done', details });

/** Nothing had to be done; `reason` is a stable word such as `draft` or `already-pushed`. */
export const skipped = (reason: string, details: OutcomeDetails = {}): Outcome => ({
  kind: 'skipped',
  reason,
  details,
});
