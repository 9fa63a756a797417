import { beforeAll, describe, expect, it } from '@jest/globals';
import { type CouponWorld, openCouponWorld, toCodes } from '../../test/coupon-world.js';
import { retryingTransaction } from '../contention.js';
import { inTransaction } from '../database.js';
import { assignCoupons } from './assign.js';
import { importCouponCodes } from './import-codes.js';

let world: CouponWorld;
beforeAll(async () => {
  world = await openCouponWorld({ poolMax: 12 });
});

const CALLERS = 10;

/** Ten slices of 20 people, each sharing half with the next, in changing order. */
function toOverlapping(people: readonly string[]): string[][] {
  return Array.from({ length: CALLERS }, (_, n) => {
    const slice = Array.from({ length: 20 }, (_, m) => people[(n * 10 + m) % people.length] ?? '');
    return n % 2 === 0 ? slice : slice.reverse();
  });
}

describe('ten callers at once', () => {
  /** Several rounds, since a race that shows in one interleaving of twenty must not pass by luck. */
  it.each([1, 2, 3])(
    'hand out every code of a short stock exactly once, and serve the rest later (round %i)',
    async (round) => {
      const eventId = await world.addEvent();
      const poolId = await world.addPool(`Short ${round}`, [eventId], toCodes(60));
      const people = await world.addPeople(100);

      const results = (await Promise.all(toOverlapping(people).map((slice) => world.assign(eventId, slice)))).flat();
      expect(results.reduce((sum, { assigned }) => sum + assigned, 0)).toBe(60);
      const served = await world.codesOf(poolId);
      expect(served.size).toBe(60);
      expect(new Set(served.values()).size).toBe(60);

      await retryingTransaction(world.db, (tx) => importCouponCodes(tx, poolId, toCodes(50, 'late')));
      const later = (await Promise.all(toOverlapping(people).map((slice) => world.assign(eventId, slice)))).flat();
      expect(later.every(({ outOfCodes }) => outOfCodes === 0)).toBe(true);
      const all = await world.codesOf(poolId);
      expect([...all.keys()].sort()).toEqual([...people].sort());
      expect(new Set(all.values()).size).toBe(100);
      for (const [person, code] of served) expect(all.get(person)).toBe(code);
      await expect(world.db.message.count({ where: { assignment: { poolId } } })).resolves.toBe(100);
      await expect(world.db.operation.count({ where: { eventId, job: 'coupon.email' } })).resolves.toBe(100);
    },
  );

  it('turn nobody away while a code remains, though all name the same people', async () => {
    const eventId = await world.addEvent();
    await world.addPool('Just enough', [eventId], toCodes(30));
    const people = await world.addPeople(30);
    const results = (await Promise.all(Array.from({ length: CALLERS }, () => world.assign(eventId, people)))).flat();
    expect(results.map(({ outOfCodes }) => outOfCodes)).toEqual(Array(CALLERS).fill(0));
  });

  it('of two events with two pools in common do not block each other for ever', async () => {
    const events = [await world.addEvent(), await world.addEvent()];
    const pools = [
      await world.addPool('Common 1', events, toCodes(40)),
      await world.addPool('Common 2', events, toCodes(40)),
    ];
    const people = await world.addPeople(40);
    await Promise.all(
      Array.from({ length: CALLERS }, (_, n) =>
        world.assign(events[n % 2] ?? '', n % 3 === 0 ? people : [...people].reverse()),
      ),
    );
    for (const poolId of pools) expect((await world.codesOf(poolId)).size).toBe(40);
  });

  it('take a code back into the stock when one of them fails', async () => {
    const eventId = await world.addEvent();
    const poolId = await world.addPool('With failures', [eventId], toCodes(30));
    const people = await world.addPeople(30);
    const failing = inTransaction(world.db, async (tx) => {
      await assignCoupons(tx, {
        eventId,
        personIds: people.slice(0, 20),
        sendEmails: true,
        trigger: 'manual',
        actor: 'test',
      });
      throw new Error('the page failed');
    }).catch(() => {});
    await Promise.all([failing, ...Array.from({ length: CALLERS - 1 }, () => world.assign(eventId, people))]);
    expect((await world.codesOf(poolId)).size).toBe(30);
  });
});
