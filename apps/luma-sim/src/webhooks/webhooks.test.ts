import { describe, expect, it } from '@jest/globals';
import { parseWebhook, verifyWebhook } from '@luma-sync/luma-contract';
import { createEvent, openReceiver, openSim, type Received, registerWebhook, until } from '../../test/sim-for-tests.js';
import { ManualClock } from '../clock.js';

const typesOf = (received: Received[]) => received.map(({ body }) => body.type);
const header = (one: Received | undefined, name: string) => String(one?.headers[name]);

describe('webhooks', () => {
  it('deliveries are signed over their bytes with the whole secret, and readable by the contract', async () => {
    const sim = await openSim();
    const receiver = await openReceiver();
    const { secret } = await registerWebhook(sim, receiver.url);
    const id = await createEvent(sim, { coordinate: { latitude: 48.1, longitude: 11.5 } });
    sim.control.registerGuests(id, { count: 1, tickets: 2 });
    await until('five deliveries', () => receiver.received.length === 5);
    for (const { headers, rawBody, body } of receiver.received) {
      const verified = verifyWebhook({
        secrets: [secret],
        header: String(headers['webhook-signature']),
        rawBody,
        nowSeconds: Date.now() / 1_000,
        toleranceSeconds: 300,
      });
      expect(verified).toMatchObject({ ok: true, timestampSeconds: Number(headers['webhook-timestamp']) });
      expect(parseWebhook(body)).toMatchObject({ ok: true, envelope: { known: true } });
    }
    expect(new Set(receiver.received.map((one) => one.headers['webhook-id'])).size).toBe(5);
  });

  it('a registration is told three ways, one of them per ticket; the event is nested, the guest flat', async () => {
    const sim = await openSim();
    const receiver = await openReceiver();
    const id = await createEvent(sim);
    await registerWebhook(sim, receiver.url);
    sim.control.registerGuests(id, { guests: [{ email: 'a@example.org' }], tickets: 3 });
    await until('five deliveries', () => receiver.received.length === 5);
    expect(typesOf(receiver.received).sort()).toEqual([
      'guest.registered',
      'guest.updated',
      ...Array(3).fill('ticket.registered'),
    ]);
    const { data } = receiver.received.find(({ body }) => body.type === 'ticket.registered')?.body ?? {};
    expect(data).toMatchObject({
      user_email: 'a@example.org',
      event: { id },
      event_ticket: { id: expect.stringMatching(/^tkt-/) },
    });
  });

  it('event deliveries carry text, tags and geo strings, and neither hosts nor counts', async () => {
    const sim = await openSim();
    const receiver = await openReceiver();
    await registerWebhook(sim, receiver.url, ['event.updated']);
    const id = await createEvent(sim, { coordinate: { latitude: 48.1, longitude: 11.5 } });
    sim.control.changeEvent(id, { name: 'Changed by a host' });
    await until('the delivery', () => receiver.received.length === 1);
    const { data } = receiver.received[0]?.body ?? {};
    expect(data).toMatchObject({ name: 'Changed by a host', geo_latitude: '48.1', description_md: '', tags: [] });
    expect(data).not.toHaveProperty('hosts');
    expect(data).not.toHaveProperty('guest_counts');
  });

  it('silent changes and, where switched off, own calls are not told', async () => {
    const sim = await openSim({ settings: { webhooks: { doOwnCallsTrigger: false } } });
    const receiver = await openReceiver();
    await registerWebhook(sim, receiver.url);
    const id = await createEvent(sim);
    sim.control.changeEvent(id, { name: 'Quiet', silent: true });
    sim.control.registerGuests(id, { count: 2, silent: true });
    sim.control.changeEvent(id, { name: 'Told' });
    await until('the only delivery', () => receiver.received.length > 0);
    expect(receiver.received.map(({ body }) => body.data.name)).toEqual(['Told']);
    expect(sim.control.counters().webhooks.announced).toBe(1);
  });

  it('three retries after 1, 2 and 4 minutes keep the id and are signed anew; then it is over', async () => {
    const clock = new ManualClock();
    const sim = await openSim({ clock });
    const receiver = await openReceiver([500]);
    await registerWebhook(sim, receiver.url);
    await createEvent(sim);
    for (const [attempt, waitMs] of [60_000, 120_000, 240_000].entries()) {
      await until(`attempt ${attempt + 1}`, () => receiver.received.length === attempt + 1 && clock.pending === 1);
      clock.advance(waitMs - 1);
      expect(receiver.received).toHaveLength(attempt + 1);
      clock.advance(1);
    }
    await until('the end', () => sim.control.counters().webhooks.failed === 1);
    expect(receiver.received).toHaveLength(4);
    expect(new Set(receiver.received.map((one) => header(one, 'webhook-id'))).size).toBe(1);
    expect(
      Number(header(receiver.received[3], 'webhook-timestamp')) -
        Number(header(receiver.received[0], 'webhook-timestamp')),
    ).toBe(420);
    expect(clock.pending).toBe(0);
  });

  it('ids and times of retries are switches', async () => {
    const clock = new ManualClock();
    const sim = await openSim({
      clock,
      settings: { webhooks: { isIdKeptOnRetry: false, isSignedAnewOnRetry: false } },
    });
    const receiver = await openReceiver([500, 200]);
    await registerWebhook(sim, receiver.url);
    await createEvent(sim);
    await until('the first attempt', () => clock.pending === 1);
    clock.advance(60_000);
    await until('the second', () => sim.control.counters().webhooks.delivered === 1);
    expect(header(receiver.received[1], 'webhook-id')).not.toBe(header(receiver.received[0], 'webhook-id'));
    expect(header(receiver.received[1], 'webhook-signature')).toBe(header(receiver.received[0], 'webhook-signature'));
  });

  it('a receiver that does not answer in time is tried again', async () => {
    const clock = new ManualClock();
    const sim = await openSim({ clock, settings: { webhooks: { timeoutMs: 50 } } });
    const receiver = await openReceiver([null, 200]);
    await registerWebhook(sim, receiver.url);
    await createEvent(sim);
    await until('the retry is timed', () => clock.pending === 1);
    clock.advance(60_000);
    await until('delivered', () => sim.control.counters().webhooks.delivered === 1);
    expect(sim.control.deliveries()[0]?.attempts.map(({ status }) => status)).toEqual([null, 200]);
  });

  it('410 pauses the webhook until it is made active again', async () => {
    const sim = await openSim();
    const receiver = await openReceiver([410, 200]);
    const { id } = await registerWebhook(sim, receiver.url);
    const event = await createEvent(sim);
    await until('the pause', () => sim.control.counters().webhooks.failed === 1);
    expect((await sim.get('/v2/webhooks/get', { id })).body.status).toBe('paused');
    sim.control.changeEvent(event, { name: 'Missed' });
    expect((await sim.post('/v2/webhooks/update', { id, status: 'active' })).body.status).toBe('active');
    sim.control.changeEvent(event, { name: 'Heard' });
    await until('the second delivery', () => receiver.received.length === 2);
    expect(receiver.received[1]?.body.data.name).toBe('Heard');
  });

  it('copies, losses and any order can be had', async () => {
    const sim = await openSim({ settings: { webhooks: { duplicateProbability: 1, duplicateCopies: 2 } } });
    const receiver = await openReceiver();
    await registerWebhook(sim, receiver.url);
    const id = await createEvent(sim);
    await until('three of one', () => sim.control.counters().webhooks.delivered === 3);
    expect(new Set(receiver.received.map((one) => one.headers['webhook-id'])).size).toBe(1);

    sim.control.changeSettings({ webhooks: { duplicateProbability: 0, lossProbability: 1 } });
    sim.control.changeEvent(id, { name: 'Lost' });
    expect(sim.control.counters().webhooks).toMatchObject({ lost: 1, pending: 0 });

    sim.control.changeSettings({ webhooks: { lossProbability: 0, areHeld: true, concurrency: 1 } });
    for (const name of ['1', '2', '3']) sim.control.changeEvent(id, { name });
    expect(receiver.received).toHaveLength(3);
    expect(sim.control.release({ order: 'last-in' })).toEqual({ released: 3 });
    await until('three more', () => receiver.received.length === 6);
    expect(receiver.received.slice(3).map(({ body }) => body.data.name)).toEqual(['3', '2', '1']);
    sim.control.changeSettings({ webhooks: { areHeld: false } });
    const [first] = sim.control.deliveries();
    expect(sim.control.redeliver({ id: first?.id, copies: 4 })).toEqual({ sent: 4 });
    await until('four more', () => receiver.received.length === 10);
  });

  it('the url of a webhook cannot be changed, and a deleted one hears nothing', async () => {
    const sim = await openSim();
    const receiver = await openReceiver();
    const { id } = await registerWebhook(sim, receiver.url);
    expect((await sim.post('/v2/webhooks/update', { id, url: 'http://127.0.0.1:1/' })).status).toBe(400);
    expect((await sim.get('/v1/webhooks/list')).body.entries).toMatchObject([
      { id, secret: expect.stringMatching(/^whsec_/) },
    ]);
    expect((await sim.post('/v1/webhooks/delete', { id })).body).toEqual({});
    await createEvent(sim);
    expect(sim.control.counters().webhooks.announced).toBe(0);
  });
});
