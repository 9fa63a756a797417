import type { Base, EventState } from '@luma-sync/domain';
import { toEventState } from '@luma-sync/domain';
import type { DueRsvp, SyncEvent, SyncEventLink } from '@luma-sync/store';

/** An approved event of the app, at revision 1. */
export function anEvent(change: Partial<SyncEvent> = {}): SyncEvent {
  return {
    id: '00000000-0000-4000-8000-00000000000a',
    externalId: 'app-1',
    source: 'app',
    ownership: 'created',
    approval: 'approved',
    calendarId: null,
    revision: 1,
    title: 'Meetup',
    descriptionMd: 'Hello',
    startsAt: new Date('2030-03-16T19:30:00.000Z'),
    endsAt: new Date('2030-03-16T21:30:00.000Z'),
    timezone: 'Europe/Berlin',
    locationName: null,
    locationAddress: 'Street 1',
    locationLat: 48.1,
    locationLng: 11.5,
    meetingUrl: null,
    visibility: 'public',
    capacity: 40,
    coverUrl: null,
    url: 'https://luma.com/meetup-1',
    tags: [],
    ...change,
  };
}

/** Both sides agree on this event; Luma shows all of it but the capacity. */
export function agreedOn(event: SyncEvent): Base<EventState> {
  const { capacity: _, ...luma } = toEventState(event);
  return { ours: toEventState(event), luma };
}

/** A link of an event that was pushed and read back. */
export function aLink(change: Partial<SyncEventLink> = {}): SyncEventLink {
  return {
    calendarId: '00000000-0000-4000-8000-0000000000ca',
    lumaEventId: 'evt-1',
    slug: 'meetup-1',
    lumaCreatedAt: null,
    createAskedAt: new Date('2030-01-01T00:00:00.000Z'),
    pushedRevision: 1,
    base: agreedOn(anEvent()),
    observedAt: new Date('2030-01-01T00:00:00.000Z'),
    state: 'synced',
    ...change,
  };
}

/** Somebody who said yes, never sent to Luma. */
export function aDueRsvp(change: Partial<DueRsvp> = {}): DueRsvp {
  return {
    rsvpId: '00000000-0000-4000-8000-00000000000b',
    personId: '00000000-0000-4000-8000-00000000000c',
    email: 'a@example.org',
    name: 'A',
    status: 'going',
    revision: 1,
    lumaGuestId: null,
    base: null,
    pushedRevision: 0,
    askedAt: null,
    askedRevision: 0,
    askedEmail: null,
    acceptedAt: null,
    mayArrive: false,
    confirmTries: 0,
    state: 'pending_push',
    decidedBy: 'unknown',
    ...change,
  };
}
