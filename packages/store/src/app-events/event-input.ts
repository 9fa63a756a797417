import { type HostRole, normalizeEmail } from '@luma-sync/domain';
import type { Event } from '../generated/client.js';

/** An event as an app server states it, whole: what is null here is to be empty. */
export interface AppEventInput {
  title: string;
  descriptionMd: string | null;
  startsAt: Date;
  endsAt: Date;
  /** IANA name. */
  timezone: string;
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
  role: HostRole;
}

/** The columns an app's body decides. */
export const APP_COLUMNS = [
  'title',
  'descriptionMd',
  'startsAt',
  'endsAt',
  'timezone',
  'locationType',
  'locationName',
  'locationAddress',
  'locationLat',
  'locationLng',
  'meetingUrl',
  'coverUrl',
  'visibility',
  'capacity',
  'tags',
  'calendarId',
  'organizationId',
] as const satisfies readonly (keyof Event)[];

export type AppColumns = Pick<Event, (typeof APP_COLUMNS)[number]>;

/** @param before The event as stored, whose calendar and organization stay when the input is silent on them. */
export function toAppColumns(input: AppEventInput, before: AppColumns | null): AppColumns {
  return {
    title: input.title,
    descriptionMd: input.descriptionMd,
    startsAt: input.startsAt,
    endsAt: input.endsAt,
    timezone: input.timezone,
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

export function normalizeHost(host: AppHost | null): AppHost | null {
  return host === null ? null : { ...host, email: host.email === null ? null : normalizeEmail(host.email) };
}
