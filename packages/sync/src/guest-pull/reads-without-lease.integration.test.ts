import { beforeEach, describe, expect, it } from '@jest/globals';
import { putRsvp } from '@luma-sync/application';
import { retryingTransaction } from '@luma-sync/store';
import { stopAt } from '../../test/stop-at.js';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';

/*
 * A read of guests at Luma holds no lease while it waits: a push of the event goes out meanwhile, and what the read
 * shows is merged behind it.
 */

let world: SyncWorld;
let eventId: string;
let lumaEventId: string;
beforeEach(async () => {
  world = await openSyncWorld();
  ({ eventId, lumaEventId } = await world.publishEvent('e1'));
});

const ADD = '/v1/events/guests/add';
const UPDATE = '/v1/events/guests/update-status';
const newest = async (job: Parameters<SyncWorld['operationsOf']>[0]) =>
  (await world.operationsOf(job)).at(-1)?.id ?? '';
const pull = () =>
  world.enqueue('guest.pull', { eventId, assignCoupons: false, sendEmails: false, approvalStatus: null });
const reconcile = () => world.enqueue('rsvp.reconcile', { eventId });
const push = async () => world.run(await newest('rsvp.push'));
const people = () => world.db.person.count();
const answers = async () =>
  (await world.rsvps(eventId)).map(({ person, status, link }) => `${person.email} ${status} ${link?.state}`);
const guests = async () =>
  (await world.atLuma(eventId))?.guests.map(({ email, status }) => `${email} ${status}`).sort() ?? [];
const register = (guest: { email: string; name?: string }) =>
  world.sim.control.registerGuests(lumaEventId, { guests: [guest], silent: true });
const guestOf = async (email: string) =>
  (await world.atLuma(eventId))?.guests.find((guest) => guest.email === email)?.id ?? '';

describe.each([
  ['a guest pull', pull],
  ['a reconciliation', reconcile],
])('%s that reads', (_name, enqueue) => {
  it.each(['slot', 'answer'] as const)('and waits for its %s does not hold up a push of the event', async (where) => {
    register({ email: 'there@example.org' });
    const id = await enqueue();
    const read = await stopAt(world, 'listAllGuests', where);
    const reading = world.run(id, read.deps);
    await read.reached;
    await world.putRsvp('e1', 'own', 'going');
    await push();
    expect(world.sim.control.log({ path: ADD })).toHaveLength(1);
    read.goOn();
    expect(await reading).toMatchObject({ kind: 'done' });
    await world.drain();
    expect(await answers()).toEqual(['own@example.org going synced', 'there@example.org going pulled']);
    expect(await guests()).toEqual(['own@example.org approved', 'there@example.org approved']);
  });
});

describe('a webhook about a guest that has to be read', () => {
  it.each(['slot', 'answer'] as const)('and waits for the %s does not hold up a push of the event', async (where) => {
    await world.putRsvp('e1', 'own', 'going');
    await world.drain();
    const before = world.announced().length;
    world.sim.control.changeGuest(lumaEventId, 'own@example.org', { status: 'waitlist' });
    await world.deliver(world.announced().slice(before));
    const [apply] = (await world.operationsOf('inbox.apply')).filter(({ state }) => state === 'queued');
    const read = await stopAt(world, 'findGuest', where);
    const applying = world.run(apply?.id ?? '', read.deps);
    await read.reached;
    await world.putRsvp('e1', 'new', 'going');
    const adds = world.sim.control.log({ path: ADD }).length;
    await push();
    expect(world.sim.control.log({ path: ADD })).toHaveLength(adds + 1);
    read.goOn();
    expect(await applying).toMatchObject({ kind: 'done' });
    await world.drain();
    expect(await answers()).toEqual(['new@example.org going synced', 'own@example.org waitlist synced']);
  });
});

