import { describe, expect, it } from '@jest/globals';
import { lumaGuestSchema } from '@luma-sync/luma-contract';
import {
  documentedGuest,
  documentedGuestPage,
  recordedGuestWebhook,
  recordedLegacyGuest,
  recordedLegacyGuestPage,
} from '@luma-sync/testkit/luma-fixtures';
import { toObservedGuest } from './observe-guest.js';

const observe = (raw: unknown) => toObservedGuest(lumaGuestSchema.parse(raw));
const ticket = documentedGuest.event_tickets[0];

describe('a guest as Luma shows them', () => {
  it('is read into the words of our tables', () => {
    const { digest, address, ...guest } = observe(documentedGuest);
    expect(guest).toEqual({
      lumaGuestId: 'gst-A',
      email: 'a@example.org',
      approvalStatus: 'approved',
      name: 'First',
      phone: null,
      kind: 'Standard',
      checkedInAt: '2026-03-16T19:40:00.000Z',
      tickets: [{ id: 'eventticket-A', name: 'Standard', checkedInAt: '2026-03-16T19:40:00.000Z' }],
      answers: [],
      registeredAt: documentedGuest.registered_at,
    });
    expect(digest).toMatch(/^[\w-]{22}$/);
    expect(address).toMatch(/^[\w-]{22}$/);
  });

  it('is the same guest on every route, so that a look by another one is no news', () => {
    const digests = [
      documentedGuest,
      documentedGuestPage.entries[0],
      recordedLegacyGuest,
      recordedLegacyGuestPage.entries[0],
    ].map((raw) => observe(raw).digest);
    expect(new Set(digests).size).toBe(1);
  });

  it('never holds what opens the door', () => {
    expect(JSON.stringify(observe(documentedGuest))).not.toContain('REDACTED');
    expect(JSON.stringify(observe(recordedGuestWebhook.data))).not.toContain('pk=');
  });

  it('has the arrival of its earliest ticket', () => {
    const event_tickets = [
      { ...ticket, id: 't1', checked_in_at: '2026-03-16T20:00:00.000+01:00' },
      { ...ticket, id: 't2', checked_in_at: null },
      { ...ticket, id: 't3', checked_in_at: '2026-03-16T19:30:00.000Z' },
    ];
    expect(observe({ ...documentedGuest, event_tickets }).checkedInAt).toBe('2026-03-16T19:00:00.000Z');
    expect(observe({ ...documentedGuest, event_tickets: [] })).toMatchObject({
      checkedInAt: null,
      kind: null,
      tickets: [],
    });
  });

  it('leaves tickets unknown where Luma shows none', () => {
    expect(observe({ ...documentedGuest, event_tickets: undefined })).toMatchObject({
      checkedInAt: undefined,
      kind: undefined,
      tickets: undefined,
    });
  });

  it.each([
    [{ user_name: null }, 'First Last'],
    [{ user_name: '', user_last_name: null }, 'First'],
    [{ user_name: null, user_first_name: null, user_last_name: null }, null],
  ])('is called %j: %s', (change, name) => {
    expect(observe({ ...documentedGuest, ...change }).name).toBe(name);
  });

  it.each([
    ['+49 (89) 123-45.67', '+49891234567'],
    ['089 1234567', null],
    ['+0123456789', null],
    ['+12345', null],
    ['', null],
    [null, null],
  ])('has the phone %j: %s', (phone_number, phone) => {
    expect(observe({ ...documentedGuest, phone_number }).phone).toBe(phone);
  });

  it.each([
    ['a name', { user_name: 'Other' }],
    ['a phone', { phone_number: '+49891234567' }],
    ['a check-in', { event_tickets: [{ ...ticket, checked_in_at: null }] }],
    ['an answer', { registration_answers: [{ question_id: 'q', value: 'x' }] }],
  ])('differs by %s', (_, change) => {
    expect(observe({ ...documentedGuest, ...change }).digest).not.toBe(observe(documentedGuest).digest);
  });

  it('is the same by digest whatever its status', () => {
    expect(observe({ ...documentedGuest, approval_status: 'declined' }).digest).toBe(observe(documentedGuest).digest);
  });
});
