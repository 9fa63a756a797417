import { beforeEach, describe, expect, it } from '@jest/globals';
import { approveEvent, cancelEvent, pushEvent } from '@luma-sync/application';
import { findEventView, inTransaction, retryingTransaction } from '@luma-sync/store';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';
import { readEntries } from '../../test/timeline-entries.js';
import { FRESH_LOOK_MS } from './plan.js';

let world: SyncWorld;
beforeEach(async () => {
  world = await openSyncWorld();
});

const NOWHERE = { type: 'online', name: null, address: null, lat: null, lng: null } as const;
const ONLINE = { location: NOWHERE, meetingUrl: 'https://meet.example.org/1' };
const ADDRESS = 'Venue, Street 1';
const POINT = { lat: 48.137154, lng: 11.576124 };

const updates = () => world.sim.control.log({ path: '/v1/events/update' }).map(({ body }) => body);
const refused = () => world.sim.control.log({ path: '/v1/events/update' }).filter(({ status }) => status === 400);
const set = (events: object) => world.sim.control.changeSettings({ events });
const syncOf = async (eventId: string) => (await findEventView(world.db, eventId))?.sync;
const differencesOf = async (eventId: string) => (await syncOf(eventId))?.notAtLuma;
const factsOf = async (eventId: string) =>
  (await readEntries(world.db, { recordId: eventId })).map(({ fact, message }) => ({ fact, message }));
async function pull(eventId: string): Promise<void> {
  await world.enqueue('event.pull', { eventId });
  await world.drain();
}

describe('a field that no request of Luma’s API empties', () => {
  it('stays at Luma and is listed, and everything else arrives', async () => {
    const { eventId } = await world.publishEvent('e1');
    await world.putEvent('e1', { title: 'Now online', ...ONLINE });
    await world.drain();
    expect(refused()).toEqual([]);
    expect(await world.atLuma(eventId)).toMatchObject({ name: 'Now online', meetingUrl: ONLINE.meetingUrl });
    expect(await syncOf(eventId)).toMatchObject({
      state: 'synced',
      pushedRevision: 2,
      lastError: null,
      notAtLuma: [
        { field: 'address', ours: null, luma: ADDRESS, reason: 'cannot_be_emptied' },
        { field: 'coordinate', ours: null, luma: POINT, reason: 'cannot_be_emptied' },
      ],
    });
    expect(await world.row(eventId)).toMatchObject({
      locationAddress: null,
      locationLat: null,
      locationType: 'online',
    });
    expect((await factsOf(eventId)).filter(({ fact }) => fact === 'event-not-at-luma')).toEqual([
      { fact: 'event-not-at-luma', message: expect.stringContaining('coordinate (Luma’s API cannot empty') },
    ]);
  });

  it('is fought over by no pull, no webhook, no drift check and no later push', async () => {
    const { eventId } = await world.publishEvent('e1');
    await world.putEvent('e1', ONLINE);
    await world.drain();
    const before = updates().length;
    await pull(eventId);
    await world.enqueue('drift.check', { calendarId: world.calendarId });
    await world.enqueue('event.push', { eventId });
    await world.drain();
    expect(updates()).toHaveLength(before);
    expect(await world.db.conflict.count()).toBe(0);
    await world.putEvent('e1', { ...ONLINE, title: 'Later' });
    await world.drain();
    expect(Object.keys(updates().at(-1) as object).sort()).toEqual(['event_id', 'name', 'suppress_notifications']);
    expect(await differencesOf(eventId)).toHaveLength(2);
    expect((await world.row(eventId)).locationAddress).toBeNull();
  });

  it('is listed no more once a host has emptied it', async () => {
    const { eventId, lumaEventId } = await world.publishEvent('e1');
    await world.putEvent('e1', ONLINE);
    await world.drain();
    world.sim.control.changeEvent(lumaEventId, { geo_address_json: null, coordinate: null, silent: true });
    await pull(eventId);
    expect(await differencesOf(eventId)).toEqual([]);
    expect(await factsOf(eventId)).toContainEqual({
      fact: 'event-at-luma-again',
      message: 'Both sides hold the same again: address, coordinate.',
    });
  });

  it('is sent when the app fills it again, and taken over when a host gives it another value', async () => {
    const { eventId, lumaEventId } = await world.publishEvent('e1');
    await world.putEvent('e1', ONLINE);
    await world.drain();
    await world.putEvent('e1', { ...ONLINE, location: { ...NOWHERE, type: 'physical', address: 'Street 2' } });
    await world.drain();
    expect(await differencesOf(eventId)).toMatchObject([{ field: 'coordinate' }]);
    expect((await world.atLuma(eventId))?.geoAddress?.address).toBe('Street 2');
    world.sim.control.changeEvent(lumaEventId, { coordinate: { latitude: 1, longitude: 2 }, silent: true });
    await pull(eventId);
    expect(await differencesOf(eventId)).toEqual([]);
    expect(await world.row(eventId)).toMatchObject({ locationLat: 1, locationLng: 2 });
  });

  it('keeps both values as a conflict when a host changed it before ours was emptied', async () => {
    const { eventId, lumaEventId } = await world.publishEvent('e1', { meetingUrl: 'https://meet.example.org/1' });
    world.passTime(FRESH_LOOK_MS);
    world.sim.control.changeEvent(lumaEventId, { meeting_url: 'https://meet.example.org/host', silent: true });
    await world.putEvent('e1', { meetingUrl: null });
    await world.drain();
    expect(await world.db.conflict.findMany()).toMatchObject([
      { field: 'meetingUrl', ours: null, theirs: 'https://meet.example.org/host', resolution: 'ours' },
    ]);
    expect(await differencesOf(eventId)).toMatchObject([
      { field: 'meetingUrl', luma: 'https://meet.example.org/host' },
    ]);
    expect((await world.row(eventId)).meetingUrl).toBeNull();
  });

  it('mails nobody: nothing is sent of it', async () => {
    world = await openSyncWorld({ mailOnUpdate: true });
    const { eventId } = await world.publishEvent('e1');
    await world.putEvent('e1', { location: { ...NOWHERE, type: 'tbd' } });
    await world.drain();
    expect(updates()).toEqual([]);
    expect(await differencesOf(eventId)).toHaveLength(2);
    expect((await factsOf(eventId)).map(({ fact }) => fact)).not.toContain('mail-decided');
  });
});

