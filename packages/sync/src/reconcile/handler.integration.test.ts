import { beforeEach, describe, expect, it } from '@jest/globals';
import { enqueueReconciles, inTransaction } from '@luma-sync/store';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';

let world: SyncWorld;
let eventId: string;
let lumaEventId: string;
beforeEach(async () => {
  world = await openSyncWorld();
  ({ eventId, lumaEventId } = await world.publishEvent('e1', { startsAt: new Date(Date.now() + 3_600_000) }));
});

const register = (emailPrefix: string, count: number, change: object = {}) =>
  world.sim.control.registerGuests(lumaEventId, { count, emailPrefix, silent: true, ...change });
const sweep = async () => {
  await world.enqueue('guest.pull', { eventId, assignCoupons: false, sendEmails: false, approvalStatus: null });
  await world.drain();
};
const reconcile = async () => world.run(await world.enqueue('rsvp.reconcile', { eventId }));
const listings = async (work: () => Promise<unknown>) => {
  const after = world.sim.control.counters().requests;
  const result = await work();
  return { result, queries: world.sim.control.log({ after }).map(({ path, query }) => `${path}?${query}`) };
};
const emails = async () => (await world.rsvps(eventId)).map(({ person }) => person.email);

describe('a look at the heads of a guest list', () => {
  it('T15 costs two requests when nothing is new, and writes no guest', async () => {
    register('guest', 120);
    await sweep();
    const rows = () => world.db.$queryRaw`select string_agg(xmin::text, ',' order by id) as versions from rsvp_links`;
    const before = await rows();
    const { result, queries } = await listings(reconcile);
    expect(queries).toHaveLength(2);
    expect(queries[0]).toMatch(/sort_column=registered_at&sort_direction=desc/);
    expect(queries[1]).toMatch(/sort_column=checked_in_at&sort_direction=desc/);
    expect(result).toMatchObject({ outcome: { details: { pages: 2, added: 0, updated: 0 } } });
    expect(await rows()).toEqual(before);
    expect((await world.row(eventId)).link?.guestHeadsAt).not.toBeNull();
  });

  it('T15 finds who registered and who came in without a word of it, and reads no further than it must', async () => {
    const { guests } = register('guest', 120);
    await sweep();
    register('late', 3);
    world.sim.control.changeGuest(lumaEventId, guests[0]?.id ?? '', { isCheckedIn: true, silent: true });
    const { result, queries } = await listings(reconcile);
    expect(result).toMatchObject({ outcome: { details: { added: 3 } } });
    expect(await emails()).toEqual(expect.arrayContaining(['late-1@example.org', 'late-3@example.org']));
    const cameIn = (await world.rsvps(eventId)).filter(({ checkedInAt }) => checkedInAt !== null);
    expect(cameIn).toHaveLength(1);
    // Each head one page further than its news: 123 guests would be three pages each.
    expect(queries.length).toBeLessThanOrEqual(4);
  });

  /** Before anybody can be there, so that only registrations are looked at. */
  const moveFarAway = async () => {
    const startsAt = new Date(Date.now() + 5 * 86_400_000);
    const endsAt = new Date(startsAt.getTime() + 3_600_000);
    await world.db.event.update({ where: { id: eventId }, data: { startsAt, endsAt } });
  };

  it('T16 does not pay for those who were only invited', async () => {
    await moveFarAway();
    register('invited', 300, { status: 'invited' });
    register('guest', 5);
    await sweep();
    register('late', 1);
    const { queries } = await listings(reconcile);
    expect(await emails()).toContain('late-1@example.org');
    expect(queries.length).toBeLessThanOrEqual(2);
  });

  it('asks for the whole list when more is new than heads are for', async () => {
    await sweep();
    register('crowd', 400);
    const { queries } = await listings(reconcile);
    // Five pages at most for each head.
    expect(queries.length).toBeLessThanOrEqual(10);
    expect((await world.row(eventId)).link?.guestsPulledAt).toBeNull();
    await inTransaction(world.db, enqueueReconciles);
    await world.drain();
    expect(await emails()).toHaveLength(400);
  });

  it('leaves check-ins alone while nobody can be there', async () => {
    await moveFarAway();
    expect((await listings(reconcile)).queries).toHaveLength(1);
  });

  it('mails nobody and assigns nothing, also for new guests', async () => {
    await sweep();
    const mails = world.sim.control.counters().mailsLumaWouldHaveSent;
    register('late', 2);
    await reconcile();
    await world.drain();
    expect(world.sim.control.counters().mailsLumaWouldHaveSent).toEqual(mails);
    expect(await world.db.message.count()).toBe(0);
  });

  it('T9 takes a page that failed for no page', async () => {
    await sweep();
    world.sim.control.layFault({ kind: 'error', status: 503, path: '/v1/events/guests/list', count: 1 });
    expect(await reconcile()).toMatchObject({ kind: 'put-back' });
    expect((await world.row(eventId)).link?.guestHeadsAt).toBeNull();
  });

  it('tells the watch over webhooks of guests that nobody told of, but not of those from before the first look', async () => {
    register('guest', 2);
    const unannouncedAt = async () => (await world.db.calendar.findFirstOrThrow()).unannouncedAt;
    await reconcile();
    expect(await unannouncedAt()).toBeNull();
    await sweep();
    register('late', 1);
    await reconcile();
    expect(await unannouncedAt()).not.toBeNull();
  });
});
