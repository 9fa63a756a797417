import type { Base, EventRecord, EventState, EventVisibility } from '@luma-sync/domain';
import type { Event, EventLink } from '../generated/client.js';

/** An event as the workers see it. */
export interface SyncEvent extends EventRecord {
  id: string;
  externalId: string | null;
  source: 'app' | 'luma' | 'ical';
  ownership: 'created' | 'referenced';
  /** The calendar the app asked for; null lets routing choose. */
  calendarId: string | null;
  revision: number;
  /** Pushes up to this revision mail nobody. */
  quietRevision?: number | null;
  /** The public page; at Luma, once it is there. */
  url: string | null;
  /** Choose a cover for an event that has none. */
  tags: readonly string[];
}

export interface SyncEventLink {
  calendarId: string;
  lumaEventId: string | null;
  slug: string | null;
  createAskedAt: Date | null;
  pushedRevision: number;
  base: Base<EventState> | null;
  observedAt: Date | null;
  state: EventLink['state'];
}

export interface SyncEventWithLink {
  event: SyncEvent;
  link: SyncEventLink | null;
}

/** `members_only` is Postgres's spelling of an enum value Luma and the API write with a hyphen. */
const VISIBILITY: Record<Event['visibility'], EventVisibility> = {
  public: 'public',
  members_only: 'members-only',
  private: 'private',
};

export function toSyncEvent(row: Event): SyncEvent {
  return {
    id: row.id,
    externalId: row.externalId,
    source: row.source,
    ownership: row.ownership,
    approval: row.approval,
    calendarId: row.calendarId,
    revision: row.revision,
    quietRevision: row.quietRevision,
    title: row.title,
    descriptionMd: row.descriptionMd,
    startsAt: row.startsAt,
    endsAt: row.endsAt,
    timezone: row.timezone,
    locationType: row.locationType,
    locationName: row.locationName,
    locationAddress: row.locationAddress,
    locationLat: row.locationLat,
    locationLng: row.locationLng,
    meetingUrl: row.meetingUrl,
    visibility: VISIBILITY[row.visibility],
    capacity: row.capacity,
    cancelMode: row.cancelMode,
    coverUrl: row.coverUrl,
    url: row.url,
    tags: row.tags,
  };
}

export function toSyncEventLink(row: EventLink): SyncEventLink {
  return {
    calendarId: row.calendarId,
    lumaEventId: row.lumaEventId,
    slug: row.slug,
    createAskedAt: row.createAskedAt,
    pushedRevision: row.pushedRevision,
    // Written only by this package, from the same type.
    base: row.base as unknown as Base<EventState> | null,
    observedAt: row.observedAt,
    state: row.state,
  };
}
