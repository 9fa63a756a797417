import { describe, expect, it } from '@jest/globals';
import { lumaEventSchema } from './answers/event.js';
import { lumaGuestSchema } from './answers/guest.js';
import { parseListPage } from './answers/list-page.js';
import { readSingle } from './answers/odd-record.js';
import { parseWebhook } from './webhooks/envelope.js';

const guest = { id: 'gst-1', user_email: 'Ada@Example.org', approval_status: 'approved' };
const event = {
  id: 'evt-1',
  name: 'Meetup',
  start_at: '2027-01-01T10:00:00.000Z',
  end_at: '2027-01-01T12:00:00.000Z',
  timezone: 'Europe/Berlin',
};
const page = (...entries: unknown[]) => ({ entries, has_more: false });

describe('a guest', () => {
  it.each([null, '', '  ', undefined])(
    'who signed up by phone (address %j) is a guest without an address',
    (address) => {
      const { record, odd } = readSingle(lumaGuestSchema, {
        ...guest,
        user_email: address,
        phone_number: '+491715550001',
      });
      expect(record).toMatchObject({ id: 'gst-1', user_email: null, phone_number: '+491715550001' });
      expect(odd).toBeNull();
    },
  );

  it('without an address is applied from a webhook', () => {
    const data = { ...guest, user_email: null, event: { ...event } };
    expect(parseWebhook({ type: 'guest.registered', data })).toMatchObject({
      ok: true,
      envelope: { data: { user_email: null, event: { id: 'evt-1' } } },
    });
  });

  it('keeps the answers beside one that cannot be read, and an unticked box is unticked', () => {
    const answers = [
      { question_id: 'q1', question_type: 'text', label: 'Topics', value: 'Compilers' },
      { question_id: 'q2', question_type: 'agree-check', label: 'Rules' },
      { label: 'no id' },
      { question_id: 'q3', question_type: 'text', label: 'Left empty' },
    ];
    const { record, odd } = readSingle(lumaGuestSchema, { ...guest, registration_answers: answers });
    expect(record?.registration_answers?.map(({ question_id: id, value }) => [id, value])).toEqual([
      ['q1', 'Compilers'],
      ['q2', false],
      ['q3', null],
    ]);
    expect(odd).toMatchObject({ isRead: true, notes: [{ path: 'registration_answers.2', reason: 'missing' }] });
  });

  it('keeps the tickets beside one that cannot be read; tickets of which none can be read are unknown, and not none', () => {
    const read = (event_tickets: unknown[]) => readSingle(lumaGuestSchema, { ...guest, event_tickets }).record;
    expect(read([{ id: 'tkt-1' }, { name: 'no id' }, 7])?.event_tickets).toEqual([{ id: 'tkt-1' }]);
    expect(read([{ name: 'no id' }])?.event_tickets).toBeUndefined();
    expect(read([])?.event_tickets).toEqual([]);
  });

  it('of a status that Luma added later is read', () => {
    const { record } = readSingle(lumaGuestSchema, { ...guest, approval_status: 'shortlisted' });
    expect(record?.approval_status).toBe('unknown:shortlisted');
  });

  it.each(['"a b"@example.org', '"a.b."@example.org'])('reads a guest whose address is quoted: %s', (address) => {
    const { record, odd } = readSingle(lumaGuestSchema, { ...guest, user_email: address });
    expect({ odd, email: record?.user_email }).toEqual({ odd: null, email: address });
  });

  it('with an address that is none is unreadable: it says who they are', () => {
    const { record, odd } = readSingle(lumaGuestSchema, { ...guest, user_email: 'no address' });
    expect(record).toBeNull();
    expect(odd).toMatchObject({ isRead: false, identity: { id: 'gst-1', email: null } });
  });
});

describe('an event', () => {
  it.each([
    ['max_capacity', 3_000_000_000, 2_147_483_647],
    ['max_capacity', -5, 0],
    ['end_at', '+010000-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z'],
    ['end_at', '+999999-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z'],
    ['start_at', '-000044-03-15T00:00:00Z', '0001-01-01T00:00:00.000Z'],
    ['start_at', '0000-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
  ])('whose %s is %j is read with %j, and that is noted', (field, given, read) => {
    const { record, odd } = readSingle(lumaEventSchema, { ...event, [field]: given });
    expect(record).toMatchObject({ [field]: read });
    expect(odd).toMatchObject({ isRead: true, notes: [{ path: field, reason: 'clipped' }] });
  });

  it('whose place is nowhere is read without it', () => {
    const { record, odd } = readSingle(lumaEventSchema, { ...event, coordinate: { latitude: 95, longitude: 13 } });
    expect(record?.coordinate).toBeUndefined();
    expect(odd?.notes).toEqual([{ path: 'coordinate', reason: 'out_of_range' }]);
  });

  it('with fields that are null where Luma documents none is not odd', () => {
    expect(readSingle(lumaEventSchema, { ...event, url: null, calendar_id: null, max_capacity: null }).odd).toBeNull();
  });
});

describe('a page', () => {
  it('shows what can be read, and tells who else is on it as far as that can be known', () => {
    const spoiled = { api_id: 'gst-3', guest: { user_email: 'eve@example.org', approval_status: 7 } };
    const read = parseListPage(page(guest, { id: 'gst-2', user_email: 7 }, spoiled, 'nothing', null), lumaGuestSchema);
    expect(read.entries.map(({ id }) => id)).toEqual(['gst-1']);
    expect(read.odd.map(({ isRead, identity: { id, email } }) => [isRead, id, email])).toEqual([
      [false, 'gst-2', null],
      [false, 'gst-3', 'eve@example.org'],
      [false, null, null],
      [false, null, null],
    ]);
  });

  it('tells what is known of an event that cannot be read', () => {
    const { odd } = parseListPage(page({ ...event, timezone: null }), lumaEventSchema);
    expect(odd[0]?.identity).toMatchObject({ id: 'evt-1', name: 'Meetup', startsAt: event.start_at });
  });

  it('notes hold no values', () => {
    const { odd } = parseListPage(
      page({ ...guest, user_email: 'secret', registration_answers: [{ value: 'secret' }] }),
      lumaGuestSchema,
    );
    expect(JSON.stringify(odd.map(({ notes }) => notes))).not.toContain('secret');
  });
});
