import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openWorld, toEvent, toRsvp, type World } from './world.js';

let world: World;

beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.luma.close());

const atLuma = (name: RegExp) => {
  const found = world.luma.control.state().events.find((event) => name.test(event.name));
  if (found === undefined) throw new Error(`no event like ${name} at Luma`);
  return found;
};
const guestAtLuma = (name: RegExp, email: string) => atLuma(name).guests.find((guest) => guest.email === email);

describe('an event and its guests, both ways, through real processes', () => {
  it('what the app states appears at Luma: the event once, its guest once, and nobody is mailed', async () => {
    const put = await world.call<{ operation: { id: string } }>('PUT', '/v1/events/yoga', toEvent('Yoga'));
    expect(put.status).toBe(202);
    expect((await world.call('PUT', '/v1/events/yoga/rsvps/ada', toRsvp('Ada'))).status).toBe(202);
    await world.calm();
    expect(await world.event('yoga')).toMatchObject({
      sync: { state: 'synced' },
      luma: { eventId: atLuma(/Yoga/).id },
    });
    expect(guestAtLuma(/Yoga/, 'ada@example.org')).toMatchObject({ status: 'approved' });
    expect(world.luma.control.counters()).toMatchObject({ eventsCreated: 1, mailsLumaWouldHaveSent: { byApi: {} } });
    const operation = await world.call<{ operation: { state: string } }>(
      'GET',
      `/v1/operations/${put.body.operation.id}`,
    );
    expect(operation.body.operation.state).toBe('done');
  });

  it('what happens at Luma appears here: a registration, a check-in, a new title', async () => {
    const { id } = atLuma(/Yoga/);
    world.luma.control.registerGuests(id, { guests: [{ email: 'Bob@Example.org', name: 'Bob' }] });
    world.luma.control.changeEvent(id, { name: 'Yoga at dawn' });
    await world.calm();
    world.luma.control.changeGuest(id, 'bob@example.org', { isCheckedIn: true });
    await world.calm();
    expect((await world.event('yoga')).title).toBe('Yoga at dawn');
    const bob = (await world.rsvps('yoga')).find((rsvp) => rsvp.email === 'bob@example.org');
    expect(bob).toMatchObject({ status: 'going', checkedInAt: expect.any(String) });
  });

  it('our own push comes back as a webhook and starts nothing', async () => {
    await world.call('PUT', '/v1/events/yoga', { ...toEvent('Yoga at dusk') });
    await world.calm();
    const before = await world.event('yoga');
    for (const delivery of world.luma.control.deliveries().filter(({ type }) => type === 'event.updated')) {
      world.luma.control.redeliver({ id: delivery.id, copies: 3 });
    }
    await world.calm();
    expect(atLuma(/Yoga/).name).toBe('Yoga at dusk');
    expect(await world.event('yoga')).toMatchObject({ title: 'Yoga at dusk', revision: before.revision });
    expect(world.luma.control.counters().eventsCreated).toBe(1);
    // Old deliveries contradict what was just seen, so they may cost reads. They cost no write.
    const written = world.luma.control.log({ method: 'POST' }).filter(({ path }) => path.includes('/events/update'));
    expect(written).toHaveLength(1);
  });

  it('who declines at Luma is rejected here, and no RSVP of ours approves them again', async () => {
    world.luma.control.changeGuest(atLuma(/Yoga/).id, 'ada@example.org', { status: 'declined' });
    await world.calm();
    const status = async () => (await world.rsvps('yoga')).find((rsvp) => rsvp.personId === 'ada')?.status;
    expect(await status()).toBe('rejected');
    await world.call('PUT', '/v1/events/yoga/rsvps/ada', toRsvp('Ada', 'going'));
    await world.calm();
    expect(guestAtLuma(/Yoga/, 'ada@example.org')?.status).toBe('declined');
    expect(await status()).toBe('rejected');
  });

  it('T57 a change without a webhook is found by the drift check', async () => {
    world.luma.control.changeEvent(atLuma(/Yoga/).id, { name: 'Yoga, silently moved', silent: true });
    await world.call('POST', '/v1/drift-checks', { calendarId: world.calendarId });
    await world.calm();
    expect(await world.event('yoga')).toMatchObject({ title: 'Yoga, silently moved', sync: { state: 'drifted' } });
  });

  it('coupons go to those who hold a place, once, however often guests are pulled', async () => {
    const pool = await world.call<{ pool: { id: string } }>('POST', '/v1/coupon-pools', {
      name: 'Drinks',
      events: ['yoga'],
    });
    expect(pool.status).toBe(201);
    expect(await world.importCodes(pool.body.pool.id, ['A-1', 'A-2', 'A-3'])).toMatchObject({ imported: 3 });
    for (let pull = 0; pull < 3; pull += 1) {
      await world.call('POST', '/v1/events/yoga/guest-pulls', { assignCoupons: true, sendEmails: true });
      await world.calm();
    }
    expect(world.luma.mailbox.list().map((mail) => mail.to)).toEqual([['bob@example.org']]);
  });

  it('cancelling hides the event: private at Luma, still there, nobody mailed', async () => {
    expect((await world.call('POST', '/v1/events/yoga/cancel', { mode: 'hide' })).status).toBe(202);
    await world.calm();
    expect(atLuma(/Yoga/).visibility).toBe('private');
    expect(world.luma.control.counters()).toMatchObject({ eventsCanceled: 0, mailsLumaWouldHaveSent: { byApi: {} } });
  });
});
