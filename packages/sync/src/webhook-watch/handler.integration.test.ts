import { beforeEach, describe, expect, it } from '@jest/globals';
import { RetryAfterError } from '@luma-sync/jobs';
import { createWebhookWatchStore, findWebhookSecrets, openKeyring, placeOf } from '@luma-sync/store';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';
import { readEntries } from '../../test/timeline-entries.js';

const keyring = openKeyring(Buffer.alloc(32, 1).toString('base64'));
let world: SyncWorld;
let url: string;
beforeEach(async () => {
  world = await openSyncWorld();
  url = `https://app.example.org/webhooks/luma/${world.calendarId}`;
});

const watch = async (deps = world.deps) =>
  world.run(await world.enqueue('webhook.watch', { calendarId: world.calendarId }), deps);
const atLuma = () => world.sim.control.state().calendars[0]?.webhooks ?? [];
const ours = () => atLuma().filter((webhook) => webhook.url === url);
const calendar = () => world.db.calendar.findUniqueOrThrow({ where: { id: world.calendarId } });
const secrets = () => findWebhookSecrets(world.db, keyring, world.calendarId);
const place = () => placeOf(world.calendarId, 'webhookSecretCipher');
const timeline = async () =>
  (await readEntries(world.db, { recordId: world.calendarId })).map(({ message }) => message);
const api = async () => (await world.deps.luma.open(world.calendarId)).api;
const call = () => ({ signal: AbortSignal.timeout(5_000), priority: 'sync' as const });
const queued = async () =>
  (await world.db.operation.findMany({ where: { state: 'queued' }, orderBy: { createdAt: 'asc' } })).map(
    ({ job }) => job,
  );

/** As after an operator registered it. */
async function register(): Promise<string> {
  const { id, secret } = await (await api()).createWebhook({ url, eventTypes: ['*'] }, call());
  await world.db.calendar.update({
    where: { id: world.calendarId },
    data: { webhookId: id, webhookSecretCipher: keyring.encrypt(secret ?? '', place()) },
  });
  return id;
}

/** Events near and far, so that a gap has something to list. */
async function withEvents(): Promise<void> {
  await world.putEvent('near', { startsAt: new Date(Date.now() + 3_600_000) });
  await world.drain();
  await world.db.eventLink.updateMany({ data: { guestsPulledAt: new Date() } });
}

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);

