import { describe, expect, it } from '@jest/globals';
import * as fixtures from '@luma-sync/testkit/luma-fixtures';
import {
  lumaCalendarSchema,
  lumaContactSchema,
  lumaCouponSchema,
  lumaCreatedSchema,
  lumaEntityLookupSchema,
  lumaErrorBodySchema,
  lumaEventSchema,
  lumaGuestSchema,
  lumaSelfSchema,
  lumaTicketTypeSchema,
  lumaWebhookSchema,
  parseListPage,
} from './index.js';

describe('recorded and documented shapes', () => {
  it('an old wrapped event with a place reads as the present flat one, apart from fields it never had', () => {
    const old = lumaEventSchema.parse(fixtures.recordedLegacyEventWithPlace);
    const present = lumaEventSchema.parse(fixtures.documentedEvent);
    const { tags, ...sharedOfOld } = old;
    expect(tags).toEqual([]);
    expect(present).toMatchObject(sharedOfOld);
    expect(old.coordinate).toEqual({ latitude: 48.137154, longitude: 11.576124 });
    expect(old.hosts?.[0]).toMatchObject({ id: 'usr-A', email: 'host@example.org', first_name: null });
  });

  it('what a shape does not carry stays unknown, and is never read as emptied', () => {
    const listed = parseListPage(fixtures.documentedEventPage, lumaEventSchema).entries[0];
    expect(listed).toBeDefined();
    for (const field of ['description', 'description_md', 'hosts', 'guest_counts', 'max_capacity']) {
      expect(listed).not.toHaveProperty(field);
    }
    const legacy = lumaEventSchema.parse(fixtures.recordedLegacyEvent);
    expect(legacy).not.toHaveProperty('location_type');
    expect(legacy.description_md).toBe('');
    expect(legacy.coordinate).toBeNull();
  });

  it('an old wrapped guest reads as the present flat one', () => {
    const old = lumaGuestSchema.parse(fixtures.recordedLegacyGuest);
    const present = lumaGuestSchema.parse(fixtures.documentedGuest);
    expect(old).toEqual(present);
    expect(old.registration_answers).toEqual([]);
    expect(old.event_tickets?.[0]?.checked_in_at).toBe('2026-03-16T19:40:00.000Z');
  });

  it('both families of lists give the same guests, and the last page says so although it has a cursor', () => {
    const old = parseListPage(fixtures.recordedLegacyGuestPage, lumaGuestSchema);
    const present = parseListPage(fixtures.documentedGuestPage, lumaGuestSchema);
    expect(old.entries[0]).toMatchObject({ ...present.entries[0] });
    expect(present).toMatchObject({ has_more: false, next_cursor: expect.any(String), odd: [] });
  });

  it.each([
    ['self', lumaSelfSchema, fixtures.recordedLegacySelf, fixtures.documentedSelf],
    ['calendar', lumaCalendarSchema, fixtures.recordedLegacyCalendar, fixtures.documentedCalendar],
    ['coupon', lumaCouponSchema, fixtures.documentedLegacyCoupon, fixtures.documentedCoupon],
    ['webhook', lumaWebhookSchema, fixtures.documentedLegacyWebhook, fixtures.documentedWebhook],
    ['ticket type', lumaTicketTypeSchema, fixtures.documentedLegacyTicketType, fixtures.documentedTicketType],
    ['created', lumaCreatedSchema, fixtures.recordedLegacyCreated, fixtures.documentedCreated],
  ])('%s: old and present shapes give the same record', (_name, schema, old, present) => {
    expect(schema.parse(old)).toEqual(schema.parse(present));
  });

  it('an old contact keeps its own id beside its person', () => {
    const contact = { api_id: 'cm-1', email: 'A@Example.org ', user: { api_id: 'usr-1', name: '' } };
    expect(lumaContactSchema.parse(contact)).toEqual({
      id: 'cm-1',
      user_id: 'usr-1',
      email: 'a@example.org',
      name: null,
    });
  });

  it.each([
    fixtures.recordedNoAccess,
    fixtures.recordedNoKey,
    fixtures.recordedBadKey,
    fixtures.recordedInvalidRequest,
  ])('error bodies are read: $status', ({ body }) => {
    expect(lumaErrorBodySchema.parse(body).message).toBe(body.message);
  });
});

describe('tolerance', () => {
  const event = fixtures.documentedEvent;

  it('an enum value nobody told us about is kept and marked', () => {
    expect(lumaGuestSchema.parse({ ...fixtures.documentedGuest, approval_status: 'on_hold' }).approval_status).toBe(
      'unknown:on_hold',
    );
    expect(lumaEventSchema.parse({ ...event, visibility: 'unlisted' }).visibility).toBe('unknown:unlisted');
  });

  it('unknown fields pass, and an unreadable optional field is unknown, not fatal', () => {
    const read = lumaEventSchema.parse({
      ...event,
      series: { a: 1 },
      coordinate: { latitude: 'x' },
      created_at: '2026-03-16',
    });
    expect(read.id).toBe('evt-A');
    expect(read.coordinate).toBeUndefined();
    expect(read.created_at).toBeUndefined();
  });

  it.each(['id', 'name', 'start_at', 'end_at', 'timezone'])('an event without %s is refused', (field) => {
    expect(lumaEventSchema.safeParse({ ...event, [field]: undefined }).success).toBe(false);
  });

  it('a time without a zone is refused, an offset is turned into UTC', () => {
    expect(lumaEventSchema.safeParse({ ...event, start_at: '2026-03-16T19:30:00' }).success).toBe(false);
    expect(lumaEventSchema.parse({ ...event, start_at: '2026-03-16T21:30:00+02:00' }).start_at).toBe(
      '2026-03-16T19:30:00.000Z',
    );
  });

  it('"N/A" and "" in an address are nothing', () => {
    const read = lumaEventSchema.parse({ ...event, geo_address_json: { address: 'N/A', city: '', region: 'R' } });
    expect(read.geo_address_json).toEqual({ address: null, city: null, region: 'R' });
  });

  it('one unreadable entry harms only itself, and the page says which', () => {
    const page = parseListPage(
      { entries: [fixtures.documentedGuest, { id: 'gst-B', user_email: 'b@example.org' }], has_more: false },
      lumaGuestSchema,
    );
    expect(page.entries.map((guest) => guest.id)).toEqual(['gst-A']);
    expect(page.odd).toMatchObject([
      { isRead: false, identity: { id: 'gst-B', email: 'b@example.org' }, notes: [{ path: 'approval_status' }] },
    ]);
  });

  it('an entity of a new kind is no error', () => {
    expect(lumaEntityLookupSchema.parse({ entity: { type: 'series', series: {} } }).entity?.type).toBe(
      'unknown:series',
    );
    expect(lumaEntityLookupSchema.parse({ entity: null }).entity).toBeNull();
    expect(lumaEntityLookupSchema.parse({ entity: { type: 'event', event: { api_id: 'evt-9' } } }).entity).toEqual({
      type: 'event',
      event: { id: 'evt-9' },
    });
  });

  it('an event of type "event" without an id is not mistaken for a new kind of entity', () => {
    expect(lumaEntityLookupSchema.safeParse({ entity: { type: 'event', event: {} } }).success).toBe(false);
  });
});