describe('a field that Luma refuses by name', () => {
  it('costs that field, also where it is whether registration is open', async () => {
    const { eventId } = await world.publishEvent('e1');
    set({ refusedFields: { registration_open: 'Not now' } });
    await inTransaction(world.db, (tx) => cancelEvent(tx, 'e1', { actor: 'ann', mode: 'soft' }));
    await world.drain();
    expect(await world.atLuma(eventId)).toMatchObject({ visibility: 'private' });
    expect(await syncOf(eventId)).toMatchObject({ state: 'synced', lastError: null });
    expect(await differencesOf(eventId)).toEqual([
      {
        field: 'registrationOpen',
        ours: false,
        luma: null,
        reason: 'refused',
        message: 'Not now',
      },
    ]);
    expect(await factsOf(eventId)).toContainEqual({
      fact: 'event-not-at-luma',
      message: expect.stringContaining('registrationOpen (Luma refuses this value: Not now)'),
    });
    set({ refusedFields: {} });
    await inTransaction(world.db, (tx) => approveEvent(tx, 'e1', { actor: 'ann' }));
    await world.drain();
    expect(await differencesOf(eventId)).toEqual([]);
    expect(world.sim.control.outside().count).toBe(0);
  });

  it('is not sent again with each push where it is whether registration is open, and a push by hand tries it', async () => {
    const { eventId, lumaEventId } = await world.publishEvent('e1');
    set({ refusedFields: { registration_open: 'Not now' } });
    await inTransaction(world.db, (tx) => cancelEvent(tx, 'e1', { actor: 'ann', mode: 'soft' }));
    await world.drain();
    expect(refused()).toHaveLength(1);
    world.sim.control.changeEvent(lumaEventId, { visibility: 'public', silent: true });
    await pull(eventId);
    expect(await world.atLuma(eventId)).toMatchObject({ visibility: 'private' });
    expect(refused()).toHaveLength(1);
    expect(await differencesOf(eventId)).toMatchObject([{ field: 'registrationOpen', ours: false, reason: 'refused' }]);
    await retryingTransaction(world.db, (tx) => pushEvent(tx, 'e1', { actor: 'operator' }));
    await world.drain();
    expect(refused()).toHaveLength(2);
    expect(await differencesOf(eventId)).toMatchObject([{ field: 'registrationOpen', ours: false, reason: 'refused' }]);
    set({ refusedFields: {} });
    await retryingTransaction(world.db, (tx) => pushEvent(tx, 'e1', { actor: 'operator' }));
    await world.drain();
    expect(await differencesOf(eventId)).toEqual([]);
    expect(await world.atLuma(eventId)).toMatchObject({ isRegistrationOpen: false });
    expect(world.sim.control.outside().count).toBe(0);
  });

  it('lets an event be that came back and whose registration Luma does not open', async () => {
    const { eventId } = await world.publishEvent('e1');
    await inTransaction(world.db, (tx) => cancelEvent(tx, 'e1', { actor: 'ann', mode: 'soft' }));
    await world.drain();
    set({ refusedFields: { registration_open: 'Not now' } });
    await inTransaction(world.db, (tx) => approveEvent(tx, 'e1', { actor: 'ann' }));
    await world.drain();
    await world.putEvent('e1', { title: 'Later' });
    await world.drain();
    expect(refused()).toHaveLength(1);
    expect(await differencesOf(eventId)).toMatchObject([{ field: 'registrationOpen', ours: true, reason: 'refused' }]);
    set({ refusedFields: {} });
    await retryingTransaction(world.db, (tx) => pushEvent(tx, 'e1', { actor: 'operator' }));
    await world.drain();
    expect(await differencesOf(eventId)).toEqual([]);
    expect(await world.atLuma(eventId)).toMatchObject({ isRegistrationOpen: true, name: 'Later' });
    expect(await world.row(eventId)).toMatchObject({ cancelMode: null });
  });

  it('costs itself and not the push, and an edit of it tries again', async () => {
    const { eventId } = await world.publishEvent('e1');
    set({ refusedFields: { meeting_url: 'Invalid URL' } });
    await world.putEvent('e1', { title: 'Arrives', meetingUrl: 'https://meet.example.org/odd' });
    await world.drain();
    expect(await world.atLuma(eventId)).toMatchObject({ name: 'Arrives', meetingUrl: null });
    expect(updates()).toHaveLength(2);
    expect(await syncOf(eventId)).toMatchObject({
      state: 'synced',
      notAtLuma: [
        {
          field: 'meetingUrl',
          ours: 'https://meet.example.org/odd',
          luma: null,
          reason: 'refused',
          message: 'Invalid URL',
        },
      ],
    });
    await pull(eventId);
    expect(await world.row(eventId)).toMatchObject({ meetingUrl: 'https://meet.example.org/odd' });
    set({ refusedFields: {} });
    await world.putEvent('e1', { title: 'Arrives', meetingUrl: 'https://meet.example.org/good' });
    await world.drain();
    expect(await differencesOf(eventId)).toEqual([]);
    expect(await world.atLuma(eventId)).toMatchObject({ meetingUrl: 'https://meet.example.org/good' });
  });

  it('is sent once more when a person asks for a push', async () => {
    const { eventId } = await world.publishEvent('e1');
    set({ refusedFields: { meeting_url: 'Invalid URL' } });
    await world.putEvent('e1', { meetingUrl: 'https://meet.example.org/odd' });
    await world.drain();
    await retryingTransaction(world.db, (tx) => pushEvent(tx, 'e1', { actor: 'operator' }));
    await world.drain();
    expect(await differencesOf(eventId)).toMatchObject([{ field: 'meetingUrl', reason: 'refused' }]);
    set({ refusedFields: {} });
    await retryingTransaction(world.db, (tx) => pushEvent(tx, 'e1', { actor: 'operator' }));
    await world.drain();
    expect(await differencesOf(eventId)).toEqual([]);
    expect(await world.atLuma(eventId)).toMatchObject({ meetingUrl: 'https://meet.example.org/odd' });
  });

  it('is left out of a create, unless there is no event without it', async () => {
    set({ refusedFields: { meeting_url: 'Invalid URL', max_capacity: 'Too small' } });
    const { eventId, lumaEventId } = await world.publishEvent('e1', { meetingUrl: 'https://meet.example.org/odd' });
    expect(lumaEventId).not.toBe('');
    expect(await differencesOf(eventId)).toMatchObject([
      { field: 'meetingUrl', reason: 'refused' },
      { field: 'capacity', reason: 'refused' },
    ]);
    expect(await world.row(eventId)).toMatchObject({ meetingUrl: 'https://meet.example.org/odd', capacity: 40 });
    expect(world.sim.control.counters().eventsCreated).toBe(1);

    set({ refusedFields: { name: 'Too odd', meeting_url: 'Invalid URL' } });
    const failed = await world.putEvent('e2', { meetingUrl: 'https://meet.example.org/odd' });
    await world.drain();
    expect(await syncOf(failed)).toMatchObject({
      state: 'push_failed',
      lastError: { code: 'luma.rejected', message: expect.stringContaining('name: Too odd') },
    });
  });

  it('is known for ours when the answer to the create without it was lost', async () => {
    set({ refusedFields: { meeting_url: 'Invalid URL' } });
    world.sim.control.layFault({ kind: 'lost-answer', path: '/v1/events/create', count: 1, skip: 1 });
    const { eventId } = await world.publishEvent('e1', { meetingUrl: 'https://meet.example.org/odd' });
    expect(world.sim.control.counters().eventsCreated).toBe(1);
    expect(await world.row(eventId)).toMatchObject({ meetingUrl: 'https://meet.example.org/odd' });
    expect(await differencesOf(eventId)).toMatchObject([{ field: 'meetingUrl', reason: 'refused', luma: null }]);
  });

  it('is left out of a create under an address of Luma’s choice', async () => {
    world = await openSyncWorld({ ownAddresses: false });
    set({ refusedFields: { meeting_url: 'Invalid URL' } });
    const { eventId } = await world.publishEvent('e1', { meetingUrl: 'https://meet.example.org/odd' });
    expect(await differencesOf(eventId)).toMatchObject([{ field: 'meetingUrl', reason: 'refused' }]);
  });
});

