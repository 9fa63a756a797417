import { beforeEach, describe, expect, it } from '@jest/globals';
import { findRsvpView } from '@luma-sync/store';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';
import { readEntries } from '../../test/timeline-entries.js';

let world: SyncWorld;
let eventId: string;
beforeEach(async () => {
  world = await openSyncWorld();
  ({ eventId } = await world.publishEvent('e1'));
  for (const person of ['a', 'b', 'c']) await world.putRsvp('e1', person, 'going');
});

const refuse = (guests: object) => world.sim.control.changeSettings({ guests });
const adds = () => world.sim.control.log({ path: '/v1/events/guests/add' });
const there = async () => ((await world.atLuma(eventId))?.guests ?? []).map(({ email, name }) => [email, name]);
const nameOf = async (person: string) =>
  (await world.rsvps(eventId)).find((row) => row.person.email === `${person}@example.org`)?.person.name ?? '';
async function viewOf(person: string) {
  const row = (await world.rsvps(eventId)).find(({ person: { email } }) => email === `${person}@example.org`);
  return findRsvpView(world.db, eventId, row?.personId ?? '');
}
const story = async () => (await readEntries(world.db, { fact: 'rsvp-name-refused' })).map(({ message }) => message);

describe('an answer of which Luma refuses a field', () => {
  it('is sent without the name, the others as they are, and Luma’s words stand at the answer', async () => {
    const name = await nameOf('b');
    refuse({ refusedNames: [name] });
    await world.drain();
    expect((await there()).map(([email]) => email).sort()).toEqual(['a@example.org', 'b@example.org', 'c@example.org']);
    expect(adds().map(({ status }) => status)).toEqual([400, 200]);
    expect((await viewOf('b'))?.sync).toMatchObject({
      state: 'synced',
      lastError: null,
      notAtLuma: [{ field: 'name', luma: null, reason: 'refused', message: 'Invalid name' }],
    });
    expect((await viewOf('a'))?.sync.notAtLuma).toEqual([]);
    expect(await story()).toEqual(['Sent without the name, which Luma refuses: Invalid name']);
    expect(world.sim.control.outside().count).toBe(0);
  });

  it('costs the guest whom the refusal names, and the others go in one request', async () => {
    refuse({ refusedEmails: ['b@example.org'] });
    await world.drain();
    expect((await there()).map(([email]) => email).sort()).toEqual(['a@example.org', 'c@example.org']);
    expect(adds().map(({ status }) => status)).toEqual([400, 200]);
    expect((await viewOf('b'))?.sync).toMatchObject({
      state: 'push_failed',
      lastError: { code: 'luma.rejected', message: 'Luma refuses this guest: Invalid email' },
    });
    // A new answer tries again.
    refuse({ refusedEmails: [] });
    await world.putRsvp('e1', 'b', 'pending');
    await world.drain();
    expect((await viewOf('b'))?.sync).toMatchObject({ state: 'synced', lastError: null });
  });
});
