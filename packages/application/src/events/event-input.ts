import { isSameEventField, normalizeEmail, type SUBMITTED_COLUMNS } from '@luma-sync/domain';
import type { Event } from '@luma-sync/store';

/** An event as an app server states it, whole: what is null here is to be empty. */
export interface AppEventInput {
  title: string;
  descriptionMd: string | null;
  startsAt: Date;
  /** Null leaves the length as it is; a new event lasts an hour. */
  endsAt: Date | null;
  /** IANA name. Null leaves it as it is; a new event takes the default. */
  timezone: string | null;
  location: {
    type: 'physical' | 'online' | 'tbd';
    name: string | null;
    address: string | null;
    lat: number | null;
    lng: number | null;
  };
  meetingUrl: string | null;
  coverUrl: string | null;
  visibility: 'public' | 'members-only' | 'private';
  capacity: number | null;
  tags: string[];
  host: AppHost | null;
  /** Undefined leaves them as they are: routing or a host's mapping may have chosen them. */
  calendarId?: string | undefined;
  organizationId?: string | undefined;
  /** People whom Luma may mail about this edit, as somebody counted them; absent: nobody said. */
  confirmRecipients?: number | undefined;
}

export interface AppHost {
  externalId: string;
  name: string | null;
  email: string | null;
  /** What the app calls the host's rights; null: it names none. */
  role: string | null;
}

/** The columns that an app's body decides. */
export type AppColumns = Pick<Event, (typeof SUBMITTED_COLUMNS)[number]>;

type StatedColumns = AppColumns & Pick<Event, 'stated'>;

/**
 * @param before The event as stored: what the input says nothing about stays.
 * @param timezone For a new event that names none.
 */
export function toAppColumns(input: AppEventInput, before: StatedColumns | null, timezone: string): AppColumns {
  return {
    title: input.title,
    descriptionMd: input.descriptionMd,
    startsAt: input.startsAt,
    endsAt: input.endsAt ?? toEnd(input.startsAt, before),
    timezone: toZone(input.timezone, before) ?? timezone,
    locationType: input.location.type,
    locationName: input.location.name,
    locationAddress: input.location.address,
    locationLat: input.location.lat,
    locationLng: input.location.lng,
    meetingUrl: input.meetingUrl,
    coverUrl: input.coverUrl,
    visibility: input.visibility === 'members-only' ? 'members_only' : input.visibility,
    capacity: input.capacity,
    tags: input.tags,
    calendarId: input.calendarId ?? before?.calendarId ?? null,
    organizationId: input.organizationId ?? before?.organizationId ?? null,
  };
}

/** Luma's own events last so long when nobody says otherwise. */
const LENGTH_MS = 3_600_000;

/** An end that is left out again is no news: what the app said of the same start stays said. */
function toEnd(startsAt: Date, before: StatedColumns | null): Date {
  if (before === null) return new Date(startsAt.getTime() + LENGTH_MS);
  const stated = toStatedTimes(before);
  const isSameStart = stated !== null && stated.startsAt === startsAt.toISOString();
  if (isSameStart) return new Date(stated.endsAt);
  return new Date(startsAt.getTime() + before.endsAt.getTime() - before.startsAt.getTime());
}

/** Another spelling of the zone that the app stated is no edit. */
function toZone(given: string | null, before: StatedColumns | null): string | null {
  if (before === null) return given;
  const said = toStatedTimes(before)?.timezone ?? before.timezone;
  return given === null || isSameEventField('timezone', given, said) ? said : given;
}

function toStatedTimes({
  stated,
}: Pick<Event, 'stated'>): { startsAt: string; endsAt: string; timezone: string } | null {
  if (typeof stated !== 'object' || stated === null || !('startsAt' in stated)) return null;
  return stated as { startsAt: string; endsAt: string; timezone: string };
}

export function normalizeHost(host: AppHost | null): AppHost | null {
  return host === null ? null : { ...host, email: host.email === null ? null : normalizeEmail(host.email) };
}
