import { beforeEach, describe, expect, it } from '@jest/globals';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';
import { readEntries } from '../../test/timeline-entries.js';

let world: SyncWorld;
let eventId: string;
let lumaEventId: string;
let delivered = 0;
beforeEach(async () => {
  delivered = 0;
  world = await openSyncWorld({ mailOnUpdate: true });
  ({ eventId, lumaEventId } = await world.publishEvent('e1', { tags: ['Music', 'Outdoor'] }));
});

const APPLY = '/v1/calendars/event-tags/apply';
const UNAPPLY = '/v1/calendars/event-tags/unapply';
const CREATE = '/v1/calendars/event-tags/create';
const tagsAtLuma = async () => ((await world.atLuma(eventId))?.tags ?? []).map(({ name }) => name).sort();
const ours = async () => [...(await world.row(eventId)).tags].sort();
const requests = (path: string) => world.sim.control.log({ path }).length;
const host = (change: object) => world.sim.control.changeEvent(lumaEventId, change);
const settle = () => world.passTime(60_000);
async function deliverNew(): Promise<void> {
  const bodies = world.announced().slice(delivered);
  delivered += bodies.length;
  await world.deliver(bodies);
  await world.drain();
}

describe('tags of an event', () => {
  it('U5 are pushed to Luma: made once, applied, and taken off', async () => {
    expect(await tagsAtLuma()).toEqual(['Music', 'Outdoor']);
    await world.putEvent('e1', { tags: ['Outdoor', 'Yoga'] });
    await world.drain();
    expect(await tagsAtLuma()).toEqual(['Outdoor', 'Yoga']);
    await world.publishEvent('e2', { tags: ['outdoor'] });
    expect(requests(CREATE)).toBe(3);
    expect(requests(UNAPPLY)).toBe(1);
    expect(world.sim.control.counters().mailsLumaWouldHaveSent.byApi).toEqual({});
  });

  it('that were pushed come back as echoes: nothing changes, nothing is asked', async () => {
    const before = await world.row(eventId);
    const seq = world.sim.control.counters().requests;
    await deliverNew();
    await world.enqueue('drift.check', { calendarId: world.calendarId });
    await world.drain();
    const after = await world.row(eventId);
    expect(after).toMatchObject({
      tags: before.tags,
      revision: before.revision,
      link: { tagsBase: before.link?.tagsBase },
    });
    const asked = world.sim.control.log({ after: seq }).map(({ path }) => path);
    expect(asked.filter((path) => path.includes('event-tags'))).toEqual([]);
  });

  it('U5 that a host changed are read back by webhook, and pushed nowhere', async () => {
    await deliverNew();
    settle();
    host({ tags: ['Music', 'Food'] });
    await deliverNew();
    expect(await ours()).toEqual(['Food', 'Music']);
    expect(await world.row(eventId)).toMatchObject({ revision: 1 });
    expect(await tagsAtLuma()).toEqual(['Food', 'Music']);
    expect([requests(APPLY), requests(UNAPPLY)]).toEqual([2, 0]);
    const story = await readEntries(world.db, { fact: 'event-changed-there' });
    expect(story.map(({ message }) => message).join()).toContain('tags');
    // The app repeats what it stated: no edit.
    await world.putEvent('e1', { tags: ['Music', 'Outdoor'] });
    await world.drain();
    expect(await tagsAtLuma()).toEqual(['Food', 'Music']);
  });

  it('that a host changed are read back by a list where no webhook came', async () => {
    settle();
    host({ tags: ['Outdoor'], silent: true });
    await world.enqueue('calendar.pull', { calendarId: world.calendarId });
    await world.drain();
    expect(await ours()).toEqual(['Outdoor']);
  });

  it.each(['event.pull', 'drift.check'] as const)('that a host changed are read back by %s', async (job) => {
    settle();
    host({ tags: ['Outdoor'], silent: true });
    await (job === 'event.pull'
      ? world.enqueue(job, { eventId })
      : world.enqueue(job, { calendarId: world.calendarId }));
    await world.drain();
    expect(await ours()).toEqual(['Outdoor']);
    expect(await world.db.operation.findFirstOrThrow({ where: { job } })).toMatchObject({ state: 'done' });
  });

  it('are not put back by a webhook that comes late', async () => {
    settle();
    host({ tags: ['Music'] });
    const late = world.announced().slice(-1);
    await world.putEvent('e1', { tags: ['Music', 'Outdoor', 'Yoga'] });
    host({ tags: ['Music', 'Outdoor'], silent: true });
    await world.drain();
    settle();
    await world.deliver(late);
    await world.drain();
    expect(await ours()).toEqual(['Music', 'Outdoor', 'Yoga']);
    expect(await tagsAtLuma()).toEqual(['Music', 'Outdoor', 'Yoga']);
  });

  it('of both sides, changed at once, are all kept', async () => {
    settle();
    host({ tags: ['Music', 'Outdoor', 'Food'], silent: true });
    await world.putEvent('e1', { tags: ['Music', 'Yoga'] });
    await world.drain();
    settle();
    await world.enqueue('calendar.pull', { calendarId: world.calendarId });
    await world.drain();
    expect(await ours()).toEqual(['Food', 'Music', 'Yoga']);
    expect(await tagsAtLuma()).toEqual(['Food', 'Music', 'Yoga']);
  });

  it('are applied once more after a lost answer, and made once', async () => {
    world.sim.control.layFault({ kind: 'error', status: 500, method: 'POST', path: APPLY, count: 1 });
    await world.putEvent('e1', { tags: ['Music', 'Outdoor', 'Yoga'] });
    await world.drain();
    expect(await tagsAtLuma()).toEqual(['Music', 'Outdoor', 'Yoga']);
    expect(requests(CREATE)).toBe(3);
  });

  it('that Luma refuses cost nothing else of the push, and are said', async () => {
    world.sim.control.layFault({ kind: 'error', status: 400, method: 'POST', path: CREATE, count: 1 });
    await world.putEvent('e1', { title: 'Renamed', tags: ['Music', 'Outdoor', 'Odd'] });
    await world.drain();
    expect(await world.atLuma(eventId)).toMatchObject({ name: 'Renamed' });
    expect(await world.row(eventId)).toMatchObject({
      link: { state: 'synced', tagsBase: { names: ['Music', 'Outdoor'], refused: { names: ['Odd'] } } },
    });
    const story = await readEntries(world.db, { fact: 'event-not-at-luma' });
    expect(story.map(({ message }) => message).join()).toContain('tags');
    // An edit of the tags tries again.
    await world.putEvent('e1', { title: 'Renamed', tags: ['Music', 'Odd'] });
    await world.drain();
    expect(await tagsAtLuma()).toEqual(['Music', 'Odd']);
    expect((await world.row(eventId)).link?.tagsBase).not.toHaveProperty('refused');
  });

  it('of an event that began at Luma are there from the first look on', async () => {
    const { id } = world.sim.control.createEvent({
      name: 'Theirs',
      start_at: new Date(Date.now() + 86_400_000).toISOString(),
      timezone: 'UTC',
    });
    world.sim.control.changeEvent(id, { tags: ['Food'], silent: true });
    await world.enqueue('calendar.pull', { calendarId: world.calendarId });
    await world.drain();
    expect(await world.db.event.findFirst({ where: { title: 'Theirs' } })).toMatchObject({ tags: ['Food'] });
  });
});
