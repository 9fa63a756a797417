import { describe, expect, it } from '@jest/globals';
import { createEvent, NEW_EVENT, openSim, withCalls } from '../../test/sim-for-tests.js';

/** The older paths work on the same state as the present ones, in their own shapes and with their own names. */
describe('old paths', () => {
  it('an event made, changed and cancelled on old paths is the event of the present ones', async () => {
    const sim = await openSim();
    const { api_id } = (await sim.post('/v1/event/create', NEW_EVENT)).body;
    expect((await sim.post('/v1/event/update', { event_api_id: api_id, name: 'New' })).body).toEqual({});
    expect((await sim.get('/v1/events/get', { event_id: api_id })).body.name).toBe('New');
    const { cancellation_token } = (await sim.post('/v1/event/cancel/request', { event_api_id: api_id })).body;
    expect((await sim.post('/v1/event/cancel', { event_api_id: api_id, cancellation_token })).body).toEqual({});
    expect((await sim.get('/v1/event/get', { id: api_id })).status).toBe(403);
  });

  it('the old read wants id or api_id: the present name alone is refused', async () => {
    const sim = await openSim();
    const id = await createEvent(sim);
    expect((await sim.get('/v1/event/get', { api_id: id })).status).toBe(200);
    expect((await sim.get('/v1/event/get', { event_id: id })).body.message).toContain('event_id: Invalid input');
  });

  it('guests are added and invited, and are found by each old name', async () => {
    const sim = await openSim();
    const event_api_id = await createEvent(sim);
    expect(
      (await sim.post('/v1/event/add-guests', { event_api_id, guests: [{ email: 'a@example.org' }] })).body,
    ).toEqual({});
    await sim.post('/v1/event/send-invites', { event_api_id, guests: [{ email: 'b@example.org' }] });
    const { body } = await sim.get('/v1/event/get-guest', { event_api_id, email: 'a@example.org' });
    expect((await sim.get('/v1/event/get-guest', { event_api_id, api_id: body.guest.api_id })).body).toEqual(body);
    const { entries } = (await sim.get('/v1/event/get-guests', { event_api_id })).body;
    expect(entries.map((entry: { guest: { approval_status: string } }) => entry.guest.approval_status).sort()).toEqual([
      'approved',
      'invited',
    ]);
  });

  it('coupons, ticket types and hosts', async () => {
    const sim = await openSim();
    const event_api_id = await createEvent(sim);
    const discount = { discount_type: 'amount', cents_off: 500, currency: 'usd' };
    const { coupon } = (await sim.post('/v1/event/create-coupon', { event_api_id, code: 'OLD', discount })).body;
    expect(coupon).toMatchObject({ api_id: expect.stringMatching(/^coup-/), cents_off: 500 });
    expect((await sim.post('/v1/event/update-coupon', { event_api_id, code: 'OLD', remaining_count: 1 })).body).toEqual(
      {},
    );
    expect((await sim.get('/v1/event/coupons', { event_api_id })).body.entries).toMatchObject([
      { api_id: coupon.api_id, remaining_count: 1 },
    ]);
    const paid = { event_api_id, name: 'Paid', type: 'paid', cents: 100, currency: 'usd' };
    const { ticket_type } = (await sim.post('/v1/event/ticket-types/create', paid)).body;
    expect(ticket_type.type).toBe('fiat-price');
    expect((await sim.get('/v1/event/ticket-types/get', { id: ticket_type.api_id })).body).toEqual({ ticket_type });
    expect((await sim.post('/v1/event/hosts/create', { event_api_id, email: 'co@example.org' })).body).toEqual({});
    expect((await sim.get('/v1/event/get', { id: event_api_id })).body.hosts).toHaveLength(2);
  });

  it('events are added to a calendar and looked up there, by id or by either address', async () => {
    const sim = await openSim({
      calendars: [
        { id: 'cal-1', apiKeys: ['secret-default'] },
        { id: 'cal-2', apiKeys: ['secret-2'] },
      ],
    });
    const other = withCalls(sim, 'secret-2');
    const event_api_id = await createEvent(sim, { slug: 'our-slug' });
    expect((await other.post('/v1/calendar/add-event', { platform: 'luma', event_api_id })).body).toMatchObject({
      api_id: expect.any(String),
      status: 'approved',
    });
    for (const query of [{ event_api_id }, { url: 'https://lu.ma/our-slug' }, { url: 'https://luma.com/our-slug' }]) {
      expect((await other.get('/v1/calendar/lookup-event', query as Record<string, string>)).body.event).toEqual({
        id: event_api_id,
        api_id: event_api_id,
        status: 'approved',
      });
    }
    expect((await sim.get('/v1/entity/lookup', { slug: 'our-slug' })).body.entity.event.api_id).toBe(event_api_id);
  });

  it('webhooks are wrapped', async () => {
    const sim = await openSim();
    const made = (await sim.post('/v1/webhooks/create', { url: 'http://127.0.0.1:9/', event_types: ['guest.updated'] }))
      .body;
    expect((await sim.get('/v1/webhooks/get', { id: made.webhook.id })).body).toEqual(made);
    expect((await sim.post('/v1/webhooks/update', { id: made.webhook.id, status: 'paused' })).body.webhook.status).toBe(
      'paused',
    );
  });
});
