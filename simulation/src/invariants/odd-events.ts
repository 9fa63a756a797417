import type { EventField, EventLink } from '@luma-sync/domain';
import { type SpoilWay, spoilWayOf } from '@luma-sync/luma-sim';
import type { Play } from '../play.js';
import type { Verdict } from './check-invariants.js';

/** Fields that the ways of spoiling an event hide, or show as another value than Luma holds. */
const FIELDS_OF: Record<string, readonly EventField[]> = {
  'event.capacity-huge': ['capacity'],
  'event.end-year': ['endsAt'],
  'event.name-nul': ['title'],
  'event.coordinate-nowhere': ['coordinate'],
  'event.visibility-unknown': ['visibility'],
  'event.tags-odd': [],
  'event.optional-absent': ['address', 'coordinate'],
};

/** Ways in which events of a seed are spoiled: all of them. */
export const ODD_EVENT_WAYS: readonly string[] = [
  ...Object.keys(FIELDS_OF),
  'event.start-invalid',
  'event.name-number',
  'event.timezone-absent',
];

const wayOf = ({ luma }: Play, lumaEventId: string): SpoilWay | null =>
  spoilWayOf(luma.world.settings, 'event', lumaEventId);

/** Nothing of this event at Luma can be read. */
export const isUnreadEvent = (play: Play, lumaEventId: string): boolean =>
  wayOf(play, lumaEventId)?.readable === 'none';

/** What both sides hold of such a field cannot be compared: nobody was shown Luma's value. */
export const isFieldHidden = (play: Play, lumaEventId: string, field: EventField): boolean =>
  FIELDS_OF[wayOf(play, lumaEventId)?.name ?? '']?.includes(field) === true;

/** Luma shows some field as another one than it holds: a push of that looks for it again and again, and says so. */
export const mayNotBeShown = (play: Play, lumaEventId: string): boolean =>
  (FIELDS_OF[wayOf(play, lumaEventId)?.name ?? ''] ?? []).length > 0;

/**
 * Our event is there, unread, under the address that was reserved for it: whose it is cannot be told, so it is not
 * linked and not made again.
 */
export function mayBeUnread(play: Play, link: EventLink | undefined): boolean {
  if (link == null || link.slug === null) return false;
  const there = [...play.luma.world.events.values()].find(({ slug }) => slug === link.slug);
  return there !== undefined && isUnreadEvent(play, there.id);
}

/** What cannot be read in full is listed. */
export function checkOddEvents(play: Play, verdict: Verdict): void {
  for (const id of play.luma.world.events.keys()) {
    const way = wayOf(play, id);
    if (way === null || way.readable === 'whole') continue;
    if (!play.tables.unreadable.has(id)) verdict.diverged.push(`event ${id} (${way.name}) is listed nowhere`);
  }
}
