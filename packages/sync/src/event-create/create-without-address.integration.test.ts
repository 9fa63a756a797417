import { beforeEach, describe, expect, it } from '@jest/globals';
import { cancelEvent } from '@luma-sync/application';
import { retryingTransaction } from '@luma-sync/store';
import { dyingAt } from '../../test/dying.js';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';
import { readEntries } from '../../test/timeline-entries.js';

let world: SyncWorld;
beforeEach(async () => {
  world = await openSyncWorld({ ownAddresses: false, mailOnUpdate: true });
});

const CREATE = '/v1/events/create';
const creates = () => world.sim.control.log({ path: CREATE });
const loseAnswer = () => world.sim.control.layFault({ kind: 'lost-answer', path: CREATE, count: 1 });
/** Longer than a request that got no answer may take to come in, and a list to show what came of it. */
const LONG_MS = 4 * 60_000;
async function runOnce(): Promise<void> {
  const [operation] = await world.operationsOf('event.push');
  await world.run(operation?.id ?? '');
}

describe('an event whose address Luma chooses', () => {
  it('is created without one of ours', async () => {
    const eventId = await world.putEvent('e1');
    await world.drain();
    expect(creates().map(({ body }) => body)).toEqual([expect.not.objectContaining({ slug: expect.anything() })]);
    const row = await world.row(eventId);
    expect(row).toMatchObject({ link: { slug: null, state: 'synced', pushedRevision: 1 } });
    expect(row.url).toMatch(/^https:\/\/luma\.com\/.+/);
  });

  it('is created, once, where Luma refuses the one of ours by name', async () => {
    world = await openSyncWorld({ mailOnUpdate: true });
    world.sim.control.changeSettings({ events: { refusedFields: { slug: 'Reserved' } } });
    const eventId = await world.putEvent('e1');
    await world.drain();
    const row = await world.row(eventId);
    expect(row).toMatchObject({ link: { state: 'synced', pushedRevision: 1, lastError: null } });
    expect(creates().map(({ status }) => status)).toEqual([400, 200]);
    expect(world.sim.control.counters()).toMatchObject({ events: 1, eventsCreated: 1 });
  });

  it('is found by a later run where that answer is lost', async () => {
    world = await openSyncWorld({ mailOnUpdate: true });
    world.sim.control.changeSettings({ events: { refusedFields: { slug: 'Reserved' } } });
    world.sim.control.layFault({ kind: 'lost-answer', path: CREATE, count: 1, skip: 1 });
    const eventId = await world.putEvent('e1');
    await world.drain();
    expect(await world.row(eventId)).toMatchObject({ link: { state: 'synced', pushedRevision: 1 } });
    expect(world.sim.control.counters()).toMatchObject({ events: 1, eventsCreated: 1 });
  });

  it('T38 is found by its start and name when the answer to its create is lost', async () => {
    const eventId = await world.putEvent('e1');
    loseAnswer();
    await world.drain();
    expect(creates()).toHaveLength(1);
    expect(world.sim.control.counters()).toMatchObject({ events: 1, mailsLumaWouldHaveSent: { total: 0 } });
    expect(await world.row(eventId)).toMatchObject({ link: { state: 'synced', pushedRevision: 1 } });
    expect(await world.db.conflict.count()).toBe(0);
    const story = await readEntries(world.db, { recordId: eventId });
    expect(story.some(({ message }) => message.includes('by its start and name'))).toBe(true);
  });

  it('T39 is not asked for again before the first request cannot come in any more and a list would show it', async () => {
    const eventId = await world.putEvent('e1');
    world.sim.control.changeSettings({ events: { listLagMs: 3_600_000 } });
    loseAnswer();
    await world.drain(undefined, 8);
    expect(creates()).toHaveLength(1);
    expect(await world.operationsOf('event.push')).toMatchObject([{ state: 'queued' }]);
    world.sim.control.changeSettings({ events: { listLagMs: 0 } });
    await world.drain();
    expect(creates()).toHaveLength(1);
    expect(await world.row(eventId)).toMatchObject({ link: { state: 'synced' } });
  });

  it('is created by a later run when the first request never came in', async () => {
    await world.putEvent('e1');
    world.sim.control.layFault({ kind: 'reset', path: CREATE, count: 1 });
    await runOnce();
    expect(await world.drain(undefined, 1)).toEqual([{ kind: 'put-back', code: 'event.awaiting_luma' }]);
    world.passTime(LONG_MS);
    await world.drain();
    expect(world.sim.control.counters()).toMatchObject({ events: 1 });
  });

  it('is found under the name it was asked for, and gets the edit made since', async () => {
    const eventId = await world.putEvent('e1');
    loseAnswer();
    await runOnce();
    await world.putEvent('e1', { title: 'Renamed' });
    await world.drain();
    expect(await world.atLuma(eventId)).toMatchObject({ name: 'Renamed' });
    expect(world.sim.control.counters()).toMatchObject({ events: 1 });
  });

  it('is found also when the app wants addresses of ours by then', async () => {
    await world.putEvent('e1');
    loseAnswer();
    await runOnce();
    const account = { ...(await world.deps.luma.open(world.calendarId)), ownAddresses: true };
    await world.drain({ ...world.deps, luma: { open: async () => account } });
    expect(creates()).toHaveLength(1);
    expect(world.sim.control.counters()).toMatchObject({ events: 1 });
  });

  it('is hidden when it was cancelled before it was found', async () => {
    const eventId = await world.putEvent('e1');
    loseAnswer();
    await runOnce();
    await retryingTransaction(world.db, (tx) => cancelEvent(tx, 'e1', { actor: 'app' }));
    await world.drain();
    expect(await world.atLuma(eventId)).toMatchObject({ visibility: 'private' });
  });

  it('is one record though a webhook told of it before it was found', async () => {
    const eventId = await world.putEvent('e1');
    loseAnswer();
    await runOnce();
    await world.deliver(world.announced().filter(({ type }) => type === 'event.created'));
    await world.drain();
    expect(await world.db.event.count()).toBe(1);
    expect(await world.row(eventId)).toMatchObject({ externalId: 'e1', link: { state: 'synced' } });
    expect(creates()).toHaveLength(1);
  });

  it('is asked about when several fit, and none is guessed', async () => {
    const eventId = await world.putEvent('e1');
    loseAnswer();
    await runOnce();
    const [there] = world.sim.control.state().events;
    world.sim.control.createEvent({
      name: there?.name ?? '',
      start_at: there?.startAt ?? '',
      timezone: there?.timezone ?? '',
      silent: true,
    });
    await world.drain();
    expect(await world.db.backfillQuestion.findMany()).toMatchObject([
      { eventId, reason: 'several_fit', answer: null },
      { eventId, reason: 'several_fit', answer: null },
    ]);
    expect(creates()).toHaveLength(1);
    expect((await world.operationsOf('event.push')).at(-1)).toMatchObject({ errorCode: 'event.in_doubt' });
  });

  it('is not taken for another one of ours with the same name and start', async () => {
    const first = await world.putEvent('e1');
    await world.drain();
    const second = await world.putEvent('e2');
    loseAnswer();
    await world.drain();
    const links = await Promise.all([first, second].map((id) => world.row(id)));
    expect(new Set(links.map(({ link }) => link?.lumaEventId)).size).toBe(2);
    expect(world.sim.control.counters()).toMatchObject({ events: 2 });
  });

  it('is created once, wherever the process dies', async () => {
    for (let boundary = 1; boundary <= 10; boundary += 1) {
      const title = `Dies at ${boundary}`;
      const eventId = await world.putEvent(`e${boundary}`, { title });
      await world.drain(dyingAt(world.deps, boundary).deps, 4);
      world.passTime(LONG_MS);
      await world.drain();
      const there = world.sim.control.state().events.filter(({ name }) => name === title);
      expect(there.map(({ id }) => id)).toEqual([(await world.row(eventId)).link?.lumaEventId]);
    }
  });
});
