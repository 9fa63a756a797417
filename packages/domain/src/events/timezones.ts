/*
 * A runtime accepts more names of time zones than other programs do: `IST`, `PST`, any spelling.
 * Other programs know the names of the IANA list, as they are written there.
 */

const known = new Map(Intl.supportedValuesOf('timeZone').map((name) => [name.toLowerCase(), name]));

/** As long as any name there is. */
const NAME_MAX = 64;
const UTC_NAMES = new Set([
  ...['utc', 'gmt', 'z', 'zulu', 'etc/utc', 'etc/gmt', 'etc/zulu'],
  ...['etc/uct', 'etc/universal', 'etc/greenwich', 'etc/gmt0', 'etc/gmt+0', 'etc/gmt-0'],
]);
/** Areas that the runtime knows and the IANA list has not. */
const NOT_IANA = /^systemv\//;

/**
 * The name in the IANA list's own spelling: `europe/berlin` is `Europe/Berlin`, `Japan` is `Asia/Tokyo`.
 *
 * @returns null for what is no name there, and for abbreviations: `IST` is three zones.
 */
export function findTimezone(given: string): string | null {
  const name = given.trim();
  if (name.length > NAME_MAX || !/^[A-Za-z][\w+/-]*$/.test(name)) return null;
  const lower = name.toLowerCase();
  if (UTC_NAMES.has(lower)) return 'UTC';
  const listed = known.get(lower);
  if (listed !== undefined) return listed;
  const resolved = resolve(name);
  if (resolved === null || NOT_IANA.test(lower)) return null;
  // Names of countries (`Japan`) stand for a zone. Abbreviations are short, or end in another (`EST5EDT`).
  if (!name.includes('/')) return /^[a-z]{4,}$/i.test(name) && resolved.includes('/') ? resolved : null;
  const spelled = toSpelling(lower);
  return resolve(spelled) === resolved ? spelled : resolved;
}

function resolve(name: string): string | null {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}

const CAPITALS = new Set(['us', 'gmt', 'act', 'lhi', 'nsw']);
/** Older names of the list with a capital letter within a word. */
const OWN_SPELLINGS = new Map(
  ['ComodRivadavia', 'DeNoronha', 'EasterIsland', 'BajaNorte', 'BajaSur'].map((word) => [word.toLowerCase(), word]),
);

/** `asia/ho_chi_minh` is `Asia/Ho_Chi_Minh`. */
const toSpelling = (lower: string): string => lower.replace(/[a-z]+/g, toSpelledWord).replace(/_In$/, '_IN');

const toSpelledWord = (word: string): string =>
  OWN_SPELLINGS.get(word) ??
  (CAPITALS.has(word) ? word.toUpperCase() : `${word.charAt(0).toUpperCase()}${word.slice(1)}`);

/** What people mean by an abbreviation; several where it is not one zone. */
const ABBREVIATIONS: Readonly<Record<string, readonly string[]>> = {
  ACST: ['Australia/Darwin'],
  AEDT: ['Australia/Sydney'],
  AEST: ['Australia/Sydney', 'Australia/Brisbane'],
  AST: ['America/Halifax', 'Asia/Riyadh'],
  BST: ['Europe/London', 'Asia/Dhaka'],
  CDT: ['America/Chicago'],
  CEST: ['Europe/Berlin', 'Europe/Paris'],
  CET: ['Europe/Berlin', 'Europe/Paris'],
  CST: ['America/Chicago', 'Asia/Shanghai'],
  EDT: ['America/New_York'],
  EET: ['Europe/Athens', 'Africa/Cairo'],
  EST: ['America/New_York'],
  HST: ['Pacific/Honolulu'],
  IST: ['Asia/Kolkata', 'Europe/Dublin', 'Asia/Jerusalem'],
  JST: ['Asia/Tokyo'],
  KST: ['Asia/Seoul'],
  MDT: ['America/Denver'],
  MSK: ['Europe/Moscow'],
  MST: ['America/Denver', 'America/Phoenix'],
  NZST: ['Pacific/Auckland'],
  PDT: ['America/Los_Angeles'],
  PST: ['America/Los_Angeles', 'Asia/Manila'],
  SAST: ['Africa/Johannesburg'],
  SGT: ['Asia/Singapore'],
  WET: ['Europe/Lisbon'],
};

const NEAREST_MAX = 3;
/** Letters that a misspelled name still has in common with the right one at its beginning. */
const COMMON_MIN = 3;

/** Names that may have been meant, the likeliest first. */
export function nearestTimezones(given: string): string[] {
  const name = given.trim().slice(0, NAME_MAX).toLowerCase();
  const abbreviated = ABBREVIATIONS[(name.split(/\d/)[0] ?? '').toUpperCase()];
  if (abbreviated !== undefined) return [...abbreviated];
  const [area, city] = name.includes('/') ? [name.split('/')[0], toCity(name)] : ['', name.replace(/[ -]/g, '_')];
  const scored = [...known.values()].map((zone) => {
    const common = commonLength(toCity(zone.toLowerCase()), city);
    return { zone, common, isInArea: zone.toLowerCase().startsWith(`${area}/`) };
  });
  return scored
    .filter(({ common }) => common >= COMMON_MIN)
    .sort((a, b) => b.common - a.common || Number(b.isInArea) - Number(a.isInArea) || (a.zone < b.zone ? -1 : 1))
    .slice(0, NEAREST_MAX)
    .map(({ zone }) => zone);
}

const toCity = (name: string): string => name.slice(name.lastIndexOf('/') + 1);

function commonLength(a: string, b: string): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length += 1;
  return length;
}
