import { beforeAll, describe, expect, it } from '@jest/globals';
import { dyingAt } from '../../test/dying.js';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';

let world: SyncWorld;
beforeAll(async () => {
  world = await openSyncWorld({ mailOnRsvp: true });
});

/** More than a push has; the last cases show that nothing is left to die at. */
const BOUNDARIES = 30;
const numbers = Array.from({ length: BOUNDARIES }, (_, n) => n + 1);

/** Dies once at the boundary, then runs until done. @returns where it died, null when it never did. */
async function pushDyingAt(boundary: number): Promise<string | null> {
  const effects = dyingAt(world.deps, boundary);
  await world.drain(effects.deps);
  return effects.passed.length >= boundary ? (effects.passed[boundary - 1] ?? null) : null;
}

async function expectEqualSides(eventId: string, statuses: Record<string, string>): Promise<void> {
  const there = (await world.atLuma(eventId))?.guests ?? [];
  expect(Object.fromEntries(there.map(({ email, status }) => [email, status]))).toEqual(statuses);
  expect(there).toHaveLength(Object.keys(statuses).length);
  const here = await world.rsvps(eventId);
  for (const { link, revision } of here) expect(link).toMatchObject({ state: 'synced', pushedRevision: revision });
  expect(await world.db.operation.count({ where: { state: { in: ['queued', 'running'] } } })).toBe(0);
}

const mailsTo = (email: string) =>
  world.sim.control.mails().filter(({ to, by }) => to === email && by === 'api').length;

describe('a worker that dies at any effect of an RSVP push', () => {
  const died: (string | null)[] = [];

  it.each(numbers)('adds each guest once and mails them at most once, dying at boundary %i', async (boundary) => {
    const key = `add-${boundary}`;
    const eventId = await world.putEvent(key, { title: key });
    await world.drain();
    const people = [`x${boundary}`, `y${boundary}`];
    for (const person of people) await world.putRsvp(key, person, 'going');
    died.push(await pushDyingAt(boundary));
    await expectEqualSides(eventId, Object.fromEntries(people.map((person) => [`${person}@example.org`, 'approved'])));
    for (const person of people) expect(mailsTo(`${person}@example.org`)).toBeLessThanOrEqual(1);
  });

  it('had every effect among them', () => {
    for (const effect of ['markAsked', 'addGuests', 'markAccepted', 'applyGuests']) {
      expect(died).toEqual(expect.arrayContaining([`before ${effect}`, `after ${effect}`]));
    }
    expect(died.at(-1)).toBeNull();
  });

  it.each(numbers)('changes a status, and mails about it at most once, dying at boundary %i', async (boundary) => {
    const key = `change-${boundary}`;
    const eventId = await world.putEvent(key, { title: key });
    await world.drain();
    const person = `z${boundary}`;
    await world.putRsvp(key, person, 'pending');
    await world.drain();
    const before = mailsTo(`${person}@example.org`);
    await world.putRsvp(key, person, 'going');
    await pushDyingAt(boundary);
    await expectEqualSides(eventId, { [`${person}@example.org`]: 'approved' });
    expect(mailsTo(`${person}@example.org`) - before).toBeLessThanOrEqual(1);
  });
});
