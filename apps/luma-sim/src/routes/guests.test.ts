import { describe, expect, it } from '@jest/globals';
import { createEvent, type Json, openSim, type TestSim } from '../../test/sim-for-tests.js';
import { ManualClock } from '../clock.js';

const add = (sim: TestSim, event_id: string, email: string, over: object = {}) =>
  sim.post('/v1/events/guests/add', { event_id, guests: [{ email, name: 'Ann Example' }], ...over });
const find = (sim: TestSim, event_id: string, id: string) => sim.get('/v1/events/guests/get', { event_id, id });
const mails = (sim: TestSim) => sim.control.counters().mailsLumaWouldHaveSent.byApi;

describe('guests', () => {
  it('added guests are accepted at once and readable later', async () => {
    const clock = new ManualClock();
    const sim = await openSim({ clock, settings: { guests: { addDelayMinMs: 1_000, addDelayMaxMs: 2_000 } } });
    const id = await createEvent(sim);
    expect(await add(sim, id, 'a@example.org')).toMatchObject({ status: 200, body: {} });
    expect((await find(sim, id, 'a@example.org')).status).toBe(404);
    clock.advance(2_000);
    const guest = await find(sim, id, 'a@example.org');
    expect(guest).toMatchObject({ status: 200, body: { approval_status: 'approved', user_name: 'Ann Example' } });
    expect(guest.body.event_tickets).toHaveLength(1);
  });

  it('adding mails by default, not when told not to, and says who is passed over where that is switched on', async () => {
    const sim = await openSim();
    const id = await createEvent(sim);
    await add(sim, id, 'a@example.org', { send_email: false });
    expect(mails(sim)).toEqual({});
    await add(sim, id, 'b@example.org');
    expect(mails(sim)).toEqual({ 'guest-added': 1 });
    sim.control.changeSettings({ guests: { addAnswer: 'skipped', skippedEmails: ['c@example.org'] } });
    expect((await add(sim, id, 'c@example.org')).body).toEqual({ skipped: [{ email: 'c@example.org' }] });
    expect((await find(sim, id, 'c@example.org')).status).toBe(404);
  });

  it.each([
    [true, 2],
    [false, 1],
  ])('adding again keeps state and answers; ticket again: %s', async (doesRepeatIssueTicket, tickets) => {
    const sim = await openSim();
    sim.control.changeSettings({ guests: { doesRepeatIssueTicket } });
    const id = await createEvent(sim);
    const answers = (value: string) => ({
      guests: [{ email: 'a@example.org', registration_answers: [{ question_id: 'q1', value }] }],
      send_email: false,
    });
    await sim.post('/v1/events/guests/add', { event_id: id, ...answers('first'), approval_status: 'waitlist' });
    await sim.post('/v1/events/guests/add', { event_id: id, ...answers('second') });
    const { body } = await find(sim, id, 'a@example.org');
    expect(body.registration_answers[0].value).toBe('first');
    expect(body.approval_status).toBe('waitlist');
    expect(body.event_tickets).toHaveLength(tickets);
    expect(sim.control.state().events[0]?.guests[0]?.adds).toBe(2);
  });

  it('whether a repeated add mails again is a switch', async () => {
    const sim = await openSim();
    const id = await createEvent(sim);
    await add(sim, id, 'a@example.org');
    await add(sim, id, 'a@example.org');
    expect(mails(sim)).toEqual({ 'guest-added': 2 });
    sim.control.changeSettings({ guests: { doesRepeatMail: false } });
    await add(sim, id, 'a@example.org');
    expect(mails(sim)).toEqual({ 'guest-added': 2 });
  });

  it('adding someone who declined brings them back: a client that does not look first is caught at it', async () => {
    const sim = await openSim();
    const id = await createEvent(sim);
    sim.control.registerGuests(id, { guests: [{ email: 'a@example.org' }] });
    sim.control.changeGuest(id, 'a@example.org', { status: 'declined' });
    expect((await find(sim, id, 'a@example.org')).body).toMatchObject({
      approval_status: 'declined',
      event_tickets: [],
    });
    await add(sim, id, 'a@example.org');
    expect((await find(sim, id, 'a@example.org')).body.approval_status).toBe('approved');
  });

  it('case of addresses: one guest where Luma lower-cases, two where it does not, and the second shows as duplicate', async () => {
    const sim = await openSim();
    const id = await createEvent(sim);
    await add(sim, id, 'Ann@Example.org');
    await add(sim, id, 'ann@example.org');
    expect(sim.control.counters()).toMatchObject({ guests: 1, duplicates: { guests: [] } });
    sim.control.changeSettings({ guests: { emailCase: 'keep' } });
    await add(sim, id, 'ANN@example.org');
    expect((await find(sim, id, 'Ann@example.org')).status).toBe(404);
    expect(sim.control.counters().duplicates.guests).toEqual([{ eventId: id, email: 'ann@example.org', count: 2 }]);
  });

  it('a guest is found by id, guest key, ticket and address, and a bare + in an address is a space', async () => {
    const sim = await openSim();
    const id = await createEvent(sim);
    await add(sim, id, 'a+b@example.org');
    const { body } = await find(sim, id, 'a+b@example.org');
    const key = new URL(body.check_in_qr_code).searchParams.get('pk') ?? '';
    for (const identifier of [body.id, key, body.event_tickets[0].id])
      expect((await find(sim, id, identifier)).body.id).toBe(body.id);
    const headers = { 'x-luma-api-key': 'secret-default' };
    const bare = await fetch(`${sim.url}/v1/events/guests/get?event_id=${id}&id=a+b@example.org`, { headers });
    expect(bare.status).toBe(404);
  });

  it('a status is written on both paths, mails each time unless told not to, and check-in cannot be written', async () => {
    const sim = await openSim();
    const id = await createEvent(sim);
    await add(sim, id, 'a@example.org', { send_email: false, approval_status: 'pending_approval' });
    const guest_id = (await find(sim, id, 'a@example.org')).body.id;
    const write = (body: object) => sim.post('/v1/events/guests/update-status', { event_id: id, guest_id, ...body });
    expect((await write({ status: 'approved', send_email: false })).status).toBe(200);
    expect(mails(sim)).toEqual({});
    await write({ status: 'approved' });
    await write({ status: 'approved', message: 'Welcome' });
    expect(mails(sim)).toEqual({ 'guest-status': 2 });
    expect((await write({ status: 'session' })).status).toBe(400);
    expect((await write({ status: 'approved', message: 'x', send_email: false })).status).toBe(400);
    expect((await write({ status: 'approved', checked_in_at: '2026-01-01T00:00:00Z' })).status).toBe(400);
    expect(
      (await sim.post('/v1/events/guests/update-status', { event_id: id, guest_id: 'gst-none', status: 'approved' }))
        .status,
    ).toBe(404);

    const old = (status: string) =>
      sim.post('/v1/event/update-guest-status', {
        event_api_id: id,
        guest: { type: 'email', email: 'a@example.org' },
        status,
      });
    expect((await old('declined')).status).toBe(200);
    expect((await old('waitlist')).status).toBe(400);
    expect((await find(sim, id, guest_id)).body).toMatchObject({ approval_status: 'declined', event_tickets: [] });
  });

  it('ticket and tickets exclude each other, and a ticket of another event is refused', async () => {
    const sim = await openSim();
    const id = await createEvent(sim);
    const ticket = {
      event_ticket_type_id: (await sim.get('/v1/events/ticket-types/list', { event_id: id })).body.entries[0].id,
    };
    expect((await add(sim, id, 'a@example.org', { tickets: [ticket, ticket] })).status).toBe(200);
    expect((await find(sim, id, 'a@example.org')).body.event_tickets).toHaveLength(2);
    expect((await add(sim, id, 'b@example.org', { ticket, tickets: [ticket] })).status).toBe(400);
    expect((await add(sim, id, 'b@example.org', { ticket: { event_ticket_type_id: 'ttype-none' } })).status).toBe(400);
  });

  it('an invitation makes a guest without ticket, and mails', async () => {
    const sim = await openSim();
    const id = await createEvent(sim);
    await sim.post('/v1/events/guests/send-invites', { event_id: id, guests: [{ email: 'a@example.org' }] });
    expect((await find(sim, id, 'a@example.org')).body).toMatchObject({
      approval_status: 'invited',
      registered_at: null,
      event_tickets: [],
    });
    expect(mails(sim)).toEqual({ invite: 1 });
  });

  it('lists filter by status and carry no orders', async () => {
    const sim = await openSim();
    const id = await createEvent(sim);
    sim.control.registerGuests(id, { count: 2 });
    sim.control.registerGuests(id, { count: 3, emailPrefix: 'invited', status: 'invited' });
    const { body } = await sim.get('/v1/events/guests/list', { event_id: id, approval_status: 'invited' });
    expect(body.entries).toHaveLength(3);
    expect(body.entries.every((guest: Json) => !('event_ticket_orders' in guest))).toBe(true);
    expect((await sim.get('/v1/events/guests/list', { event_id: id, approval_status: 'confirmed' })).status).toBe(400);
  });

  it('contacts are the guests of all events, counted', async () => {
    const sim = await openSim();
    for (const start_at of ['2026-03-01T10:00:00.000Z', '2026-03-02T10:00:00.000Z']) {
      sim.control.registerGuests(await createEvent(sim, { start_at }), {
        guests: [{ email: 'a@example.org', name: 'Ann' }],
        isCheckedIn: true,
      });
    }
    const { body } = await sim.get('/v1/calendars/contacts/list');
    expect(body.entries).toMatchObject([
      { email: 'a@example.org', event_approved_count: 2, event_checked_in_count: 2 },
    ]);
    const old = (await sim.get('/v1/calendar/list-people')).body.entries[0];
    expect(old).toMatchObject({ api_id: body.entries[0].id, user: { name: 'Ann' } });
  });
});

describe('coupons', () => {
  it('T50 codes are unique whatever their case, terms cannot change, and a top-level discount is refused', async () => {
    const sim = await openSim();
    const discount = { discount_type: 'percent', percent_off: 50 };
    const create = (body: object) => sim.post('/v1/calendars/coupons/create', body);
    expect((await create({ code: 'HELLO', discount, remaining_count: 5 })).body).toMatchObject({
      code: 'HELLO',
      percent_off: 50,
    });
    expect((await create({ code: 'hello', discount })).status).toBe(400);
    expect((await create({ code: 'x'.repeat(21), discount })).status).toBe(400);
    expect((await create({ code: 'TOP', percent_off: 50 })).status).toBe(400);
    expect((await create({ code: 'CENTS', discount: { discount_type: 'cents', cents_off: 5 } })).status).toBe(400);
    expect((await sim.post('/v1/calendars/coupons/update', { code: 'Hello', remaining_count: 3 })).body).toEqual({});
    expect((await sim.post('/v1/calendars/coupons/update', { code: 'HELLO', discount })).status).toBe(400);
    expect((await sim.get('/v1/calendars/coupons/list')).body.entries).toMatchObject([
      { code: 'HELLO', remaining_count: 3 },
    ]);
  });
});
