import { describe, expect, it } from '@jest/globals';
import { earnsCoupon, planGuest, slugOfUrl, toApprovalStatus, toRsvpStatus } from '@luma-sync/domain';
import {
  createEventRequestSchema,
  KNOWN_WEBHOOK_TYPES,
  listGuestsQuerySchema,
  lumaCreatedSchema,
  lumaEventSchema,
  lumaGuestSchema,
  parseWebhook,
  updateEventRequestSchema,
  updateGuestStatusRequestSchema,
} from '@luma-sync/luma-contract';
import {
  documentedCalendarEventAddedWebhook,
  documentedEvent,
  documentedEventPage,
  documentedEventWebhook,
  documentedExternalEventAddedWebhook,
  documentedGuest,
  documentedGuestPage,
  documentedTicketWebhook,
  recordedGuestWebhook,
  recordedLegacyCreated,
  recordedLegacyEvent,
  recordedLegacyEventWithPlace,
  recordedLegacyGuest,
} from '@luma-sync/testkit/luma-fixtures';
import { checkImage } from './cover/check-image.js';
import { slugOf, toImportedEventState, toObservedEventState } from './event/observe-event.js';
import { toEventChanges } from './event/to-luma.js';
import { toObservedGuest } from './guests/observe-guest.js';

/*
 * Traps of Luma's API that lie in shapes and words, by their number in docs/traps.md. The ones that lie in what happens
 * over time are tested where it happens.
 */

const event = (raw: unknown) => toObservedEventState(lumaEventSchema.parse(raw));
const guest = (raw: unknown) => toObservedGuest(lumaGuestSchema.parse(raw));
const ticket = documentedGuest.event_tickets[0];
const NEW = { name: 'Meetup', start_at: '2030-01-01T18:00:00.000Z', timezone: 'UTC' };

