/* Events. */

import type { EventDifference, SyncError } from './common-types.js';

export interface EventInput {
  title: string;
  /** Markdown */
  description?: string | null;
  startsAt: string;
  /** Left out a new event lasts an hour, and any other as long as before. */
  endsAt?: string | null;
  /** IANA name. Left out a new event takes the default of its calendar, and any other keeps its own. */
  timezone?: string | null;
  location?: {
    /** Left out it follows from place and link where these leave one choice. */
    type?: 'physical' | 'online' | 'tbd' | null;
    name?: string | null;
    address?: string | null;
    lat?: number | null;
    lng?: number | null;
    /** Taken as an event gives it out; nothing of it is stored. */
    city?: string | null;
    country?: string | null;
  } | null;
  meetingUrl?: string | null;
  coverUrl?: string | null;
  visibility?: 'public' | 'members-only' | 'private';
  capacity?: number | null;
  tags?: string[];
  /** Left out or null the host stays. */
  host?: {
    externalId: string;
    name?: string | null;
    email?: string | null;
    /** What the app calls the host's rights; the calendar's `publishingRoles` says which of them need no approval. */
    role?: string | null;
  } | null;
  calendarId?: string;
  /** Lets Luma mail so many guests about a new name, time or place, where more than the calendar's limit would be. */
  confirmRecipients?: number;
}

export interface Event {
  id: string;
  /** Null for what began at Luma; `id` stands for it in paths then. */
  externalId: string | null;
  source: 'app' | 'luma' | 'ical';
  ownership: 'created' | 'referenced';
  approval: 'draft' | 'pending' | 'approved' | 'cancelled';
  /** How a cancelled event was taken back at Luma; null for one that is not, or that Luma cancelled without us. */
  cancelMode: 'hide' | 'soft' | 'cancel' | null;
  revision: number;
  title: string;
  description: string | null;
  startsAt: string;
  endsAt: string;
  timezone: string;
  location: {
    type: 'physical' | 'online' | 'tbd';
    name: string | null;
    address: string | null;
    lat: number | null;
    lng: number | null;
    /** As Luma derives it from the address. */
    city: string | null;
    country: string | null;
  };
  meetingUrl: string | null;
  coverUrl: string | null;
  visibility: 'public' | 'members-only' | 'private';
  capacity: number | null;
  tags: string[];
  host: { externalId: string; name: string | null; email: string | null; role: string | null } | null;
  calendarId: string | null;
  organizationId: string | null;
  /** What guests are asked when they register, as Luma shows it. `id` is the `questionId` of an answer. */
  registrationQuestions: { id: string; label: string; type: string; required: boolean; options: string[] }[];
  /** Everybody who hosts it, as the app or Luma names them. */
  hosts: { lumaUserId: string | null; externalId: string | null; name: string | null; email: string | null }[];
  luma: { eventId: string; url: string | null; calendarId: string; guestsPulledAt: string | null } | null;
  sync: {
    state: EventSyncState | null;
    pushedRevision: number;
    syncedAt: string | null;
    lastError: SyncError | null;
    /** Fields that Luma does not hold as this event has them; everything else was pushed. */
    notAtLuma: EventDifference[];
  };
  rsvpCount: number;
  updatedAt: string;
}

export type EventSyncState =
  | 'pending_push'
  | 'pushed'
  | 'pulled'
  | 'synced'
  | 'push_failed'
  | 'drifted'
  | 'source_deleted'
  | 'conflict';

export interface EventFilter {
  calendarId?: string;
  /** Events that start at this moment or later. */
  from?: string;
  /** Events that start before this moment. */
  to?: string;
  /** No event is ever in the two others yet. */
  state?: Exclude<EventSyncState, 'pushed' | 'conflict'>;
  approval?: Event['approval'];
  /** The event that Luma knows by this id. */
  lumaEventId?: string;
  /** The event with this public address at Luma. */
  lumaUrl?: string;
  /** Events that changed at this moment or later. */
  updatedSince?: string;
}

export interface CancelInput {
  /** `hide` and `soft` mail nobody and can be undone; `cancel` is Luma's own, for good. */
  mode?: 'hide' | 'soft' | 'cancel';
  /** With `cancel`: the most guests that Luma may mail. */
  confirmRecipients?: number;
  /** With `cancel`, where somebody paid. */
  refund?: boolean;
}
