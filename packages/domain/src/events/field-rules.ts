import { isSameCoordinate } from '../merge/same-value.js';
import type { EventField, EventState } from './event-state.js';
import { hasSameWords, holdsWords, isSameLine, isSameMarkdown, isSameUrl } from './same-text.js';

/** What holds for one field of an event. The table in docs/sync-rules.md is made of the words in it. */
export interface EventFieldRule<F extends EventField = EventField> {
  /** Who may change it, in words. */
  writers: string;
  /** Whose value stays when both changed it since they last agreed. */
  wins: string;
  /** What counts as the same value, in words. */
  sameness: string;
  /** Two writings of one value. */
  isSame(a: EventState[F], b: EventState[F]): boolean;
  /**
   * Whether what Luma shows is what we asked for, as Luma writes it. Asked right after a push, when a host may have
   * come in between: what is not ours by this is the host's news.
   */
  isOurs(asked: EventState[F], shown: EventState[F]): boolean;
}

const BOTH = 'app, and host at Luma';
const OWNER = 'the side the event began on';

const exact = { sameness: 'the same value', isSame: Object.is, isOurs: Object.is };
const instant = { sameness: 'the same instant, with any offset', isSame: isSameInstant, isOurs: isSameInstant };
const line = {
  sameness: 'the same line without invisible signs; `null`, `""` and `N/A` are all nothing',
  isSame: isSameLine,
};

/** One rule for each field; nothing else decides about fields of an event. */
export const EVENT_FIELD_RULES: { readonly [F in EventField]: EventFieldRule<F> } = {
  title: { writers: BOTH, wins: OWNER, ...line, isOurs: isSameLine },
  description: {
    writers: BOTH,
    wins: OWNER,
    sameness: 'the same Markdown after the round trip through Luma’s editor',
    isSame: isSameMarkdown,
    isOurs: hasSameWords,
  },
  startsAt: { writers: BOTH, wins: OWNER, ...instant },
  endsAt: { writers: BOTH, wins: OWNER, ...instant },
  timezone: {
    writers: BOTH,
    wins: OWNER,
    sameness: 'the same zone, under any of its names',
    isSame: isSameZone,
    isOurs: isSameZone,
  },
  address: { writers: BOTH, wins: OWNER, ...line, isOurs: (asked, shown) => holdsWords(shown, asked) },
  coordinate: {
    writers: BOTH,
    wins: OWNER,
    sameness: 'within a metre; `null` for no place',
    isSame: isSameCoordinate,
    isOurs: (asked, shown) => isSameCoordinate(asked, shown, SNAPPED_DEGREES),
  },
  meetingUrl: {
    writers: BOTH,
    wins: OWNER,
    sameness: 'the same address as a browser reads it; `null` and `""` are both none',
    isSame: isSameUrl,
    isOurs: isSameUrl,
  },
  visibility: {
    writers: 'app, and host at Luma; a cancelled event is private, whatever else is said',
    wins: OWNER,
    ...exact,
  },
  capacity: { writers: 'app; a host where Luma shows it, which it long did not', wins: OWNER, ...exact },
  // Luma copies an image to its own host, so what it shows never is what the app said: the halves of the base are
  // compared, each with its own.
  cover: { writers: BOTH, wins: OWNER, ...exact, sameness: 'the same address, each side with its own' },
};

/** Luma may move a place onto the map's next entrance. */
const SNAPPED_DEGREES = 1e-3;

export function isSameEventField(field: EventField, a: unknown, b: unknown): boolean {
  return a === undefined || b === undefined ? a === b : ruleOf(field).isSame(a, b);
}

export function isOurEventField(field: EventField, asked: unknown, shown: unknown): boolean {
  return ruleOf(field).isOurs(asked, shown);
}

const ruleOf = (field: EventField) => EVENT_FIELD_RULES[field] as unknown as Record<'isSame' | 'isOurs', Comparison>;
type Comparison = (a: unknown, b: unknown) => boolean;

function isSameInstant(a: string, b: string): boolean {
  return a === b || Date.parse(a) === Date.parse(b);
}

const zones = new Map<string, string>();

/** `Asia/Calcutta` is `Asia/Kolkata`. A name nobody knows is itself. */
function isSameZone(a: string, b: string): boolean {
  return a === b || toZone(a) === toZone(b);
}

function toZone(name: string): string {
  let zone = zones.get(name);
  if (zone === undefined) {
    try {
      zone = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
    } catch {
      zone = name;
    }
    // Names come from outside: as many as there are zones, and a bound for what are none.
    if (zones.size < ZONES_MAX) zones.set(name, zone);
  }
  return zone;
}

const ZONES_MAX = 1_000;