describe('events', () => {
  it('T18 one event reads the same from the wrapped old route and the flat present one', () => {
    expect(event(recordedLegacyEventWithPlace)).toEqual(event(documentedEvent));
  });

  it('T20 a text that a list does not carry is unknown, never emptied', () => {
    expect('description' in event(documentedEventPage.entries[0])).toBe(false);
    expect(event(documentedEvent).description).toBeNull();
  });

  it('T21 T51 what no read shows, capacity first of all, is unknown and changes nothing here', () => {
    expect('capacity' in event(documentedEvent)).toBe(false);
    expect('updated_at' in lumaEventSchema.parse(documentedEvent)).toBe(false);
    // Written under the one name Luma knows.
    expect(toEventChanges({ capacity: 30 })).toEqual({ max_capacity: 30 });
    expect(createEventRequestSchema.safeParse({ ...NEW, capacity: 30 }).success).toBe(false);
  });

  it('T22 hosts come with a single event only; empty names and missing addresses harm nobody', () => {
    expect(lumaEventSchema.parse(recordedLegacyEvent).hosts).toMatchObject([
      { id: 'usr-A', email: 'host@example.org' },
    ]);
    expect(lumaEventSchema.parse(documentedEventPage.entries[0]).hosts).toBeUndefined();
    const added = parseWebhook(documentedCalendarEventAddedWebhook);
    expect(added).toMatchObject({ ok: true, envelope: { known: true, data: { id: 'evt-A' } } });
  });

  it.each([
    ['an empty text', { description_md: '' }, { description: null }],
    ['no address', { geo_address_json: null }, { address: null }],
    ['no coordinate', { coordinate: null }, { coordinate: null }],
    ['"N/A" for an address', { geo_address_json: { address: 'N/A', full_address: 'N/A' } }, { address: null }],
  ])('T23 %s means the same wherever it comes from', (_what, shown, read) => {
    expect(event({ ...documentedEvent, ...shown })).toMatchObject(read);
  });

  it('T23 numbers written as texts, on old routes and in webhooks, are numbers', () => {
    const coordinate = { lat: 48.137154, lng: 11.576124 };
    expect(event(recordedLegacyEventWithPlace)).toMatchObject({ coordinate });
    const { coordinate: _coordinate, ...asTexts } = documentedEventWebhook.data;
    expect(event(asTexts)).toMatchObject({ coordinate });
  });

  it('T24 an end comes from end_at; a duration of 361 hours is not computed with', () => {
    expect(event(documentedEvent).endsAt).toBe('2026-03-31T20:30:00.000Z');
    expect(event({ ...documentedEvent, duration_interval: 'P0Y0M0DT1H0M0S' })).toEqual(event(documentedEvent));
  });

  it('T25 characters that Luma puts between the words of a text are no change', () => {
    const said = { ...documentedEvent, description_md: 'Bring\u200B a friend\n\n***' };
    expect(event(said).description).toBe('Bring a friend\n\n***');
    expect(event({ ...said, description_md: 'Bring a friend  \n\n***\n' })).toEqual(event(said));
  });

  it.each(['https://lu.ma/abcd1234', 'https://luma.com/abcd1234', 'https://luma.com/abcd1234?utm_source=x'])(
    'T35 %s is the address abcd1234',
    (url) => {
      expect(slugOfUrl(url)).toBe('abcd1234');
      expect(slugOf(lumaEventSchema.parse({ ...documentedEvent, url }))).toBe('abcd1234');
    },
  );

  it('T36 an entry that lives outside Luma is told by its id, without end, zone and hosts', () => {
    const parsed = parseWebhook(documentedExternalEventAddedWebhook);
    expect(parsed).toMatchObject({
      ok: true,
      envelope: { known: true, data: { id: 'calev-A', platform: 'external' } },
    });
  });

  it('T37 a moment without a zone is refused, not guessed', () => {
    expect(lumaEventSchema.safeParse({ ...documentedEvent, start_at: '2026-03-16T19:30:00' }).success).toBe(false);
    expect(event({ ...documentedEvent, start_at: '2026-03-16T20:30:00+01:00' }).startsAt).toBe(
      '2026-03-16T19:30:00.000Z',
    );
  });

  it('T38 an answer to a create holds an id and nothing else, under its old name too', () => {
    expect(lumaCreatedSchema.parse({ id: 'evt-A' }).id).toBe('evt-A');
    expect(lumaCreatedSchema.parse(recordedLegacyCreated).id).toBe('evt-A');
    expect(lumaCreatedSchema.safeParse({ event: {} }).success).toBe(false);
  });

  it('T40 an image that Luma does not take is refused by its bytes, whatever it calls itself', () => {
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="800" height="400"/>');
    expect(() => checkImage(svg)).toThrow(expect.objectContaining({ code: 'cover.unsupported_type' }));
    expect(toEventChanges({ cover: null })).toEqual({});
  });

  it('T41 an address goes out in one shape and comes back in another, and is the same', () => {
    const address = 'Venue, Street 1, City';
    expect(toEventChanges({ address }).geo_address_json).toEqual({ type: 'manual', address });
    expect(event(documentedEvent).address).toBe(address);
  });

  it('T42 whether an update may mail has a field of its own', () => {
    const body = { event_id: 'evt-A', name: 'New', suppress_notifications: true };
    expect(updateEventRequestSchema.parse(body)).toEqual(body);
  });

  it('T61 a cancellation is the plain event: no guests, no reason, no moment', () => {
    const cancelled = { type: 'event.canceled', data: documentedEventWebhook.data };
    expect(parseWebhook(cancelled)).toMatchObject({ ok: true, envelope: { known: true, type: 'event.canceled' } });
    // What may lack its event is kept unread, and harms nobody.
    expect(parseWebhook({ type: 'guest.refunded', data: {} })).toMatchObject({ ok: true, envelope: { known: false } });
    expect(parseWebhook({ ...recordedGuestWebhook, data: { ...recordedGuestWebhook.data, event: undefined } }).ok).toBe(
      true,
    );
  });
});

