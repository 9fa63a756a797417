import { describe, expect, it } from '@jest/globals';
import { holdAgainst, lumaFacts } from '@luma-sync/luma-facts';
import {
  createEvent,
  type Json,
  openReceiver,
  openSim,
  registerWebhook,
  type TestSim,
  until,
} from '../../test/sim-for-tests.js';

/** What the document of August adds to the records of June (docs/luma-api.md). */
const LATER = ['access', 'display_price', 'guest_counts', 'registration_open', 'require_approval', 'spots_remaining'];

/** What an answer or a delivery has that the document does not allow, and what it lacks. */
function differences(part: string, value: Json): string[] {
  const shape = lumaFacts().get(part);
  if (shape === undefined) throw new Error(`the document does not have ${part}`);
  const { refusals, unknownFields } = holdAgainst(shape, value);
  return [
    ...refusals.map(({ path, message }) => `${path}: ${message}`),
    ...unknownFields.filter((field) => !LATER.some((name) => field.endsWith(name))).map((field) => `+ ${field}`),
  ];
}

async function withRecords(): Promise<{ sim: TestSim; event_id: string }> {
  const sim = await openSim();
  const event_id = await createEvent(sim, {
    description_md: 'Text',
    geo_address_json: { type: 'manual', address: 'Venue, Street 1, City' },
    coordinate: { latitude: 48.137154, longitude: 11.576124 },
  });
  sim.control.registerGuests(event_id, { guests: [{ email: 'a@example.org', name: 'First Last' }], isCheckedIn: true });
  const coupon = { event_id, code: 'HELLO', discount: { discount_type: 'percent', percent_off: 50 } };
  await sim.post('/v1/events/coupons/create', coupon);
  return { sim, event_id };
}

describe('the simulator, held against Luma’s document', () => {
  it('answers as documented', async () => {
    const { sim, event_id } = await withRecords();
    const reads: [string, Record<string, string>][] = [
      ['/v1/users/get-self', {}],
      ['/v1/calendars/get', {}],
      ['/v1/events/get', { event_id }],
      ['/v1/events/guests/get', { event_id, id: 'a@example.org' }],
      ['/v1/events/guests/list', { event_id }],
      ['/v1/events/ticket-types/list', { event_id }],
      ['/v1/events/coupons/list', { event_id }],
      ['/v1/calendars/coupons/list', {}],
      ['/v1/calendars/contacts/list', {}],
      ['/v1/webhooks/list', {}],
    ];
    for (const [path, query] of reads)
      expect([path, differences(`GET ${path} answer`, (await sim.get(path, query)).body)]).toEqual([path, []]);
  });

  it('lists events without a description, as Luma does since July 2026', async () => {
    const { sim } = await withRecords();
    expect(
      differences('GET /v1/calendars/events/list answer', (await sim.get('/v1/calendars/events/list')).body),
    ).toEqual([
      'entries[].description: Invalid input: expected string, received undefined',
      'entries[].description_md: Invalid input: expected string, received undefined',
      '+ entries[].submitted_by',
    ]);
  });

  it('delivers as documented', async () => {
    const sim = await openSim();
    const receiver = await openReceiver();
    await registerWebhook(sim, receiver.url);
    const id = await createEvent(sim, { coordinate: { latitude: 48.1, longitude: 11.5 } });
    sim.control.changeEvent(id, { name: 'Changed by a host' });
    sim.control.registerGuests(id, { count: 1 });
    sim.control.removeEvent(id, {});
    await until('six deliveries', () => receiver.received.length === 6);
    for (const { body } of receiver.received)
      expect([body.type, differences(`webhook ${body.type}`, body)]).toEqual([body.type, []]);
  });
});