describe('the watch over a calendar’s webhook', () => {
  it('costs one request and changes nothing when all is well', async () => {
    const id = await register();
    const before = world.sim.control.counters().requests;
    expect(await watch()).toMatchObject({
      outcome: { details: { repair: 'none', secretChanged: false, silent: false } },
    });
    expect(world.sim.control.counters().requests - before).toBe(1);
    expect(await calendar()).toMatchObject({ webhookId: id, webhookState: 'ok', webhookRepairedAt: null });
    expect((await calendar()).webhookCheckedAt).not.toBeNull();
    expect(await timeline()).toEqual([]);
    expect(await queued()).toEqual([]);
  });

  it('T57 makes a missing one anew, keeps the old secret valid beside the new one, and has the gap listed', async () => {
    await withEvents();
    const id = await register();
    const [oldSecret = ''] = await secrets();
    await (await api()).deleteWebhook(id, call());
    await watch();
    const [made] = ours();
    expect(made).toMatchObject({ status: 'active' });
    expect(await secrets()).toEqual([made?.secret, oldSecret]);
    expect(await calendar()).toMatchObject({ webhookId: made?.id });
    expect(await timeline()).toEqual([expect.stringContaining('was missing')]);
    expect((await queued()).sort()).toEqual(['calendar.pull', 'rsvp.reconcile']);
    // What nobody told of meanwhile is found.
    const lumaEventId = world.sim.control.state().events[0]?.id ?? '';
    world.sim.control.registerGuests(lumaEventId, { count: 1, emailPrefix: 'missed', silent: true });
    await world.drain();
    expect(await world.db.person.count({ where: { email: 'missed-1@example.org' } })).toBe(1);
    expect(await watch()).toMatchObject({ outcome: { details: { repair: 'none' } } });
  });

  it('T56 wakes one that is paused', async () => {
    const id = await register();
    await (await api()).updateWebhook(id, { status: 'paused' }, call());
    expect(await watch()).toMatchObject({ outcome: { details: { repair: 'woken' } } });
    expect(ours()).toMatchObject([{ id, status: 'active' }]);
    expect((await calendar()).webhookRepairedAt).not.toBeNull();
    expect(await timeline()).toHaveLength(1);
  });

  it('T60 never touches a webhook of another address, also not the one of a copy of this installation', async () => {
    await register();
    const others = atLuma().filter((webhook) => webhook.url !== url);
    expect(others.length).toBeGreaterThan(0);
    const moved = { ...world.deps, publicUrl: 'https://new.example.org' };
    expect(await watch(moved)).toMatchObject({ outcome: { details: { repair: 'created' } } });
    expect(atLuma().filter((webhook) => webhook.url !== url && !webhook.url.includes('new.example.org'))).toEqual(
      others,
    );
    // The address cannot be changed: a new one stands beside the old one, and both secrets are good.
    expect(ours()).toHaveLength(1);
    expect(await secrets()).toHaveLength(2);
  });

  it('takes over a secret that Luma has otherwise: deliveries were refused until now', async () => {
    await register();
    await world.db.calendar.update({
      where: { id: world.calendarId },
      data: { webhookSecretCipher: keyring.encrypt('whsec_old', place()) },
    });
    expect(await watch()).toMatchObject({ outcome: { details: { repair: 'none', secretChanged: true } } });
    expect(await secrets()).toEqual([ours()[0]?.secret, 'whsec_old']);
    expect((await calendar()).webhookRepairedAt).not.toBeNull();
  });

  it('renews one that stands and is silent though lists show news, once, and then says that it does not help', async () => {
    const id = await register();
    await world.db.calendar.update({ where: { id: world.calendarId }, data: { unannouncedAt: minutesAgo(5) } });
    expect(await watch()).toMatchObject({ outcome: { details: { repair: 'renewed', silent: true } } });
    expect(ours()).toHaveLength(1);
    expect(ours()[0]?.id).not.toBe(id);
    expect(await calendar()).toMatchObject({ webhookId: ours()[0]?.id, webhookState: 'ok' });
    const renewedId = ours()[0]?.id;

    await world.db.calendar.update({
      where: { id: world.calendarId },
      data: { webhookRepairedAt: minutesAgo(30), unannouncedAt: minutesAgo(10) },
    });
    for (let round = 0; round < 3; round += 1) await watch();
    expect(ours().map((webhook) => webhook.id)).toEqual([renewedId]);
    expect((await calendar()).webhookState).toBe('silent');
    expect((await timeline()).filter((message) => message.includes('Can Luma reach PUBLIC_URL'))).toHaveLength(1);
  });

  it('leaves one alone that was heard since the news', async () => {
    const id = await register();
    await world.db.calendar.update({ where: { id: world.calendarId }, data: { unannouncedAt: minutesAgo(5) } });
    await world.deliver([{ body: JSON.stringify({ type: 'event.updated', data: { id: 'evt-x' } }) }]);
    expect(await watch()).toMatchObject({ outcome: { details: { repair: 'none', silent: false } } });
    expect(ours().map((webhook) => webhook.id)).toEqual([id]);
  });

  it('makes one, not two, when the answer to its create was lost', async () => {
    const id = await register();
    await (await api()).deleteWebhook(id, call());
    world.sim.control.layFault({ kind: 'lost-answer', path: '/v2/webhooks/create', count: 1 });
    expect(await watch()).toMatchObject({ kind: 'put-back' });
    await world.drain();
    expect(ours()).toHaveLength(1);
    expect(await secrets()).toContain(ours()[0]?.secret);
  });

  it('takes extra ones of the same address away, and keeps the one it knows', async () => {
    const id = await register();
    await (await api()).createWebhook({ url, eventTypes: ['*'] }, call());
    await watch();
    expect(ours().map((webhook) => webhook.id)).toEqual([id]);
  });

  it('takes one that names the calendar for its own, and makes no second one', async () => {
    const { name } = await calendar();
    const byName = `https://app.example.org/webhooks/luma/${encodeURIComponent(name)}`;
    const { id } = await (await api()).createWebhook({ url: byName, eventTypes: ['*'] }, call());
    expect(await watch()).toMatchObject({ outcome: { details: { repair: 'none' } } });
    expect(ours()).toEqual([]);
    expect(atLuma().filter((webhook) => webhook.url === byName)).toMatchObject([{ id }]);
    expect(await calendar()).toMatchObject({ webhookId: id });
  });

  it.each([
    ['spelled without escapes', (key: string) => `https://app.example.org/webhooks/luma/${key}`],
    ['with another port and case of the host', (key: string) => `https://App.example.org:443/webhooks/luma/${key}/`],
  ])('takes one that names the calendar, %s, for its own', async (_case, toUrl) => {
    await world.db.calendar.update({ where: { id: world.calendarId }, data: { name: 'Höhle Süd' } });
    const { id } = await (await api()).createWebhook({ url: toUrl('Höhle Süd'), eventTypes: ['*'] }, call());
    expect(await watch()).toMatchObject({ outcome: { details: { repair: 'none' } } });
    expect(await calendar()).toMatchObject({ webhookId: id });
    expect(ours()).toEqual([]);
  });

  it('asks for the other types where Luma refuses one, at its making and later', async () => {
    const refuse = (refusedTypes: string[]) => world.sim.control.changeSettings({ webhooks: { refusedTypes } });
    refuse(['event.canceled']);
    expect(await watch()).toMatchObject({ outcome: { details: { repair: 'created' } } });
    expect(ours()[0]?.eventTypes.length).toBeGreaterThan(3);
    expect(ours()[0]?.eventTypes).not.toContain('event.canceled');
    const listed = [{ type: 'event.canceled', message: 'Invalid option' }];
    expect(await calendar()).toMatchObject({ webhookRefusedTypes: listed });
    expect(await watch()).toMatchObject({ outcome: { details: { repair: 'none' } } });
    refuse([]);
    await watch();
    expect(ours()[0]?.eventTypes).toContain('event.canceled');
    expect(await calendar()).toMatchObject({ webhookRefusedTypes: [] });
  });

  it('creates nothing because of half a list', async () => {
    await register();
    world.sim.control.layFault({ kind: 'error', status: 503, path: '/v1/webhooks/list', count: 1 });
    expect(await watch()).toMatchObject({ kind: 'put-back' });
    expect(ours()).toHaveLength(1);
  });

  it.each([
    ['no-public-url', () => ({ ...world.deps, publicUrl: null })],
    [
      'calendar-waits',
      () => ({
        ...world.deps,
        luma: {
          open: async () => {
            throw new RetryAfterError('calendar.auth_failed', 'refused', { waitMs: 60_000 });
          },
        },
      }),
    ],
  ] as const)('rests (%s) without filling the list of dead letters', async (reason, depsOf) => {
    await register();
    expect(await watch(depsOf())).toMatchObject({ kind: 'done', outcome: { kind: 'skipped', reason } });
  });

  it('registers one by itself where Luma can reach us, and none elsewhere', async () => {
    const local = { ...world.deps, publicUrl: 'http://127.0.0.1:8080' };
    expect(await watch(local)).toMatchObject({ outcome: { reason: 'not-public' } });
    expect(ours()).toEqual([]);
    expect(await watch()).toMatchObject({ outcome: { details: { repair: 'created' } } });
    expect(ours()).toMatchObject([{ status: 'active' }]);
    expect(await secrets()).toEqual([ours()[0]?.secret]);
    expect(await watch()).toMatchObject({ outcome: { details: { repair: 'none' } } });
    expect(await createWebhookWatchStore(world.db, keyring).find(crypto.randomUUID())).toBeNull();
  });
});
