import type { SimSettings } from '../settings.js';

/**
 * Ways in which a record may come that a client does not expect: each was met in the wild, or is allowed by Luma's
 * document, or is what a column cannot hold. A spoiled record is spoiled the same way in lists, single reads and
 * webhooks. The record itself stays as it is.
 */
export interface SpoilWay {
  name: string;
  of: 'guest' | 'event';
  /**
   * What may become of the record in a client: `whole` is readable in full, `part` without the odd fields, `none`
   * cannot be read at all.
   */
  readable: 'whole' | 'part' | 'none';
  spoil(shown: Shown): Shown;
}

type Shown = Record<string, unknown>;

const set =
  (change: Shown) =>
  (shown: Shown): Shown => ({ ...shown, ...change });

const without =
  (...names: string[]) =>
  (shown: Shown): Shown =>
    Object.fromEntries(Object.entries(shown).filter(([name]) => !names.includes(name)));

const HALF_EMOJI = '🎉'.slice(0, 1);
const ODD_ANSWERS = [
  { question_id: 'q-text', question_type: 'text', label: 'Topics', value: 'Compilers' },
  // Documented: a box that was not ticked comes without a value.
  { question_id: 'q-rules', question_type: 'agree-check', label: 'Rules' },
];

const guest = (name: string, readable: SpoilWay['readable'], spoil: SpoilWay['spoil']): SpoilWay => ({
  name: `guest.${name}`,
  of: 'guest',
  readable,
  spoil,
});
const event = (name: string, readable: SpoilWay['readable'], spoil: SpoilWay['spoil']): SpoilWay => ({
  name: `event.${name}`,
  of: 'event',
  readable,
  spoil,
});

export const SPOIL_WAYS: readonly SpoilWay[] = [
  guest('email-null', 'whole', set({ user_email: null })),
  guest('email-empty', 'whole', set({ user_email: '' })),
  guest('email-absent', 'whole', without('user_email')),
  guest('email-too-long', 'none', set({ user_email: `${'a'.repeat(3_000)}@example.org` })),
  guest('email-number', 'none', set({ user_email: 7 })),
  guest('email-malformed', 'none', set({ user_email: 'no address' })),
  guest('status-unknown', 'whole', set({ approval_status: 'shortlisted' })),
  guest('status-absent', 'none', without('approval_status')),
  guest('name-nul', 'whole', (shown) => ({ ...shown, user_name: `Ada\u0000${HALF_EMOJI}` })),
  guest('name-number', 'part', set({ user_name: 42 })),
  guest('check-in-year', 'part', (shown) => ({
    ...shown,
    event_tickets: [{ id: `tkt-of-${String(shown.id)}`, name: 'Standard', checked_in_at: '+010000-01-01T00:00:00Z' }],
  })),
  guest('ticket-odd', 'part', (shown) => ({
    ...shown,
    event_tickets: [...(Array.isArray(shown.event_tickets) ? shown.event_tickets : []), 'no ticket'],
  })),
  guest('answers-odd', 'whole', set({ registration_answers: ODD_ANSWERS })),
  guest('optional-absent', 'whole', without('user_name', 'user_first_name', 'registered_at', 'event_tickets')),
  guest('no-record', 'none', () => ({ message: 'no record' })),
  event('capacity-huge', 'part', set({ max_capacity: 3_000_000_000 })),
  event('end-year', 'part', set({ end_at: '+010000-01-01T00:00:00Z' })),
  event('start-invalid', 'none', set({ start_at: 'next Tuesday' })),
  event('name-number', 'none', set({ name: 7 })),
  event('name-nul', 'whole', (shown) => ({ ...shown, name: `${String(shown.name)}\u0000${HALF_EMOJI}` })),
  event('coordinate-nowhere', 'part', set({ coordinate: { latitude: 95, longitude: 500 } })),
  event('visibility-unknown', 'whole', set({ visibility: 'invisible' })),
  event('timezone-absent', 'none', without('timezone')),
  event('tags-odd', 'part', set({ tags: [{ id: 'tag-1', name: 'Good' }, 7] })),
  event('optional-absent', 'whole', without('url', 'cover_url', 'geo_address_json', 'coordinate', 'location_type')),
];

/** Which way a record comes; null: as it is. By its id alone, so that it is the same each time. */
export function spoilWayOf({ spoiled }: SimSettings, of: SpoilWay['of'], id: string): SpoilWay | null {
  const ways = SPOIL_WAYS.filter(
    (way) => way.of === of && (spoiled.ways.length === 0 || spoiled.ways.includes(way.name)),
  );
  const named = spoiled.records[id];
  if (named !== undefined) return SPOIL_WAYS.find(({ name }) => name === named) ?? null;
  const number = numberOf(id);
  if (spoiled.oneIn === 0 || ways.length === 0 || number % spoiled.oneIn !== 0) return null;
  return ways[Math.floor(number / spoiled.oneIn) % ways.length] ?? null;
}

/** The record as it is shown. */
export function spoil<T extends object>(settings: SimSettings, of: SpoilWay['of'], shown: T): T {
  const way = 'id' in shown ? spoilWayOf(settings, of, String(shown.id)) : null;
  return way === null ? shown : (way.spoil(Object.fromEntries(Object.entries(shown))) as T);
}

/** FNV-1a. */
function numberOf(id: string): number {
  let hash = 0x811c9dc5;
  for (const char of id) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return hash;
}
