import { describe, expect, it } from '@jest/globals';
import {
  addGuestsRequestSchema,
  createEventRequestSchema,
  listEventsQuerySchema,
  updateGuestStatusRequestSchema,
  updateWebhookRequestSchema,
} from '../index.js';

const messages = (result: {
  success: boolean;
  error?: { issues: { path: PropertyKey[]; message: string }[] } | undefined;
}) => (result.error?.issues ?? []).map((issue) => `${issue.path.join('.')}: ${issue.message}`);

describe('requests', () => {
  const create = { name: 'A', start_at: '2026-03-16T19:30:00.000Z', timezone: 'Europe/Berlin' };

  it('a field Luma does not know is a mistake of ours, and named', () => {
    expect(messages(createEventRequestSchema.safeParse({ ...create, capacity: 10 }))).toEqual([
      ': Unrecognized key: "capacity"',
    ]);
  });

  it.each([['ab'], ['x'.repeat(51)]])('a slug outside 3-50 characters is refused: %s', (slug) => {
    expect(createEventRequestSchema.safeParse({ ...create, slug }).success).toBe(false);
  });

  it('an address with an international host is taken, however many came before', () => {
    let refused = 0;
    const request = { ...create, cover_url: 'https://bücher.example/a.jpg' };
    for (let call = 0; call < 50_000; call += 1) if (!createEventRequestSchema.safeParse(request).success) refused += 1;
    expect(refused).toBe(0);
  });

  it('a missing field is worded as Luma words it', () => {
    expect(messages(addGuestsRequestSchema.safeParse({ guests: [{ email: 'a@example.org' }] }))).toEqual([
      'event_id: Invalid input: expected string, received undefined',
    ]);
  });

  it('T45 ticket and tickets exclude each other', () => {
    const body = { event_id: 'evt-A', guests: [{ email: 'a@example.org' }] };
    const ticket = { event_ticket_type_id: 'ttype-A' };
    expect(addGuestsRequestSchema.safeParse({ ...body, ticket }).success).toBe(true);
    expect(addGuestsRequestSchema.safeParse({ ...body, ticket, tickets: [ticket] }).success).toBe(false);
  });

  it.each(['session', 'invited'])('the state %s cannot be written', (status) => {
    expect(updateGuestStatusRequestSchema.safeParse({ event_id: 'e', guest_id: 'g', status }).success).toBe(false);
  });

  it('T46 a message needs a mail to be in, and at most 200 characters', () => {
    const body = { event_id: 'e', guest_id: 'g', status: 'approved' };
    expect(updateGuestStatusRequestSchema.safeParse({ ...body, message: 'hi' }).success).toBe(true);
    expect(updateGuestStatusRequestSchema.safeParse({ ...body, message: 'hi', send_email: false }).success).toBe(false);
    expect(updateGuestStatusRequestSchema.safeParse({ ...body, message: 'x'.repeat(201) }).success).toBe(false);
  });

  it('the url of a webhook cannot be changed', () => {
    expect(updateWebhookRequestSchema.safeParse({ id: 'whk-A', url: 'https://example.org' }).success).toBe(false);
  });

  it('T12 unknown query parameters are ignored, repeated keys and single ones read alike', () => {
    expect(listEventsQuerySchema.parse({ page: '2', cursor: 'x', access: 'view' })).toEqual({ access: ['view'] });
    expect(listEventsQuerySchema.parse({ access: ['manage', 'view'] }).access).toEqual(['manage', 'view']);
  });
});
