import type { EventState, EventVisibility } from './event-state.js';
import type { LocationType } from './location-type.js';
import { emptyToNull } from './same-text.js';

/** The columns of our event that are held in step with Luma. */
export interface EventRecord {
  title: string;
  descriptionMd: string | null;
  startsAt: Date;
  endsAt: Date;
  timezone: string;
  locationName: string | null;
  locationAddress: string | null;
  locationLat: number | null;
  locationLng: number | null;
  meetingUrl: string | null;
  /** Follows from the place; the app's own word where it has one. */
  locationType?: LocationType;
  visibility: EventVisibility;
  capacity: number | null;
  coverUrl: string | null;
  approval: 'draft' | 'pending' | 'approved' | 'cancelled';
  /** How a cancelled event was taken back; `soft` also says so in its title. */
  cancelMode?: 'hide' | 'soft' | 'cancel' | null;
}

/**
 * What our side wants Luma to show. A cancelled event is hidden there: Luma's own cancellation mails everybody and
 * cannot be undone.
 */
export function toEventState(event: EventRecord): EventState {
  return {
    title: isSoftlyCancelled(event) ? toCancelledTitle(event.title) : event.title,
    description: emptyToNull(event.descriptionMd),
    startsAt: event.startsAt.toISOString(),
    endsAt: event.endsAt.toISOString(),
    timezone: event.timezone,
    address: toAddressLine(event),
    coordinate:
      event.locationLat === null || event.locationLng === null
        ? null
        : { lat: event.locationLat, lng: event.locationLng },
    meetingUrl: emptyToNull(event.meetingUrl),
    visibility: event.approval === 'cancelled' ? 'private' : event.visibility,
    capacity: event.capacity,
    cover: event.coverUrl,
  };
}

const CANCELLED = 'Cancelled: ';

const isSoftlyCancelled = ({ approval, cancelMode }: Pick<EventRecord, 'approval' | 'cancelMode'>): boolean =>
  approval === 'cancelled' && cancelMode === 'soft';

const toCancelledTitle = (title: string): string => (title.startsWith(CANCELLED) ? title : `${CANCELLED}${title}`);

/** A title that a host changed while it said "Cancelled" is taken without that word: the event may come back. */
export function withoutCancelledWord(
  changes: EventRecordChanges,
  event: Pick<EventRecord, 'approval' | 'cancelMode'>,
): EventRecordChanges {
  if (changes.title === undefined || !isSoftlyCancelled(event) || !changes.title.startsWith(CANCELLED)) return changes;
  return { ...changes, title: changes.title.slice(CANCELLED.length) };
}

/** Luma has one line for a place, we have a name and an address. */
export function toAddressLine({
  locationName,
  locationAddress,
}: Pick<EventRecord, 'locationName' | 'locationAddress'>): string | null {
  const name = emptyToNull(locationName);
  const address = emptyToNull(locationAddress);
  if (name === null || address === null) return name ?? address;
  return address.startsWith(name) ? address : `${name}, ${address}`;
}

export type EventRecordChanges = Partial<Omit<EventRecord, 'approval' | 'cancelMode'>>;

/** The columns to write when Luma's side of these fields is taken over. */
export function toEventRecordChanges(state: Partial<EventState>): EventRecordChanges {
  const changes: EventRecordChanges = {};
  if (state.title !== undefined) changes.title = state.title;
  if (state.description !== undefined) changes.descriptionMd = state.description;
  if (state.startsAt !== undefined) changes.startsAt = new Date(state.startsAt);
  if (state.endsAt !== undefined) changes.endsAt = new Date(state.endsAt);
  if (state.timezone !== undefined) changes.timezone = state.timezone;
  if (state.address !== undefined) {
    // Luma's line replaces both of ours: splitting it again would be guessing.
    changes.locationName = null;
    changes.locationAddress = state.address;
  }
  if (state.coordinate !== undefined) {
    changes.locationLat = state.coordinate?.lat ?? null;
    changes.locationLng = state.coordinate?.lng ?? null;
  }
  if (state.meetingUrl !== undefined) changes.meetingUrl = state.meetingUrl;
  if (state.visibility !== undefined) changes.visibility = state.visibility;
  if (state.capacity !== undefined) changes.capacity = state.capacity;
  if (state.cover !== undefined) changes.coverUrl = state.cover;
  return changes;
}
