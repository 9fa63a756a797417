import { describe, expect, it } from '@jest/globals';
import * as contract from '@luma-sync/luma-contract';
import * as fixtures from '@luma-sync/testkit/luma-fixtures';
import { createEvent, type Json, openSim, type TestSim } from '../../test/sim-for-tests.js';

/**
 * The recorded shapes judge the simulator: the same keys, null where they were null, strings where they were strings.
 */

const keys = (value: object) => Object.keys(value).sort();

/** Every type seen in the recording must be the simulator's too; null stands for "may be null". */
function expectSameShape(actual: Json, recorded: Json, path = '$'): void {
  if (recorded === null || actual === null) return;
  if (Array.isArray(recorded)) {
    expect([path, Array.isArray(actual)]).toEqual([path, true]);
    if (recorded[0] !== undefined && actual[0] !== undefined) expectSameShape(actual[0], recorded[0], `${path}[0]`);
  } else if (typeof recorded === 'object') {
    expect([path, keys(actual)]).toEqual([path, keys(recorded)]);
    for (const key of Object.keys(recorded)) expectSameShape(actual[key], recorded[key], `${path}.${key}`);
  } else expect([path, typeof actual]).toEqual([path, typeof recorded]);
}

async function withGuest(): Promise<{ sim: TestSim; id: string }> {
  const sim = await openSim();
  const id = await createEvent(sim, {
    description_md: 'Text',
    geo_address_json: { type: 'manual', address: 'Venue, Street 1, City' },
    coordinate: { latitude: 48.137154, longitude: 11.576124 },
  });
  sim.control.registerGuests(id, { guests: [{ email: 'a@example.org', name: 'First Last' }], isCheckedIn: true });
  return { sim, id };
}

describe('shapes against the recordings', () => {
  it('present events: get, list', async () => {
    const { sim, id } = await withGuest();
    expectSameShape((await sim.get('/v1/events/get', { event_id: id })).body, fixtures.documentedEvent);
    expectSameShape((await sim.get('/v1/calendars/events/list')).body, fixtures.documentedEventPage);
  });

  it('old events: get, list; also under /public', async () => {
    const { sim, id } = await withGuest();
    expectSameShape((await sim.get('/v1/event/get', { id })).body, fixtures.recordedLegacyEventWithPlace);
    expectSameShape(
      (await sim.get('/public/v1/event/get', { api_id: id })).body,
      fixtures.recordedLegacyEventWithPlace,
    );
    expectSameShape((await sim.get('/v1/calendar/list-events')).body, fixtures.recordedLegacyEventPage);
  });

  it('present guests: get, list', async () => {
    const { sim, id } = await withGuest();
    expectSameShape(
      (await sim.get('/v1/events/guests/get', { event_id: id, id: 'a@example.org' })).body,
      fixtures.documentedGuest,
    );
    expectSameShape((await sim.get('/v1/events/guests/list', { event_id: id })).body, fixtures.documentedGuestPage);
  });

  it('old guests: get, list', async () => {
    const { sim, id } = await withGuest();
    const old = await sim.get('/v1/event/get-guest', { event_id: id, email: 'a@example.org' });
    expectSameShape(old.body, fixtures.recordedLegacyGuest);
    expectSameShape(
      (await sim.get('/v1/event/get-guests', { event_api_id: id })).body,
      fixtures.recordedLegacyGuestPage,
    );
  });

  it('both families tell the same story, read through the contract', async () => {
    const { sim, id } = await withGuest();
    const present = contract.lumaEventSchema.parse((await sim.get('/v1/events/get', { event_id: id })).body);
    const old = contract.lumaEventSchema.parse((await sim.get('/v1/event/get', { id })).body);
    const { tags: _tags, ...shared } = old;
    expect(present).toMatchObject(shared);
    const guest = { event_id: id, id: 'a@example.org' };
    expect(contract.lumaGuestSchema.parse((await sim.get('/v1/event/get-guest', guest)).body)).toEqual(
      contract.lumaGuestSchema.parse((await sim.get('/v1/events/guests/get', guest)).body),
    );
  });

  it('calendar, self, coupon, ticket type, webhook: present and old', async () => {
    const { sim, id } = await withGuest();
    expectSameShape((await sim.get('/v1/users/get-self')).body, fixtures.documentedSelf);
    expectSameShape((await sim.get('/v1/user/get-self')).body, fixtures.recordedLegacySelf);
    expectSameShape((await sim.get('/v1/calendars/get')).body, fixtures.documentedCalendar);
    expectSameShape((await sim.get('/v1/calendar/get')).body, fixtures.recordedLegacyCalendar);
    const coupon = { event_id: id, code: 'HELLO', discount: { discount_type: 'percent', percent_off: 50 } };
    expectSameShape((await sim.post('/v1/events/coupons/create', coupon)).body, fixtures.documentedCoupon);
    const types = (await sim.get('/v1/events/ticket-types/list', { event_id: id })).body;
    expectSameShape(types.entries[0], fixtures.documentedTicketType);
    const oldTypes = (await sim.get('/v1/event/ticket-types/list', { event_id: id })).body;
    expect(contract.parseListPage(oldTypes, contract.lumaTicketTypeSchema).entries).toEqual(
      contract.parseListPage(types, contract.lumaTicketTypeSchema).entries,
    );
    const webhook = { url: 'http://127.0.0.1:9/hook', event_types: ['*'] };
    expectSameShape((await sim.post('/v2/webhooks/create', webhook)).body, fixtures.documentedWebhook);
    expectSameShape((await sim.post('/v1/webhooks/create', webhook)).body, fixtures.documentedLegacyWebhook);
  });

  it('an event without text says "", without a place null, and its duration is not normalised', async () => {
    const sim = await openSim();
    const id = await createEvent(sim, { end_at: '2026-03-31T20:30:00.000Z' });
    expect((await sim.get('/v1/events/get', { event_id: id })).body).toMatchObject({
      description: '',
      description_md: '',
      geo_address_json: null,
      duration_interval: 'P0Y0M0DT361H0M0S',
    });
  });

  it('capacity is not told, unless switched on', async () => {
    const sim = await openSim();
    const id = await createEvent(sim, { max_capacity: 10 });
    const read = async () => (await sim.get('/v1/events/get', { event_id: id })).body;
    expect(await read()).not.toHaveProperty('max_capacity');
    expect(await read()).toHaveProperty('spots_remaining', 10);
    sim.control.changeSettings({ events: { hasCapacity: true } });
    expect(await read()).toHaveProperty('max_capacity', 10);
  });
});
