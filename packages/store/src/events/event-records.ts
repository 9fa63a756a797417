import type {
  Base,
  EventRecord,
  EventState,
  EventVisibility,
  EventLink as Link,
  RegistrationRefusal,
  TagsBase,
} from '@luma-sync/domain';
import type { Event, EventHost, EventLink, Prisma } from '../generated/client.js';
import type { ObservedHost } from './import-events.js';

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
  /** As Luma derives them from the address. */
  locationCity?: string | null;
  locationCountry?: string | null;
  /** Questions of the registration as Luma shows them; null until Luma showed any list. */
  registrationQuestions?: readonly object[] | null;
  /** Hosts that Luma shows. The one that the app named alone is not among them. */
  lumaHosts?: readonly ObservedHost[];
}

export type SyncEventLink = Pick<
  Link,
  | 'calendarId'
  | 'lumaEventId'
  | 'lumaCreatedAt'
  | 'slug'
  | 'createAskedAt'
  | 'pushedRevision'
  | 'base'
  | 'observedAt'
  | 'state'
> &
  Partial<Pick<Link, 'tagsBase' | 'registrationRefused'>>;

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

/** Of an event's row: its link, and the hosts that Luma shows. */
export const SYNC_EVENT_PARTS = {
  link: true,
  hosts: { where: { lumaUserId: { not: null } } },
} as const satisfies Prisma.EventInclude;

export function toSyncEvent(row: Event & { hosts?: readonly EventHost[] }): SyncEvent {
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
    locationCity: row.locationCity,
    locationCountry: row.locationCountry,
    registrationQuestions: Array.isArray(row.registrationQuestions) ? (row.registrationQuestions as object[]) : null,
    ...(row.hosts === undefined ? {} : { lumaHosts: row.hosts.flatMap(toObservedHost) }),
  };
}

const toObservedHost = ({ lumaUserId, name, email }: EventHost): ObservedHost[] =>
  lumaUserId === null ? [] : [{ lumaUserId, name, email }];

export function toSyncEventLink(row: EventLink): SyncEventLink {
  return {
    calendarId: row.calendarId,
    lumaEventId: row.lumaEventId,
    lumaCreatedAt: row.lumaCreatedAt,
    slug: row.slug,
    createAskedAt: row.createAskedAt,
    pushedRevision: row.pushedRevision,
    // Written only by this package, from the same type.
    base: row.base as unknown as Base<EventState> | null,
    observedAt: row.observedAt,
    state: row.state,
    tagsBase: row.tagsBase as unknown as TagsBase | null,
    registrationRefused: toRegistrationRefusal(row),
  };
}

export const toRegistrationRefusal = (row: EventLink): RegistrationRefusal | null =>
  row.registrationRefused === null ? null : { value: row.registrationRefusedValue, message: row.registrationRefused };
