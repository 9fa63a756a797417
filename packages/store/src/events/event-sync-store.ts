import type { Database } from '../database.js';
import { type LeaseHolder, type LeaseWait, withRecordLease } from '../leases.js';
import { type ErasedAddresses, NOBODY_ERASED } from '../personal-data/erased-addresses.js';
import { findEventIdByLuma, findSyncEvent, isPushExpected, listLinkedEvents } from './find-events.js';
import { type ImportedEvent, importLumaEvent } from './import-events.js';
import { type MergedObservation, markSourceDeleted, storeObservation, touchChecked } from './observe-events.js';
import {
  type AttachedEvent,
  attachLumaEvent,
  type ConfirmedPush,
  confirmPush,
  noteAsked,
  reserveSlug,
  type SlugReservation,
} from './push-marks.js';
import { markIdReused, noteLumaCreatedAt } from './reused-id.js';
import { listRoutableCalendars } from './routing.js';
import { type FollowedChange, storeFollowed } from './store-followed.js';
import { type StoredTags, storeTags } from './store-tags.js';

/**
 * What the event handlers read and store. Each writing call is one fenced commit of the given run.
 *
 * @param erased Who is not stored as a host.
 */
export function createEventSyncStore(db: Database, erased: Pick<ErasedAddresses, 'find'> = NOBODY_ERASED) {
  return {
    find: (eventId: string) => findSyncEvent(db, eventId),
    isPushExpected: (eventId: string) => isPushExpected(db, eventId),
    findIdByLuma: (luma: { eventId: string; slug: string | null; calendarId: string }) => findEventIdByLuma(db, luma),
    listLinked: (query: Parameters<typeof listLinkedEvents>[1]) => listLinkedEvents(db, query),
    listRoutableCalendars: () => listRoutableCalendars(db),
    reserveSlug: (holder: LeaseHolder, reservation: SlugReservation) => reserveSlug(db, holder, reservation),
    attach: (holder: LeaseHolder, attached: AttachedEvent) => attachLumaEvent(db, holder, attached),
    noteAsked: (holder: LeaseHolder, note: Parameters<typeof noteAsked>[2]) => noteAsked(db, holder, note),
    confirmPush: (holder: LeaseHolder, push: ConfirmedPush) => confirmPush(db, holder, push),
    storeObservation: (holder: LeaseHolder, merged: MergedObservation) => storeObservation(db, holder, merged),
    storeFollowed: (holder: LeaseHolder, change: FollowedChange) => storeFollowed(db, holder, change, erased),
    storeTags: (holder: LeaseHolder, tags: StoredTags) => storeTags(db, holder, tags),
    import: (holder: LeaseHolder, imported: ImportedEvent) => importLumaEvent(db, holder, imported, erased),
    markSourceDeleted: (holder: LeaseHolder, gone: Parameters<typeof markSourceDeleted>[2]) =>
      markSourceDeleted(db, holder, gone),
    noteLumaCreatedAt: (holder: LeaseHolder, note: Parameters<typeof noteLumaCreatedAt>[2]) =>
      noteLumaCreatedAt(db, holder, note),
    markIdReused: (holder: LeaseHolder, reused: Parameters<typeof markIdReused>[2]) => markIdReused(db, holder, reused),
    touchChecked: (eventIds: readonly string[], at: Date) => touchChecked(db, eventIds, at),
    /** One run at a time looks for the tags of a calendar at Luma and makes those that are missing. */
    withTags: <T>(holder: LeaseHolder, calendarId: string, work: () => Promise<T>, wait?: LeaseWait) =>
      withRecordLease(db, holder, `tags:${calendarId}`, work, wait),
    /** Takes the event's own lease for the time of `work`. */
    withEvent: <T>(holder: LeaseHolder, eventId: string, work: () => Promise<T>, wait?: LeaseWait) =>
      withRecordLease(db, holder, `event:${eventId}`, work, wait),
  };
}

export type EventSyncStore = ReturnType<typeof createEventSyncStore>;