describe('guests', () => {
  it('T18 one guest reads the same from every route', () => {
    const digests = [documentedGuest, documentedGuestPage.entries[0], recordedLegacyGuest].map(
      (raw) => guest(raw).digest,
    );
    expect(new Set(digests).size).toBe(1);
  });

  it('T26 the address is user_email, and a name may be missing, whole or in part', () => {
    expect(guest(documentedGuest)).toMatchObject({ email: 'a@example.org', name: 'First' });
    expect(guest({ ...documentedGuest, user_name: null }).name).toBe('First Last');
    const nameless = { ...documentedGuest, user_name: null, user_first_name: '', user_last_name: null };
    expect(guest(nameless).name).toBeNull();
    // Without an address there they are a guest who signed up by phone, whatever other fields say.
    expect(
      lumaGuestSchema.parse({ ...documentedGuest, user_email: null, email: 'a@example.org' }).user_email,
    ).toBeNull();
  });

  it('T27 T28 the first check-in of any ticket is the arrival; a click on a link is none', () => {
    const event_tickets = [
      { ...ticket, id: 't1', checked_in_at: null },
      { ...ticket, id: 't2', checked_in_at: '2026-03-16T20:10:00.000Z' },
      { ...ticket, id: 't3', checked_in_at: '2026-03-16T20:05:00.000Z' },
    ];
    expect(guest({ ...documentedGuest, event_tickets }).checkedInAt).toBe('2026-03-16T20:05:00.000Z');
    const joined = { ...documentedGuest, event_tickets: [{ ...ticket, checked_in_at: null }] };
    expect(guest({ ...joined, joined_at: '2026-03-16T20:00:00.000Z' }).checkedInAt).toBeNull();
    // Nothing that is written speaks of a check-in.
    const body = { event_id: 'evt-A', guest_id: 'gst-A', status: 'approved' };
    expect(updateGuestStatusRequestSchema.safeParse({ ...body, checked_in_at: null }).success).toBe(false);
  });

  it('T29 "session" reads as going, earns nothing, is no edit of ours and is never written', () => {
    expect(toRsvpStatus('session')).toBe('going');
    expect(earnsCoupon('session')).toBe(false);
    expect(toApprovalStatus('going')).toBe('approved');
    const body = { event_id: 'evt-A', guest_id: 'gst-A', status: 'session' };
    expect(updateGuestStatusRequestSchema.safeParse(body).success).toBe(false);
    const seen = { approvalStatus: 'session', digest: 'd', at: new Date(0) };
    expect(planGuest(null, seen, 'ours')).toMatchObject({ kind: 'write', status: 'going', pushNeeded: false });
  });

  it('T30 a no that we did not write is the other side’s, for events of either source', () => {
    const base = { ours: 'going', luma: 'approved', digest: 'd' } as const;
    const link = { base, pushedRevision: 1, askedAt: new Date(0), decidedBy: 'us' } as const;
    const seen = { approvalStatus: 'declined', digest: 'd', at: new Date(86_400_000) };
    for (const revision of [1, 2]) {
      for (const status of ['going', 'waitlist'] as const) {
        expect(planGuest({ status, revision, link }, seen, 'ours')).toMatchObject({
          status: 'rejected',
          pushNeeded: false,
        });
      }
    }
  });

  it('T31 when somebody was approved is the moment it was first seen, since Luma does not tell', () => {
    const shown = lumaGuestSchema.parse(documentedGuest);
    expect(Object.keys(shown).filter((field) => /approved_at|declined_at|updated_at/.test(field))).toEqual([]);
  });

  it('T32 orders and coupons of a single read or a webhook are no change of the guest', () => {
    const { event_ticket_orders: _orders, ...listed } = documentedGuest;
    expect(guest(listed)).toEqual(guest(documentedGuest));
  });

  it('T34 the code that opens the door is not kept', () => {
    expect(documentedGuest.check_in_qr_code).toContain('pk=');
    expect(JSON.stringify(guest(documentedGuest))).not.toContain('pk=');
  });

  it('T15 a list of guests has no filter for what changed', () => {
    const asked = listGuestsQuerySchema.parse({ event_id: 'evt-A', updated_after: '2026-01-01' });
    expect(asked).toEqual({ event_id: 'evt-A' });
    expect(listGuestsQuerySchema.safeParse({ event_id: 'evt-A', sort_column: 'updated_at' }).success).toBe(false);
  });
});

describe('webhooks', () => {
  it('T53 the guest lies flat in data with the event beside it; an event is data itself', () => {
    expect(parseWebhook(recordedGuestWebhook)).toMatchObject({
      ok: true,
      envelope: { data: { id: 'gst-A', event: { id: 'evt-A' } } },
    });
    expect(parseWebhook(documentedEventWebhook)).toMatchObject({ ok: true, envelope: { data: { id: 'evt-A' } } });
    const guessed = { type: 'guest.updated', data: { event: {}, guest_id: 'gst-A', email: 'a@example.org' } };
    expect(parseWebhook(guessed)).toMatchObject({ ok: false, part: 'data' });
  });

  it('T54 a type of tomorrow is kept unread; there is one l in event.canceled, and no guest.created', () => {
    expect(KNOWN_WEBHOOK_TYPES).toContain('event.canceled');
    expect(KNOWN_WEBHOOK_TYPES).not.toContain('guest.created');
    expect(parseWebhook({ type: 'guest.checked_in', data: 7 })).toMatchObject({ ok: true, envelope: { known: false } });
    expect(parseWebhook(documentedTicketWebhook)).toMatchObject({ ok: true, envelope: { known: true } });
  });
});

describe('an imported event', () => {
  it('T23 takes the emptiest value for what Luma did not show', () => {
    const { title = '', startsAt = '', endsAt = '', timezone = '' } = event(documentedEventPage.entries[0]);
    expect(toImportedEventState({ title, startsAt, endsAt, timezone })).toMatchObject({
      description: null,
      capacity: null,
    });
  });
});
