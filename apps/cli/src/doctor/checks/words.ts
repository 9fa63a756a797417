const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** `5 minutes`, `3 hours`, `2 days`: how long ago it was. */
export function toAge(at: Date, now = new Date()): string {
  const ms = Math.max(0, now.getTime() - at.getTime());
  if (ms < HOUR_MS) return counted(Math.round(ms / MINUTE_MS), 'minute');
  if (ms < 2 * DAY_MS) return counted(Math.round(ms / HOUR_MS), 'hour');
  return counted(Math.round(ms / DAY_MS), 'day');
}

/** `1 mail`, `2 mails` */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

export const toGigabytes = (bytes: number): string => `${(bytes / 1_073_741_824).toFixed(1)} GB`;

/** `3rd`, `9th`, `11th` */
export const ordinal = (count: number): string => `${count}${ENDINGS[ORDINALS.select(count)] ?? 'th'}`;

const ORDINALS = new Intl.PluralRules('en', { type: 'ordinal' });
const ENDINGS: Partial<Record<Intl.LDMLPluralRule, string>> = { one: 'st', two: 'nd', few: 'rd' };
