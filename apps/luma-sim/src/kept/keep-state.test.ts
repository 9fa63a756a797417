import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createEvent, NEW_EVENT, openReceiver, openSim, registerWebhook, until } from '../../test/sim-for-tests.js';
import { ManualClock } from '../clock.js';

let dir: string;
let stateFile: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'luma-sim-state-'));
  stateFile = join(dir, 'kept', 'state');
});

afterEach(() => rmSync(dir, { recursive: true, force: true }));

const guests = (sim: { control: { state(): { events: { guests: { email: string }[] }[] } } }) =>
  sim.control.state().events.flatMap((event) => event.guests.map(({ email }) => email));

describe('a simulator with a state file', () => {
  it('knows after a new start what it knew before', async () => {
    const first = await openSim({ stateFile });
    const eventId = await createEvent(first, { slug: 'open-studio' });
    await first.post('/v1/events/guests/add', {
      event_id: eventId,
      guests: [{ email: 'ada@example.org', name: 'Ada' }],
    });
    await first.post('/v1/calendars/coupons/create', {
      code: 'TEN',
      discount: { discount_type: 'percent', percent_off: 10 },
      remaining_count: 5,
    });
    const webhook = await registerWebhook(first, 'http://127.0.0.1:9/hook');
    const { upload_url: upload } = (await first.post('/v1/images/create-upload-url', {})).body;
    await fetch(upload, { method: 'PUT', body: 'picture', headers: { 'content-type': 'image/png' } });
    first.control.reserveSlugs({ slugs: ['taken'] });
    const before = first.control.state();
    expect(before.calendars[0]?.coupons).toHaveLength(1);
    await first.close();

    const second = await openSim({ stateFile });
    expect(second.control.state()).toEqual(before);
    expect(second.control.mails()).toEqual(first.control.mails());
    expect((await second.get('/v1/events/get', { event_id: eventId })).body).toMatchObject({ name: 'Example' });
    expect((await second.get('/v2/webhooks/get', { id: webhook.id })).body.secret).toBe(webhook.secret);
    expect(await (await fetch(upload.replace(first.url, second.url))).text()).toBe('picture');
    expect((await second.post('/v1/events/create', { ...NEW_EVENT, slug: 'taken' })).status).toBe(400);
  });

  /** Guards against a new event under the id of one that a kill took away: a client would take the two for one. */
  it('gives no id out again whose event was lost by a kill', async () => {
    const receiver = await openReceiver();
    const first = await openSim({ stateFile });
    await registerWebhook(first, receiver.url);
    await first.close();
    copyFileSync(stateFile, `${stateFile}.early`);

    const ids = new Set<string>();
    for (let start = 1; start <= 3; start += 1) {
      copyFileSync(`${stateFile}.early`, stateFile);
      const sim = await openSim({ stateFile });
      ids.add(await createEvent(sim));
      await until('the webhook came', () => receiver.received.length === start);
      await sim.close();
    }
    expect(ids.size).toBe(3);
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(3);
  });

  it('saves by itself, without being closed', async () => {
    const sim = await openSim({ stateFile });
    await until('the first save', () => existsSync(stateFile));
    const eventId = await createEvent(sim);
    await until('the event is in the file', () => readFileSync(stateFile).includes(eventId));
    expect(statSync(stateFile).mode & 0o077).toBe(0);
  });

  it.each([
    ['is cut short', (bytes: Buffer) => bytes.subarray(0, bytes.length - 5)],
    ['is something else', () => Buffer.from('a text\n')],
    ['is empty', () => Buffer.alloc(0)],
    [
      'has another format',
      (bytes: Buffer) => Buffer.from(bytes.toString('latin1').replace('luma-sim 1', 'luma-sim 0'), 'latin1'),
    ],
  ])('sets a file aside that %s, and says so', async (_how, spoil) => {
    const first = await openSim({ stateFile });
    await createEvent(first);
    await first.close();
    const spoiled = spoil(readFileSync(stateFile));
    writeFileSync(stateFile, spoiled);

    const second = await openSim({ stateFile });
    const path = second.setAside?.path ?? '';
    expect(readFileSync(path)).toEqual(spoiled);
    expect(second.control.state().events).toEqual([]);
    await second.close();
    expect(readdirSync(join(dir, 'kept'))).toHaveLength(2);
  });

  it('sends the webhook after a new start that had no answer yet', async () => {
    const clock = new ManualClock();
    const receiver = await openReceiver([500, 200]);
    const first = await openSim({ stateFile, clock });
    await registerWebhook(first, receiver.url);
    await createEvent(first);
    await until('the refusal is noted', () => first.control.deliveries()[0]?.attempts[0]?.status === 500);
    await first.close();

    const second = await openSim({ stateFile, clock });
    clock.advance(5_000);
    await until('it came again', () => receiver.received.length === 2);
    const [refused, accepted] = receiver.received;
    expect(accepted?.headers['webhook-id']).toBe(refused?.headers['webhook-id']);
    await until('it is delivered', () => second.control.deliveries()[0]?.state === 'delivered');
  });

  it('adds guests after a new start whom it had accepted before', async () => {
    const clock = new ManualClock();
    const settings = { guests: { addDelayMinMs: 1_000, addDelayMaxMs: 1_000 } };
    const first = await openSim({ stateFile, clock, settings });
    const eventId = await createEvent(first);
    await first.post('/v1/events/guests/add', { event_id: eventId, guests: [{ email: 'ada@example.org' }] });
    expect(guests(first)).toEqual([]);
    await first.close();

    const second = await openSim({ stateFile, clock, settings });
    expect(guests(second)).toEqual([]);
    clock.advance(1_000);
    expect(guests(second)).toEqual(['ada@example.org']);
  });

  it('says that it cannot save, and saves when it can again', async () => {
    const inTheWay = `${stateFile}.new`;
    mkdirSync(inTheWay, { recursive: true });
    const errors: unknown[] = [];
    const sim = await openSim({ stateFile, onSaveError: (error) => errors.push(error) });
    await until('the failure is told', () => errors.length === 1);
    rmdirSync(inTheWay);
    const eventId = await createEvent(sim);
    await until('it is saved', () => existsSync(stateFile) && readFileSync(stateFile).includes(eventId));
    expect(errors).toHaveLength(1);
  });
});