describe('a page that was read before a push and is merged after it', () => {
  /** Reads the page, lets `meanwhile` happen, merges the page, and runs what is left. */
  async function mergeAfter(meanwhile: () => Promise<unknown>): Promise<void> {
    const read = await stopAt(world, 'listAllGuests', 'answer');
    const reading = world.run(await pull(), read.deps);
    await read.reached;
    await meanwhile();
    read.goOn();
    expect(await reading).toMatchObject({ kind: 'done' });
  }

  beforeEach(async () => {
    await world.putRsvp('e1', 'own', 'going');
    await world.drain();
    expect(await guests()).toEqual(['own@example.org approved']);
  });

  it('does not undo what was pushed', async () => {
    await mergeAfter(async () => {
      await world.putRsvp('e1', 'own', 'waitlist');
      await push();
    });
    expect(await answers()).toEqual(['own@example.org waitlist synced']);
    await world.drain();
    expect(await guests()).toEqual(['own@example.org waitlist']);
  });

  it('does not take a request that is on its way for one that was never sent', async () => {
    await mergeAfter(async () => {
      await world.putRsvp('e1', 'own', 'waitlist');
      // Other things of the guest changed as well: the page is no mere repetition.
      await world.db.$executeRaw`
        update rsvp_links set base = jsonb_set(base, '{digest}', '"older"'), observed_at = observed_at - interval
          '1 hour'`;
      // The answer that was sent is never read back.
      const { applyGuests: real } = world.deps.rsvps;
      const applyGuests: typeof real = (...args) =>
        world.sim.control.log({ path: UPDATE }).length > 0
          ? Promise.reject(new Error('Connection terminated'))
          : real(...args);
      const rsvps = { ...world.deps.rsvps, applyGuests };
      expect(await world.run(await newest('rsvp.push'), { ...world.deps, rsvps })).toMatchObject({
        kind: 'superseded',
      });
    });
    expect(await answers()).toEqual(['own@example.org waitlist unconfirmed']);
    await world.drain();
    expect(await answers()).toEqual(['own@example.org waitlist synced']);
  });

  it('does not bring back a guest whom the push found gone', async () => {
    await mergeAfter(async () => {
      world.sim.control.removeGuest(lumaEventId, await guestOf('own@example.org'));
      await world.putRsvp('e1', 'own', 'waitlist');
      await world.putRsvp('e1', 'own', 'going');
      const rsvps = { ...world.deps.rsvps, markAsked: () => Promise.reject(new Error('Connection terminated')) };
      await world.run(await newest('rsvp.push'), { ...world.deps, rsvps });
    });
    expect(await answers()).toEqual(['own@example.org going pending_push']);
    await world.drain();
    expect(await guests()).toEqual(['own@example.org approved']);
    expect(await answers()).toEqual(['own@example.org going synced']);
  });

  it('does not make a second person of one who came back under another address', async () => {
    await mergeAfter(async () => {
      world.sim.control.removeGuest(lumaEventId, await guestOf('own@example.org'));
      const moved = { name: 'own', email: 'moved@example.org', phone: null, status: 'waitlist' } as const;
      await retryingTransaction(world.db, (tx) => putRsvp(tx, { eventKey: 'e1', personKey: 'own' }, moved, 'app'));
      await push();
    });
    await world.drain();
    expect(await people()).toBe(1);
    expect(await answers()).toEqual(['moved@example.org waitlist synced']);
    expect(await guests()).toEqual(['moved@example.org waitlist']);
  });

  it('removes nobody whom the push has added', async () => {
    await world.db.rsvpLink.updateMany({ data: { createdAt: new Date(Date.now() - 3_600_000) } });
    await mergeAfter(async () => {
      await world.putRsvp('e1', 'late', 'going');
      await push();
      await world.run(await newest('rsvp.push'));
    });
    expect(await world.db.absence.count()).toBe(0);
    await world.drain();
    expect(await guests()).toEqual(['late@example.org approved', 'own@example.org approved']);
  });
});

describe('a guest who is missing from lists, and whose read finds nobody', () => {
  it('is not removed when a push has added them again meanwhile', async () => {
    await world.putRsvp('e1', 'own', 'going');
    await world.drain();
    world.sim.control.removeGuest(lumaEventId, await guestOf('own@example.org'));
    await world.run(await pull());
    await world.db.absence.updateMany({ data: { firstMissingAt: new Date(Date.now() - 7 * 86_400_000) } });
    const read = await stopAt(world, 'findGuest', 'answer');
    const reading = world.run(await pull(), read.deps);
    await read.reached;
    await world.putRsvp('e1', 'own', 'waitlist');
    await push();
    read.goOn();
    expect(await reading).toMatchObject({ outcome: { details: { removed: 0 } } });
    await world.drain();
    expect(await guests()).toEqual(['own@example.org waitlist']);
    expect(await answers()).toEqual(['own@example.org waitlist synced']);
  });
});