describe('an edit that Luma accepts and does not show', () => {
  it('is looked for again before it is sent again', async () => {
    const { eventId } = await world.publishEvent('e1');
    set({ staleReads: 1 });
    await world.putEvent('e1', { title: 'Late' });
    expect(await world.drain()).toMatchObject([{ kind: 'put-back', code: 'event.not_shown' }, { kind: 'done' }]);
    expect(updates()).toHaveLength(1);
    expect(await world.row(eventId)).toMatchObject({ title: 'Late' });
    expect(await syncOf(eventId)).toMatchObject({ state: 'synced', pushedRevision: 2, notAtLuma: [] });
    expect((await factsOf(eventId)).map(({ message }) => message)).toContainEqual('Luma holds revision 2 (title).');
  });

  it('is sent again after two looks, quietly, then told, and is ours all the time', async () => {
    world = await openSyncWorld({ mailOnUpdate: true });
    const { eventId } = await world.publishEvent('e1');
    await world.putRsvp('e1', 'p1', 'going');
    await world.drain();
    set({ ignoredFields: ['name'] });
    await world.putEvent('e1', { title: 'Ignored', capacity: 7 });
    for (let run = 0; run < 6; run += 1) await world.drain(undefined, 1);
    // Sent, two looks, sent, two looks.
    expect(updates()).toMatchObject([
      { name: 'Ignored', max_capacity: 7, suppress_notifications: false },
      { name: 'Ignored', suppress_notifications: true },
    ]);
    expect(await world.row(eventId)).toMatchObject({ title: 'Ignored' });
    expect(await syncOf(eventId)).toMatchObject({
      state: 'pending_push',
      notAtLuma: [{ field: 'title', ours: 'Ignored', luma: 'Meetup', reason: 'not_shown' }],
    });
    set({ ignoredFields: [] });
    await world.drain();
    expect(await world.atLuma(eventId)).toMatchObject({ name: 'Ignored' });
    expect(await syncOf(eventId)).toMatchObject({ state: 'synced', notAtLuma: [] });
    expect(await world.db.conflict.count()).toBe(0);
  });

  it('is taken back at Luma as well when the app goes back to what was before', async () => {
    const { eventId } = await world.publishEvent('e1');
    set({ staleReads: 2 });
    await world.putEvent('e1', { title: 'Late' });
    await world.drain(undefined, 1);
    await world.putEvent('e1', { title: 'Meetup' });
    await world.drain();
    expect(updates()).toMatchObject([{ name: 'Late' }, { name: 'Meetup' }]);
    expect(await world.atLuma(eventId)).toMatchObject({ name: 'Meetup' });
    expect(await world.row(eventId)).toMatchObject({ title: 'Meetup' });
  });

  it('waits for an event that Luma has created and does not show yet', async () => {
    set({ staleReads: 2 });
    const { eventId, lumaEventId } = await world.publishEvent('e1');
    expect(lumaEventId).not.toBe('');
    expect(world.sim.control.counters().eventsCreated).toBe(1);
    expect(await syncOf(eventId)).toMatchObject({ state: 'synced', notAtLuma: [] });
  });
});

