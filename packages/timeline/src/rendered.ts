export type TimelineKind = 'observed' | 'decided' | 'skipped' | 'asked' | 'answered' | 'mailed' | 'waiting' | 'failed';

/** What an operator reads of one fact. */
export interface Rendered {
  kind: TimelineKind;
  message: string;
  /** Who did it, unless the entry names somebody. */
  actor: 'luma' | 'luma-sync';
}

/** One renderer for each fact of a union: a fact without one does not compile. */
export type Renderers<Fact extends { fact: string }> = {
  readonly [Name in Fact['fact']]: (fact: Extract<Fact, { fact: Name }>) => Rendered;
};

export const byUs = (kind: TimelineKind, message: string): Rendered => ({ kind, message, actor: 'luma-sync' });
export const byLuma = (kind: TimelineKind, message: string): Rendered => ({ kind, message, actor: 'luma' });
