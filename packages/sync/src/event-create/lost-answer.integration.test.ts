import { beforeEach, describe, expect, it } from '@jest/globals';
import { cancelEvent } from '@luma-sync/application';
import { RetryableError } from '@luma-sync/jobs';
import type { LumaApi } from '@luma-sync/luma-client';
import { retryingTransaction } from '@luma-sync/store';
import type { Deps } from '../../test/sync-deps.js';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';
import { readEntries } from '../../test/timeline-entries.js';

let world: SyncWorld;
beforeEach(async () => {
  world = await openSyncWorld();
});

/** The same world, but Luma is asked through these. */
const withLuma = (calls: Partial<LumaApi>): Deps => ({
  ...world.deps,
  luma: {
    open: async (calendarId) => {
      const account = await world.deps.luma.open(calendarId);
      return { ...account, api: { ...account.api, ...calls } };
    },
  },
});
const requests = (path: string) => world.sim.control.log({ path });
const PLACE = { type: 'physical', name: 'Venue', address: 'Street 1', lat: 48.137154, lng: 11.576124 } as const;

/** Longer than what was given up on may still be on its way. */
const GIVEN_UP_MS = 11_000;

describe('an answer that is lost', () => {
  it.each(['lost-answer', 'half-answer'] as const)(
    '(%s) after a create: the event is found and adopted',
    async (kind) => {
      const eventId = await world.putEvent('e1');
      world.sim.control.layFault({ kind, path: '/v1/events/create', count: 1 });
      const ends = await world.drain();
      expect(ends.at(-1)).toMatchObject({ kind: 'done' });
      expect(requests('/v1/events/create')).toHaveLength(1);
      expect(world.sim.control.counters()).toMatchObject({ events: 1, duplicates: { events: [] } });
      expect((await world.row(eventId)).link).toMatchObject({ state: 'synced', pushedRevision: 1 });
      const story = await readEntries(world.db, { recordId: eventId });
      expect(story.some(({ message }) => message.includes('Adopted'))).toBe(true);
    },
  );

  it('after a create that never arrived: it is created once', async () => {
    await world.putEvent('e1');
    world.sim.control.layFault({ kind: 'reset', path: '/v1/events/create', count: 1 });
    await world.drain();
    expect(world.sim.control.counters()).toMatchObject({ events: 1 });
  });

  it('after an edit that came meanwhile: the adopted event gets the newest of ours', async () => {
    const eventId = await world.putEvent('e1');
    world.sim.control.layFault({ kind: 'lost-answer', path: '/v1/events/create', count: 1 });
    const [operation] = await world.operationsOf('event.push');
    await world.run(operation?.id ?? '');
    await world.putEvent('e1', { title: 'Renamed' });
    await world.drain();
    expect(await world.atLuma(eventId)).toMatchObject({ name: 'Renamed' });
    expect(world.sim.control.counters()).toMatchObject({ events: 1 });
  });

  it('and then cancelled: what exists is hidden', async () => {
    const eventId = await world.putEvent('e1');
    world.sim.control.layFault({ kind: 'lost-answer', path: '/v1/events/create', count: 1 });
    const [operation] = await world.operationsOf('event.push');
    await world.run(operation?.id ?? '');
    await retryingTransaction(world.db, (tx) => cancelEvent(tx, 'e1', { actor: 'app' }));
    await world.drain();
    expect(await world.atLuma(eventId)).toMatchObject({ visibility: 'private' });
    expect(world.sim.control.counters()).toMatchObject({ events: 1 });
  });

  it('that was none, and then cancelled: nothing is created', async () => {
    await world.putEvent('e1');
    world.sim.control.layFault({ kind: 'reset', path: '/v1/events/create', count: 1 });
    const [operation] = await world.operationsOf('event.push');
    await world.run(operation?.id ?? '');
    await retryingTransaction(world.db, (tx) => cancelEvent(tx, 'e1', { actor: 'app' }));
    // It may still come in, and nobody would look for it then.
    expect(await world.drain(undefined, 1)).toEqual([{ kind: 'put-back', code: 'event.awaiting_luma' }]);
    world.passTime(GIVEN_UP_MS);
    expect((await world.drain()).at(-1)).toMatchObject({ outcome: { reason: 'never-published' } });
    expect(world.sim.control.counters()).toMatchObject({ events: 0 });
  });

  it('that was none, also not of a repeat that was never sent, and then cancelled: nothing more is waited for', async () => {
    await world.putEvent('e1');
    world.sim.control.layFault({ kind: 'reset', path: '/v1/events/create', count: 1 });
    const [operation] = await world.operationsOf('event.push');
    await world.run(operation?.id ?? '');
    const unreachable = withLuma({
      createEvent: () => Promise.reject(new RetryableError('luma.unreachable', 'no connection')),
    });
    expect(await world.drain(unreachable, 1)).toEqual([{ kind: 'put-back', code: 'luma.unreachable' }]);
    await retryingTransaction(world.db, (tx) => cancelEvent(tx, 'e1', { actor: 'app' }));
    world.passTime(GIVEN_UP_MS);
    expect(await world.drain()).toMatchObject([{ outcome: { reason: 'never-published' } }]);
  });

  it('after an edit, when nothing was created: what was asked first is asked again, and the edit follows it', async () => {
    const eventId = await world.putEvent('e1', { descriptionMd: null });
    world.sim.control.layFault({ kind: 'reset', path: '/v1/events/create', count: 1 });
    const [operation] = await world.operationsOf('event.push');
    await world.run(operation?.id ?? '');
    await world.putEvent('e1', { descriptionMd: 'Written later' });
    await world.drain();
    const [first, again] = requests('/v1/events/create');
    expect(again?.body).toEqual(first?.body);
    expect(await world.atLuma(eventId)).toMatchObject({ descriptionMd: 'Written later' });
    const { link, ...row } = await world.row(eventId);
    expect(row.descriptionMd).toBe('Written later');
    expect(link).toMatchObject({ state: 'synced', pushedRevision: 2 });
    expect(await world.db.conflict.count()).toBe(0);
  });

  it('of a create that Luma would refuse: what was edited since is what is asked for', async () => {
    const eventId = await world.putEvent('e1', { capacity: 0 });
    world.sim.control.layFault({ kind: 'reset', path: '/v1/events/create', count: 1 });
    const [operation] = await world.operationsOf('event.push');
    await world.run(operation?.id ?? '');
    await world.putEvent('e1', { capacity: 10 });
    expect((await world.drain()).at(-1)).toMatchObject({ kind: 'done' });
    expect((await world.row(eventId)).link).toMatchObject({ state: 'synced', pushedRevision: 2 });
    expect(world.sim.control.counters()).toMatchObject({ events: 1 });
  });
});

