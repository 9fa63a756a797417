import { beforeEach, describe, expect, it } from '@jest/globals';
import { importCouponCodes, readRsvpTimeline, retryingTransaction } from '@luma-sync/store';
import { renderEntry } from '@luma-sync/timeline';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';
import { readEntries } from '../../test/timeline-entries.js';

let world: SyncWorld;
let eventId: string;
let lumaEventId: string;
let poolId: string;
beforeEach(async () => {
  world = await openSyncWorld();
  ({ eventId, lumaEventId } = await world.publishEvent('e1'));
  world.sim.control.registerGuests(lumaEventId, { count: 3, emailPrefix: 'guest', silent: true });
  const pool = await world.db.couponPool.create({
    data: { name: 'Drinks', events: { create: { eventId } }, codes: { create: [{ code: 'C1' }] } },
  });
  poolId = pool.id;
});

const pull = async (sendEmails = true) => {
  const payload = { eventId, assignCoupons: true, sendEmails, approvalStatus: null };
  return world.run(await world.enqueue('guest.pull', payload));
};
const pulls = () =>
  world.db.operation.findMany({
    where: { job: 'guest.pull', state: 'queued' },
    select: { actor: true, payload: true },
  });
const runPulls = async () => {
  for (const { id } of (await world.operationsOf('guest.pull')).filter(({ state }) => state === 'queued'))
    await world.run(id);
};
const storyOf = async (rsvpId: string, personId: string) =>
  (await readRsvpTimeline(world.db, { rsvpId, eventId, personId }, { after: null, limit: 100 })).map(
    (row) => renderEntry(row).message,
  );
const without = () =>
  world.db.rsvp.findMany({ where: { eventId, person: { assignments: { none: {} } } }, orderBy: { createdAt: 'asc' } });
const MISSING = /earned a code of "Drinks", and none is left/;

describe('an empty coupon pool (O4)', () => {
  it('is told in the story of each person who goes without, once, and in that of the event', async () => {
    await pull();
    await pull();
    const left = await without();
    expect(left).toHaveLength(2);
    for (const { id, personId } of left)
      expect((await storyOf(id, personId)).filter((message) => MISSING.test(message))).toHaveLength(1);
    const ofEvent = await readEntries(world.db, { recordId: eventId, fact: 'coupon-pool-empty' });
    expect(ofEvent[0]?.message).toMatch(/coupon pool "Drinks" has no codes left/);
    expect(world.sim.control.outside().count).toBe(0);
  });

  it('serves and mails who went without as soon as codes are added', async () => {
    await pull();
    expect(
      await retryingTransaction(world.db, (tx) => importCouponCodes(tx, poolId, ['C2', 'C3'], 'ann')),
    ).toMatchObject({ imported: 2, resumed: 1 });
    expect(await pulls()).toMatchObject([
      { actor: 'ann', payload: { eventId, assignCoupons: true, sendEmails: true, approvalStatus: null } },
    ]);
    await runPulls();
    expect(await without()).toEqual([]);
    expect(await world.db.message.count()).toBe(3);
    // Nobody waits any more.
    expect(await retryingTransaction(world.db, (tx) => importCouponCodes(tx, poolId, ['C4'], 'ann'))).toMatchObject({
      resumed: 0,
    });
  });

  it('mails nobody when the pull that gave no code was not to mail', async () => {
    await pull(false);
    await retryingTransaction(world.db, (tx) => importCouponCodes(tx, poolId, ['C2', 'C3'], 'ann'));
    await runPulls();
    expect(await without()).toEqual([]);
    expect(await world.db.message.count()).toBe(0);
  });

  it('resumes nothing for codes that the pool has already, or for a cancelled event', async () => {
    await pull();
    expect(await retryingTransaction(world.db, (tx) => importCouponCodes(tx, poolId, ['C1'], 'ann'))).toMatchObject({
      imported: 0,
      resumed: 0,
    });
    await world.db.event.update({ where: { id: eventId }, data: { approval: 'cancelled' } });
    expect(await retryingTransaction(world.db, (tx) => importCouponCodes(tx, poolId, ['C2'], 'ann'))).toMatchObject({
      imported: 1,
      resumed: 0,
    });
    expect(await pulls()).toEqual([]);
  });
});
