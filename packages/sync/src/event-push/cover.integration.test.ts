import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { atEnd } from '@luma-sync/testkit';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';
import { readEntries } from '../../test/timeline-entries.js';

const png = (mark: number) =>
  Buffer.from(`89504e470d0a1a0a0000000d49484452000004b00000027608${mark.toString(16).padStart(4, '0')}`, 'hex');
const SVG = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="640" height="480"></svg>');

/** A host of images: `/png-1`, `/png-2`, `/svg`; anything else is not there. */
let host: string;
let world: SyncWorld;

beforeAll(async () => {
  const server = createServer(({ url }, response) => {
    const mark = /^\/png-(\d+)$/.exec(url ?? '')?.[1];
    if (mark !== undefined) response.end(png(Number(mark)));
    else if (url === '/svg') response.end(SVG);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd(() => new Promise<void>((resolve) => server.close(() => resolve())));
  host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

beforeEach(async () => {
  world = await openSyncWorld({ coverFallbacks: { byTag: { music: `${host}/png-9` }, otherwise: null } });
});

const uploads = () => world.sim.control.counters().uploads;
const coverAtLuma = async (eventId: string) => (await world.atLuma(eventId))?.coverUrl;
const asked = () => world.sim.control.log({ path: '/v1/events/update' }).map(({ body }) => Object.keys(body ?? {}));

describe('the cover of an event', () => {
  it('is on Luma’s host when the event is created, and is not sent again with other edits', async () => {
    const eventId = await world.putEvent('e1', { coverUrl: `${host}/png-1` });
    await world.drain();
    expect(await coverAtLuma(eventId)).toMatch(/^https:\/\/images\.lumacdn\.com\//);
    await world.putEvent('e1', { coverUrl: `${host}/png-1`, title: 'Renamed' });
    await world.drain();
    expect(asked()).toEqual([expect.not.arrayContaining(['cover_url'])]);
    expect(uploads()).toBe(1);
    // Ours stays what the app gave: Luma's own address is no change of it.
    expect(await world.row(eventId)).toMatchObject({ coverUrl: `${host}/png-1`, link: { state: 'synced' } });
  });

  it('is uploaded once for any number of events that share it', async () => {
    for (const key of ['a', 'b', 'c']) await world.putEvent(key, { coverUrl: `${host}/png-2` });
    await world.drain();
    expect([uploads(), await world.db.coverUpload.count()]).toEqual([1, 1]);
    expect(new Set(world.sim.control.state().events.map(({ coverUrl }) => coverUrl)).size).toBe(1);
  });

  it('travels when the app changes it, alone, and mails nobody', async () => {
    const eventId = await world.putEvent('e1', { coverUrl: `${host}/png-1` });
    await world.drain();
    const before = await coverAtLuma(eventId);
    await world.putEvent('e1', { coverUrl: `${host}/png-3` });
    await world.drain();
    expect(await coverAtLuma(eventId)).not.toBe(before);
    expect(asked()).toEqual(
      [['event_id', 'cover_url', 'suppress_notifications']].map((keys) => expect.arrayContaining(keys)),
    );
    expect(world.sim.control.mails()).toEqual([]);
  });

  it('that Luma does not take is said, and the event is published with that of its tag', async () => {
    const eventId = await world.putEvent('e1', { coverUrl: `${host}/svg`, tags: ['Music'] });
    await world.drain();
    expect(await coverAtLuma(eventId)).toMatch(/^https:\/\/images\.lumacdn\.com\//);
    expect((await world.row(eventId)).link).toMatchObject({
      state: 'synced',
      lastError: { code: 'cover.unsupported_type', message: expect.stringContaining('SVG') },
    });
    const told = (await readEntries(world.db, { recordId: eventId })).filter(({ kind }) => kind === 'decided');
    expect(told.map(({ message }) => message).join()).toMatch(/cover was not used: .*SVG.*JPEG and PNG/);
  });

  it('that cannot be had does not keep an event from being published', async () => {
    const eventId = await world.putEvent('e1', { coverUrl: `${host}/gone` });
    expect((await world.drain()).at(-1)).toMatchObject({ kind: 'done' });
    expect((await world.row(eventId)).link).toMatchObject({ state: 'synced', lastError: { code: 'url.not_found' } });
    expect(uploads()).toBe(0);
  });

  it('that a host chose at Luma is taken over', async () => {
    const eventId = await world.putEvent('e1', { coverUrl: `${host}/png-1` });
    await world.drain();
    const theirs = 'https://images.lumacdn.com/gallery-images/theirs';
    world.sim.control.changeEvent((await world.atLuma(eventId))?.id ?? '', {
      cover_url: theirs,
      silent: true,
    });
    await world.enqueue('event.pull', { eventId });
    await world.drain();
    expect(await world.row(eventId)).toMatchObject({ coverUrl: theirs });
    expect(asked()).toEqual([]);
  });

  it.each([
    ['has none', {}],
    ['has one that Luma does not take', { coverUrl: '/svg' }],
  ])(
    'that Luma chose for an event that %s is no host’s, when the event is found after a lost answer',
    async (_what, { coverUrl }: { coverUrl?: string }) => {
      const ours = coverUrl === undefined ? null : `${host}${coverUrl}`;
      world.sim.control.layFault({ kind: 'lost-answer', path: '/v1/events/create', count: 1 });
      const eventId = await world.putEvent('e1', { coverUrl: ours });
      await world.drain();
      expect(await world.row(eventId)).toMatchObject({ coverUrl: ours, link: { state: 'synced' } });
      expect(world.sim.control.counters()).toMatchObject({ events: 1 });
      expect(await world.db.timelineEntry.count({ where: { fact: 'event-changed-there' } })).toBe(0);
      await world.enqueue('event.pull', { eventId });
      await world.drain();
      expect(await world.row(eventId)).toMatchObject({ coverUrl: ours });
    },
  );
});
