/** What one check found. `advice` says what to do, in plain words; it holds no secret. */
export interface Finding {
  what: string;
  /** `note`: nothing is wrong, and a person may want to know. */
  verdict: 'ok' | 'note' | 'wrong';
  advice: string;
}

export const ok = (what: string, advice = ''): Finding => ({ what, verdict: 'ok', advice });
export const note = (what: string, advice: string): Finding => ({ what, verdict: 'note', advice });
export const wrong = (what: string, advice: string): Finding => ({ what, verdict: 'wrong', advice });

const MARKS = { ok: '✓', note: '·', wrong: '✗' };

export function toLine({ what, verdict, advice }: Finding): string {
  return `${MARKS[verdict]} ${what}${advice === '' ? '' : `: ${advice}`}`;
}
