import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SlotGate } from '@luma-sync/luma-client';
import { type LumaSim, startLumaSim } from '@luma-sync/luma-sim';
import { atEnd, expectWithinDocument } from '@luma-sync/testkit';
import { openIngress, type TestIngress } from '../../test/open-ingress.js';
import { createWebhookRegistration } from './webhook-registration.js';

const KEY = 'secret-registration';
/** The budget is not what this is about. */
const slots: SlotGate = {
  acquire: async () => ({
    granted: true,
    slot: { id: '1', remainingMs: () => 60_000, settle: async () => {}, release: async () => {} },
  }),
  block: async () => {},
};

let luma: LumaSim;
let ingress: TestIngress;
let calendarId: string;

beforeAll(async () => {
  luma = await startLumaSim({ calendars: [{ id: 'cal-1', name: 'One', apiKeys: [KEY] }] });
  atEnd(() => luma.close());
  ingress = await openIngress({
    deps: {
      registerWebhook: (access, publicUrl) =>
        createWebhookRegistration({ db: ingress.db, slots, baseUrl: luma.url, log: { warn: () => {} } })(
          access,
          publicUrl,
        ),
    },
  });
  const added = await ingress.call('POST', '/v1/calendars', { name: 'Real', kind: 'luma', apiKey: KEY });
  calendarId = added.body.calendar.id;
});

afterAll(() => expectWithinDocument([luma]));

const register = () => ingress.call('POST', `/v1/calendars/${calendarId}/webhook`);
const atLuma = () => luma.control.state().calendars.flatMap((calendar) => calendar.webhooks);

describe('registering the webhook of a calendar', () => {
  it('creates it at Luma once, with every type we read, and keeps its secret', async () => {
    const first = await register();
    expect(first).toMatchObject({ status: 200, body: { calendar: { hasWebhookSecret: true } } });
    expect((await register()).status).toBe(200);
    expect(atLuma()).toMatchObject([{ url: `http://sync.test/webhooks/luma/${calendarId}`, status: 'active' }]);
    const [webhook] = atLuma();
    // What Luma signs with this secret is believed from now on.
    const body = JSON.stringify({ type: 'calendar.person.unsubscribed', data: {} });
    const sent = await ingress.sendWebhook(body, { calendarId, secret: webhook?.secret ?? '' });
    expect(sent.status).toBe(200);
  });

  it('T60 wakes a paused one instead of making a second', async () => {
    const [webhook] = atLuma();
    await fetch(`${luma.url}/v2/webhooks/update`, {
      method: 'POST',
      headers: { 'x-luma-api-key': KEY, 'content-type': 'application/json' },
      body: JSON.stringify({ id: webhook?.id, status: 'paused', event_types: ['event.created'] }),
    });
    expect((await register()).status).toBe(200);
    expect(atLuma()).toHaveLength(1);
    expect(atLuma()[0]).toMatchObject({ status: 'active' });
    expect(JSON.stringify(atLuma()[0])).toContain('guest.updated');
  });

  it('takes one that names the calendar instead of making a second', async () => {
    const [webhook] = atLuma();
    const send = (path: string, body: object) =>
      fetch(`${luma.url}${path}`, {
        method: 'POST',
        headers: { 'x-luma-api-key': KEY, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    await send('/v1/webhooks/delete', { id: webhook?.id });
    await send('/v2/webhooks/create', { url: 'http://sync.test/webhooks/luma/Real', event_types: ['*'] });
    expect((await register()).status).toBe(200);
    expect(atLuma()).toMatchObject([{ url: 'http://sync.test/webhooks/luma/Real', status: 'active' }]);
  });

  it('lists the types that Luma refuses, with its words', async () => {
    luma.control.changeSettings({ webhooks: { refusedTypes: ['event.canceled'] } });
    for (const { id } of atLuma())
      await fetch(`${luma.url}/v1/webhooks/delete`, {
        method: 'POST',
        headers: { 'x-luma-api-key': KEY, 'content-type': 'application/json' },
        body: JSON.stringify({ id }),
      });
    const { body } = await register();
    expect(body.calendar.webhook.refusedTypes).toEqual([{ type: 'event.canceled', message: 'Invalid option' }]);
    luma.control.changeSettings({ webhooks: { refusedTypes: [] } });
    expect((await register()).body.calendar.webhook.refusedTypes).toEqual([]);
  });

  it('says what Luma refuses, and which calendar cannot have one', async () => {
    luma.control.changeCalendar('cal-1', { apiKeys: ['secret-other'] });
    expect(await register()).toMatchObject({
      status: 502,
      body: { code: 'luma.auth_failed', title: 'Luma does not accept the API key' },
    });
    const bare = await ingress.call('POST', '/v1/calendars', { name: 'Bare', kind: 'luma' });
    expect(await ingress.call('POST', `/v1/calendars/${bare.body.calendar.id}/webhook`)).toMatchObject({
      status: 409,
      body: { code: 'calendar.no_key' },
    });
  });
});
