import { beforeAll, describe, expect, it } from '@jest/globals';
import { dyingAt } from '../../test/dying.js';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';

let world: SyncWorld;
beforeAll(async () => {
  world = await openSyncWorld({ mailOnUpdate: true });
});

/** Longer than what a dead worker asked for may still be on its way. */
const ON_ITS_WAY_MS = 41_000;
/** More than a push has; the last cases show that nothing is left to die at. */
const BOUNDARIES = 12;

/** Dies once at the boundary, then runs until done. @returns where it died, null when it never did. */
async function pushDyingAt(boundary: number): Promise<string | null> {
  const effects = dyingAt(world.deps, boundary);
  await world.drain(effects.deps);
  return effects.passed.length >= boundary ? (effects.passed[boundary - 1] ?? null) : null;
}

async function expectEqualSides(eventId: string, title: string): Promise<void> {
  const { link, revision } = await world.row(eventId);
  expect(link).toMatchObject({ state: 'synced', pushedRevision: revision });
  expect(link?.base).not.toHaveProperty('asked');
  const there = world.sim.control.state().events.filter(({ name }) => name === title);
  expect(there).toHaveLength(1);
  expect(there[0]?.id).toBe(link?.lumaEventId);
  const unfinished = await world.db.operation.count({ where: { state: { in: ['queued', 'running'] } } });
  expect(unfinished).toBe(0);
}

describe('a worker that dies at any effect of an event push', () => {
  const died: (string | null)[] = [];

  it.each(Array.from({ length: BOUNDARIES }, (_, n) => n + 1))(
    'creates one event, dying at boundary %i',
    async (boundary) => {
      const title = `Created ${boundary}`;
      const eventId = await world.putEvent(`create-${boundary}`, { title });
      died.push(await pushDyingAt(boundary));
      await expectEqualSides(eventId, title);
    },
  );

  it('had every effect among them', () => {
    for (const effect of ['reserveSlug', 'createEvent', 'attach', 'getEvent', 'confirmPush']) {
      expect(died).toEqual(expect.arrayContaining([`before ${effect}`, `after ${effect}`]));
    }
    expect(died.at(-1)).toBeNull();
  });

  it.each(Array.from({ length: BOUNDARIES }, (_, n) => n + 1))(
    'updates it and mails each guest at most once, dying at boundary %i',
    async (boundary) => {
      const eventId = await world.putEvent(`update-${boundary}`, { title: `Before ${boundary}` });
      await world.drain();
      const luma = await world.atLuma(eventId);
      world.sim.control.registerGuests(luma?.id ?? '', {
        guests: [{ email: `g${boundary}@example.org` }],
        silent: true,
      });
      const title = `After ${boundary}`;
      await world.putEvent(`update-${boundary}`, { title });
      const place = await pushDyingAt(boundary);
      await expectEqualSides(eventId, title);
      const mails = world.sim.control.mails().filter(({ to, by }) => to === `g${boundary}@example.org` && by === 'api');
      // Dying between the note and the request costs the mail; nothing ever costs a second one.
      expect(mails).toHaveLength(place === 'after noteAsked' || place === 'before updateEvent' ? 0 : 1);
    },
  );

  it('keeps an edit that went back to where it began while the worker was dead', async () => {
    const eventId = await world.putEvent('back', { title: 'Where it began' });
    await world.drain();
    await world.putEvent('back', { title: 'For a moment' });
    const effects = dyingAt(world.deps, 5);
    const [operation] = (await world.operationsOf('event.push')).filter(({ state }) => state === 'queued');
    expect(await world.run(operation?.id ?? '', effects.deps)).toEqual({ kind: 'crashed' });
    expect(effects.passed.at(-1)).toBe('before getEvent');
    expect(await world.atLuma(eventId)).toMatchObject({ name: 'For a moment' });
    await world.putEvent('back', { title: 'Where it began' });
    // The echo of the dead worker's request comes before anybody else.
    await world.deliver(
      world.announced().filter(({ type, body }) => type === 'event.updated' && body.includes('For a moment')),
    );
    // What the dead worker asked for was seen, but may be a host's word: the edit that says otherwise waits for it.
    const [, waiting] = await world.drain(undefined, 2);
    expect(waiting).toEqual({ kind: 'put-back', code: 'event.awaiting_luma' });
    world.passTime(ON_ITS_WAY_MS);
    await world.drain();
    await expectEqualSides(eventId, 'Where it began');
    expect(await world.row(eventId)).toMatchObject({ title: 'Where it began' });
    expect(await world.db.conflict.count({ where: { recordId: eventId } })).toBe(0);
  });
});
