import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { type CouponWorld, openCouponWorld, toCodes } from '../../test/coupon-world.js';
import { retryingTransaction } from '../contention.js';
import { importCouponCodes } from './import-codes.js';
import { createCouponPool, findCouponPool, listCouponPools } from './pools.js';

let world: CouponWorld;
beforeAll(async () => {
  world = await openCouponWorld();
});

describe('coupon pools', () => {
  it('are created for events and found again, empty', async () => {
    const eventId = await world.addEvent();
    const result = await retryingTransaction(world.db, (tx) =>
      createCouponPool(tx, { name: 'Tea', eventIds: [eventId, eventId], calendarId: null }),
    );
    if (result.kind !== 'created') throw new Error(result.kind);
    expect(result.pool).toMatchObject({ name: 'Tea', calendarId: null, eventIds: [eventId] });
    expect(result.pool.counts).toEqual({ codes: 0, available: 0, assigned: 0, mailed: 0, notMailed: 0, waiting: 0 });
    await expect(findCouponPool(world.db, result.pool.id)).resolves.toEqual(result.pool);
    await expect(findCouponPool(world.db, randomUUID())).resolves.toBeNull();
  });

  it('have unique names: of ten callers at once one creates, nine are told so', async () => {
    const tries = Array.from({ length: 10 }, () =>
      retryingTransaction(world.db, (tx) =>
        createCouponPool(tx, { name: 'Contested', eventIds: [], calendarId: null }),
      ),
    );
    const kinds = (await Promise.all(tries)).map(({ kind }) => kind).sort();
    expect(kinds).toEqual(['created', ...Array(9).fill('name-taken')]);
  });

  it('are refused for events and calendars that are not there, which are named', async () => {
    const known = await world.addEvent();
    const unknown = randomUUID();
    await expect(
      retryingTransaction(world.db, (tx) =>
        createCouponPool(tx, { name: 'Ghosts', eventIds: [known, unknown], calendarId: null }),
      ),
    ).resolves.toEqual({
      kind: 'unknown-events',
      eventIds: [unknown],
    });
    await expect(
      retryingTransaction(world.db, (tx) =>
        createCouponPool(tx, { name: 'Ghosts', eventIds: [], calendarId: unknown }),
      ),
    ).resolves.toEqual({
      kind: 'unknown-calendar',
    });
    expect((await listCouponPools(world.db)).map(({ name }) => name)).not.toContain('Ghosts');
  });

  it('count codes, what is left, what was assigned and what was mailed', async () => {
    const eventId = await world.addEvent();
    const poolId = await world.addPool('Counted', [eventId], toCodes(5));
    const [first = ''] = await world.addPeople(1);
    await world.assign(eventId, [first, ...(await world.addPeople(2))]);
    await world.db.message.updateMany({ where: { assignment: { personId: first } }, data: { state: 'sent' } });
    const listed = (await listCouponPools(world.db)).find(({ id }) => id === poolId);
    expect(listed?.counts).toEqual({ codes: 5, available: 2, assigned: 3, mailed: 1, notMailed: 0, waiting: 0 });
  });
});

describe('importing codes', () => {
  it('keeps their order and counts those the pool had already or that came twice', async () => {
    const poolId = await world.addPool('Imported', [], ['a', 'b']);
    await expect(
      retryingTransaction(world.db, (tx) => importCouponCodes(tx, poolId, ['z', 'b', 'y', 'z', 'c'])),
    ).resolves.toEqual({
      imported: 3,
      duplicates: 2,
      resumed: 0,
    });
    const codes = await world.db.couponCode.findMany({ where: { poolId }, orderBy: { position: 'asc' } });
    expect(codes.map(({ code }) => code)).toEqual(['a', 'b', 'z', 'y', 'c']);
  });

  it('keeps the order of a long list', async () => {
    const poolId = await world.addPool('Long', [], toCodes(5_000));
    const codes = await world.db.couponCode.findMany({ where: { poolId }, orderBy: { position: 'asc' } });
    expect(codes.map(({ code }) => code)).toEqual(toCodes(5_000));
  });

  it('adds each code once when the same codes come ten times at once, in any order', async () => {
    const poolId = await world.addPool('Ten times', []);
    const codes = toCodes(3_000);
    const results = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        retryingTransaction(world.db, (tx) =>
          importCouponCodes(tx, poolId, n % 2 === 0 ? codes : [...codes].reverse()),
        ),
      ),
    );
    expect(results.reduce((sum, result) => sum + (result?.imported ?? 0), 0)).toBe(3_000);
    await expect(world.db.couponCode.count({ where: { poolId } })).resolves.toBe(3_000);
  });

  it('tells that there is no such pool', async () => {
    await expect(retryingTransaction(world.db, (tx) => importCouponCodes(tx, randomUUID(), ['a']))).resolves.toBeNull();
  });
});