describe('an update whose answer is lost and that did not come in yet', () => {
  const lostUpdate = async (change: object) => {
    const { eventId, lumaEventId: luma } = await world.publishEvent('e1');
    await world.putEvent('e1', change);
    world.sim.control.layFault({ kind: 'reset', path: '/v1/events/update', count: 1 });
    const [operation] = (await world.operationsOf('event.push')).filter(({ state }) => state === 'queued');
    expect(await world.run(operation?.id ?? '')).toMatchObject({ kind: 'put-back', code: 'luma.outcome_unknown' });
    return { eventId, luma };
  };
  const waits = async () =>
    expect(await world.drain(undefined, 1)).toEqual([{ kind: 'put-back', code: 'event.awaiting_luma' }]);
  /** Its title comes in after all, and then nothing can any more. */
  const comesIn = async (luma: string) => {
    world.sim.control.changeEvent(luma, { name: 'First', silent: true });
    world.passTime(GIVEN_UP_MS);
    await world.drain();
  };

  it('is not overtaken by one that says otherwise: the later edit stays', async () => {
    const { eventId, luma } = await lostUpdate({ title: 'First' });
    await world.putEvent('e1', { title: 'Second' });
    await waits();
    await comesIn(luma);
    expect(await world.atLuma(eventId)).toMatchObject({ name: 'Second' });
    expect(await world.row(eventId)).toMatchObject({ title: 'Second', link: { state: 'synced' } });
    expect(await world.db.conflict.count()).toBe(0);
  });

  it('is repeated at once, and what follows the repeat waits for the first', async () => {
    const { eventId, luma } = await lostUpdate({ title: 'First' });
    expect((await world.drain()).at(-1)).toMatchObject({ kind: 'done' });
    expect(await world.atLuma(eventId)).toMatchObject({ name: 'First' });
    await world.putEvent('e1', { title: 'Second' });
    await waits();
    await comesIn(luma);
    expect(await world.atLuma(eventId)).toMatchObject({ name: 'Second' });
    expect((await world.row(eventId)).link?.base).not.toHaveProperty('underWay');
  });

  it('is not taken back for agreed while it may still come in', async () => {
    const { eventId, luma } = await lostUpdate({ title: 'First' });
    await world.putEvent('e1', { title: 'Meetup' });
    await waits();
    await comesIn(luma);
    expect(await world.atLuma(eventId)).toMatchObject({ name: 'Meetup' });
    expect(await world.row(eventId)).toMatchObject({ title: 'Meetup', link: { state: 'synced' } });
  });

  it('may come in after a look that took long, however late that was answered', async () => {
    const { eventId, luma } = await lostUpdate({ title: 'First' });
    await world.putEvent('e1', { title: 'Meetup' });
    const getEvent: LumaApi['getEvent'] = async (...args) => {
      const account = await world.deps.luma.open(world.calendarId);
      const seen = await account.api.getEvent(...args);
      world.passTime(GIVEN_UP_MS);
      return seen;
    };
    expect(await world.drain(withLuma({ getEvent }), 1)).toEqual([{ kind: 'put-back', code: 'event.awaiting_luma' }]);
    world.sim.control.changeEvent(luma, { name: 'First', silent: true });
    await world.drain();
    expect(await world.atLuma(eventId)).toMatchObject({ name: 'Meetup' });
  });

  it('is waited for also where a host has the last word, whose value was taken over meanwhile', async () => {
    const { eventId, luma } = await lostUpdate({ title: 'First' });
    await world.db.event.update({ where: { id: eventId }, data: { source: 'luma' } });
    world.sim.control.changeEvent(luma, { name: 'Theirs', silent: true });
    await waits();
    expect(await world.row(eventId)).toMatchObject({ title: 'Theirs' });
    await comesIn(luma);
    expect(await world.atLuma(eventId)).toMatchObject({ name: 'Theirs' });
  });

  it('is not waited for where it was seen and a host has said something else since: it would count as theirs', async () => {
    const { eventId, luma } = await lostUpdate({ title: 'First' });
    await world.drain();
    await world.db.event.update({ where: { id: eventId }, data: { source: 'luma' } });
    world.sim.control.changeEvent(luma, { name: 'Theirs', silent: true });
    await world.putEvent('e1', { title: 'Second' });
    expect(await world.drain(undefined, 1)).toMatchObject([{ kind: 'done' }]);
    expect(await world.row(eventId)).toMatchObject({ title: 'Theirs', link: { state: 'synced' } });
  });

  it('is waited for also where nothing can be asked for in its place', async () => {
    const { eventId, luma } = await lostUpdate({ title: 'First' });
    await world.putEvent('e1', { title: 'Meetup', coverUrl: 'http://10.0.0.1/private.png' });
    await waits();
    await comesIn(luma);
    expect(await world.atLuma(eventId)).toMatchObject({ name: 'Meetup' });
  });

  it('is known for ours by who comes after the next one, which was lost as well', async () => {
    const { eventId, luma } = await lostUpdate({ location: { ...PLACE, address: 'Street 8' } });
    world.sim.control.changeEvent(luma, {
      geo_address_json: { type: 'manual', address: 'Venue, Street 8' },
      silent: true,
    });
    await world.putEvent('e1', { location: { ...PLACE, name: 'Hall', address: 'Street 8' } });
    world.sim.control.layFault({ kind: 'error', path: '/v1/events/update', status: 503, count: 1 });
    await waits();
    world.passTime(GIVEN_UP_MS);
    await world.drain();
    expect(await world.row(eventId)).toMatchObject({ locationName: 'Hall', link: { state: 'synced' } });
    expect(await world.db.conflict.count()).toBe(0);
  });
});
