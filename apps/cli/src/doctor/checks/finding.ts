/** What one check found. `advice` says what to do, in plain words; it holds no secret. */
export interface Finding {
  what: string;
  /**
   * - `note`: nothing is wrong, and a person may want to know.
   * - `waiting`: only a person's decision settles it.
   * - `unseen`: it could not be looked at, so it may be wrong.
   */
  verdict: 'ok' | 'note' | 'waiting' | 'wrong' | 'unseen';
  advice: string;
}

export const ok = (what: string, advice = ''): Finding => ({ what, verdict: 'ok', advice });
export const note = (what: string, advice: string): Finding => ({ what, verdict: 'note', advice });
export const waiting = (what: string, advice: string): Finding => ({ what, verdict: 'waiting', advice });
export const wrong = (what: string, advice: string): Finding => ({ what, verdict: 'wrong', advice });
export const unseen = (what: string, advice: string): Finding => ({ what, verdict: 'unseen', advice });

const MARKS = { ok: '✓', note: '·', waiting: '◦', wrong: '✗', unseen: '?' };

export function toLine({ what, verdict, advice }: Finding): string {
  return `${MARKS[verdict]} ${what}${advice === '' ? '' : `: ${advice}`}`;
}

/** @returns null when all is well: everything was looked at, and nothing is wrong or waits for a person. */
export function toTroubles(findings: readonly Finding[]): string | null {
  const count = (of: Finding['verdict']): number => findings.filter(({ verdict }) => verdict === of).length;
  const [wrongs, waitings, unseens] = [count('wrong'), count('waiting'), count('unseen')];
  const parts = [
    ...(wrongs === 0 ? [] : [`${wrongs} ${wrongs === 1 ? 'thing is' : 'things are'} wrong`]),
    ...(waitings === 0 ? [] : [`${waitings} ${waitings === 1 ? 'waits' : 'wait'} for a person`]),
    ...(unseens === 0 ? [] : [`${unseens} could not be looked at`]),
  ];
  return parts.length === 0 ? null : parts.join(', ');
}
