import { describe, expect, it } from '@jest/globals';
import * as fixtures from '@luma-sync/testkit/luma-fixtures';
import fc from 'fast-check';
import * as contract from '../index.js';
import { parseWebhook } from './envelope.js';

function read(raw: unknown) {
  const parsed = parseWebhook(raw);
  if (!parsed.ok) throw new Error(`not read: ${parsed.fields.join(' ')}`);
  return parsed.envelope;
}

describe('webhook envelopes', () => {
  it('a guest lies flat in data, the event nested beside it', () => {
    const envelope = read(fixtures.recordedGuestWebhook);
    if (!envelope.known || envelope.type !== 'guest.updated') throw new Error('wrong type');
    expect(envelope.data).toMatchObject({
      id: 'gst-A',
      user_email: 'a@example.org',
      approval_status: 'pending_approval',
      event_id: 'evt-A',
      event: { id: 'evt-A', timezone: 'Europe/Berlin' },
    });
    expect(envelope.data.registration_answers).toHaveLength(3);
    expect(envelope.data.event_ticket_orders?.[0]?.coupon_info).toMatchObject({ id: 'coup-A', code: 'HELLO' });
  });

  it('a ticket delivery names its one ticket', () => {
    const envelope = read(fixtures.documentedTicketWebhook);
    if (!envelope.known || envelope.type !== 'ticket.registered') throw new Error('wrong type');
    expect(envelope.data).toMatchObject({ id: 'gst-A', event_id: 'evt-A', event_ticket: { id: 'eventticket-A' } });
    expect(envelope.data.event_tickets).toHaveLength(1);
  });

  it('an event lies in data itself, and has neither hosts nor counts', () => {
    const envelope = read(fixtures.documentedEventWebhook);
    if (!envelope.known || envelope.type !== 'event.created') throw new Error('wrong type');
    expect(envelope.data).toMatchObject({ id: 'evt-A', coordinate: { latitude: 48.137154, longitude: 11.576124 } });
    expect(envelope.data).not.toHaveProperty('hosts');
  });

  it('calendar deliveries are read: an event of ours, an external one, a person', () => {
    expect(read(fixtures.documentedCalendarEventAddedWebhook)).toMatchObject({
      data: { id: 'evt-A', platform: 'luma' },
    });
    expect(read(fixtures.documentedExternalEventAddedWebhook)).toMatchObject({ data: { id: 'calev-A', end_at: null } });
    expect(read(fixtures.documentedPersonSubscribedWebhook)).toMatchObject({ data: { email: 'a@example.org' } });
  });

  it('a guest whose event is missing or unreadable is still read, with the event id when there is one', () => {
    const { event: _event, ...data } = fixtures.recordedGuestWebhook.data;
    expect(read({ type: 'guest.updated', data })).toMatchObject({ data: { id: 'gst-A' } });
    const envelope = read({ type: 'guest.updated', data: { ...data, event: { id: 'evt-A', name: 5 } } });
    expect(envelope.data).toMatchObject({ event_id: 'evt-A' });
    expect((envelope.data as { event?: unknown }).event).toBeUndefined();
  });

  it.each(['guest.refunded', 'calendar.event.submitted', 'toString', '__proto__'])(
    'an unknown type is kept: %s',
    (type) => {
      expect(read({ type, data: { anything: 1 } })).toEqual({ known: false, type, data: { anything: 1 } });
    },
  );

  it('the shapes other integrations guessed are not read as guests', () => {
    const guest = fixtures.recordedLegacyGuest.guest;
    expect(parseWebhook({ type: 'guest.updated', data: { event: { id: 'evt-A' }, rsvp: guest } })).toMatchObject({
      ok: false,
      part: 'data',
      type: 'guest.updated',
      fields: expect.arrayContaining(['id', 'approval_status']),
    });
  });

  it('what has no type is no webhook, and nothing ever throws', () => {
    expect(parseWebhook({ data: {} })).toMatchObject({ ok: false, part: 'body', type: null });
    fc.assert(fc.property(fc.jsonValue(), (junk) => void parseWebhook(junk)));
    fc.assert(
      fc.property(
        fc.constantFrom(...contract.KNOWN_WEBHOOK_TYPES),
        fc.jsonValue(),
        (type, data) => void parseWebhook({ type, data }),
      ),
    );
  });
});