describe('a create whose answer was lost, of an event that Luma does not show yet', () => {
  it('makes no second one under another address', async () => {
    set({ staleReads: 1 });
    world.sim.control.layFault({ kind: 'lost-answer', path: '/v1/events/create', count: 1 });
    const { eventId, lumaEventId } = await world.publishEvent('e1');
    expect(world.sim.control.counters().eventsCreated).toBe(1);
    expect(lumaEventId).not.toBe('');
    expect(await syncOf(eventId)).toMatchObject({ state: 'synced' });
  });
});

describe('a value that Luma rewrites', () => {
  const LONG = 'A title that goes on and on until Luma cuts it at forty characters';

  it('stays ours right after a create, with both values told', async () => {
    set({ titleMax: 40, areLinksRewritten: true });
    const { eventId } = await world.publishEvent('e1', { title: LONG, meetingUrl: 'https://zoom.us/j/1' });
    expect(await world.row(eventId)).toMatchObject({ title: LONG, meetingUrl: 'https://zoom.us/j/1' });
    expect(await differencesOf(eventId)).toMatchObject([
      { field: 'title', ours: LONG, luma: LONG.slice(0, 40), reason: 'rewritten' },
      { field: 'meetingUrl', reason: 'rewritten', luma: expect.stringContaining('luma.com/join') },
    ]);
    await pull(eventId);
    await world.enqueue('drift.check', { calendarId: world.calendarId });
    await world.drain();
    expect(updates()).toEqual([]);
    expect(await world.row(eventId)).toMatchObject({ title: LONG });
  });

  it('stays ours after an update, also when the next value is cut to the same', async () => {
    const { eventId } = await world.publishEvent('e1');
    set({ titleMax: 40 });
    await world.putEvent('e1', { title: LONG });
    await world.drain();
    expect(await differencesOf(eventId)).toMatchObject([{ field: 'title', reason: 'rewritten' }]);
    await world.putEvent('e1', { title: `${LONG}, again` });
    expect(await world.drain()).toMatchObject([{ kind: 'done' }]);
    expect(await world.row(eventId)).toMatchObject({ title: `${LONG}, again` });
    expect(updates()).toHaveLength(2);
  });

  it('is known when the answer was lost', async () => {
    const { eventId } = await world.publishEvent('e1');
    set({ titleMax: 40 });
    world.sim.control.layFault({ kind: 'lost-answer', path: '/v1/events/update', count: 1 });
    await world.putEvent('e1', { title: LONG });
    await world.drain();
    expect(await world.row(eventId)).toMatchObject({ title: LONG });
    expect(await differencesOf(eventId)).toMatchObject([{ field: 'title', reason: 'rewritten' }]);
    expect(await world.db.conflict.count()).toBe(0);
  });
});
