import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { type CouponWorld, openCouponWorld, toCodes } from '../../test/coupon-world.js';
import { retryingTransaction } from '../contention.js';
import { inTransaction } from '../database.js';
import { assignCoupons } from './assign.js';
import { importCouponCodes } from './import-codes.js';
import { findCouponPool } from './pools.js';
import { findCouponRecipients } from './recipients.js';

let world: CouponWorld;
beforeAll(async () => {
  world = await openCouponWorld();
});

describe('assigning coupons', () => {
  it('gives codes in the order of their import to people in the order of the list', async () => {
    const eventId = await world.addEvent();
    const poolId = await world.addPool('In order', [eventId], toCodes(4));
    const people = await world.addPeople(3);
    const [result] = await world.assign(eventId, people);
    expect(result).toEqual({
      poolId,
      poolName: 'In order',
      assigned: 3,
      mailsQueued: 3,
      alreadyHad: 0,
      outOfCodes: 0,
      warning: null,
    });
    const codes = await world.codesOf(poolId);
    expect(people.map((id) => codes.get(id))).toEqual(['C-1', 'C-2', 'C-3']);
  });

  it('gives an address one code of a pool, also when it is claimed for a second person', async () => {
    const [first, second] = [await world.addEvent(), await world.addEvent()];
    const poolId = await world.addPool('By address', [first, second], toCodes(4));
    const email = 'shared@example.org';
    const { id: holder } = await world.db.person.create({ data: { email, origin: 'luma' } });
    const { id: claimant } = await world.db.person.create({
      data: { externalId: 'claimant', claimedEmail: email, origin: 'app' },
    });
    expect(await world.assign(first, [claimant])).toMatchObject([{ assigned: 1, mailsQueued: 1 }]);
    expect(await findCouponRecipients(world.db, second, [holder])).toEqual([]);
    expect(await world.assign(second, [holder])).toMatchObject([{ assigned: 0, alreadyHad: 1 }]);
    expect(await world.db.message.findMany({ where: { assignment: { poolId } } })).toMatchObject([
      { recipient: email },
    ]);
    await world.db.message.deleteMany({ where: { assignment: { poolId } } });
    await world.db.couponAssignment.deleteMany({ where: { poolId } });
    expect(await findCouponRecipients(world.db, second, [holder])).toEqual([holder]);
    expect(await world.assign(second, [holder])).toMatchObject([{ assigned: 1 }]);
    expect(await world.assign(first, [claimant])).toMatchObject([{ assigned: 0, alreadyHad: 1 }]);
  });

  it('mails a code that was given without a mail when a person asks for it, once, and not otherwise', async () => {
    const eventId = await world.addEvent();
    const poolId = await world.addPool('Given before', [eventId], toCodes(2));
    const [first = '', second = ''] = await world.addPeople(2);
    await world.assign(eventId, [first, second], false);
    await world.assign(eventId, [first, second], true);
    expect(await world.db.message.count({ where: { assignment: { poolId } } })).toBe(0);
    const unmailed = async () => (await findCouponPool(world.db, poolId))?.counts.notMailed;
    expect(await unmailed()).toBe(2);
    expect(await findCouponRecipients(world.db, eventId, [first, second])).toEqual([]);
    expect(await findCouponRecipients(world.db, eventId, [first, second], true)).toEqual([first, second]);
    const mail = () =>
      inTransaction(world.db, (tx) =>
        assignCoupons(tx, {
          eventId,
          personIds: [first],
          sendEmails: true,
          mailAssigned: true,
          trigger: 'manual',
          actor: 'test',
        }),
      );
    await mail();
    await mail();
    const messages = await world.db.message.findMany({ where: { assignment: { poolId } } });
    expect(messages).toMatchObject([{ recipient: `${first}@example.org`, state: 'reserved' }]);
    expect(await world.db.operation.count({ where: { job: 'coupon.email', eventId } })).toBe(1);
    expect(await unmailed()).toBe(1);
    const told = await world.db.timelineEntry.findMany({ where: { eventId, fact: 'coupon-mail-asked' } });
    expect(told).toMatchObject([{ recordId: messages[0]?.assignmentId, details: { pool: 'Given before' } }]);
  });

  it('gives nothing to guests of a cancelled event, so that they are served should it come back', async () => {
    const eventId = await world.addEvent();
    const poolId = await world.addPool('Called off', [eventId], toCodes(2));
    const people = await world.addPeople(2);
    await world.db.event.update({ where: { id: eventId }, data: { approval: 'cancelled' } });
    await expect(world.assign(eventId, people)).resolves.toEqual([]);
    expect((await world.codesOf(poolId)).size).toBe(0);
    await world.db.event.update({ where: { id: eventId }, data: { approval: 'approved' } });
    await expect(world.assign(eventId, people)).resolves.toMatchObject([{ assigned: 2, mailsQueued: 2 }]);
  });

  it('gives nobody a second code of a pool, named twice, asked again or at another event', async () => {
    const [eventId, otherEventId] = [await world.addEvent(), await world.addEvent()];
    const poolId = await world.addPool('Once', [eventId, otherEventId], toCodes(10));
    const people = await world.addPeople(2);
    await expect(world.assign(eventId, [...people, ...people])).resolves.toMatchObject([
      { assigned: 2, alreadyHad: 0 },
    ]);
    await expect(world.assign(eventId, people)).resolves.toMatchObject([{ assigned: 0, alreadyHad: 2, outOfCodes: 0 }]);
    await expect(world.assign(otherEventId, people)).resolves.toMatchObject([
      { assigned: 0, alreadyHad: 2, mailsQueued: 0 },
    ]);
    expect((await world.codesOf(poolId)).size).toBe(2);
  });

  it('serves every pool of the event, each to its own stock, and no other pool', async () => {
    const [eventId, otherEventId] = [await world.addEvent(), await world.addEvent()];
    const tea = await world.addPool('B tea', [eventId], toCodes(5, 'T'));
    const cake = await world.addPool('A cake', [eventId], toCodes(1, 'K'));
    const elsewhere = await world.addPool('Elsewhere', [otherEventId], toCodes(5, 'E'));
    const people = await world.addPeople(3);
    await expect(world.assign(eventId, people)).resolves.toMatchObject([
      {
        poolId: cake,
        assigned: 1,
        outOfCodes: 2,
        warning: 'coupon pool "A cake" has no codes left for "Autumn Meetup": 2 people went without',
      },
      { poolId: tea, assigned: 3, outOfCodes: 0, warning: null },
    ]);
    expect((await world.codesOf(elsewhere)).size).toBe(0);
  });

  it('does nothing without a pool, without people, and for people who are gone', async () => {
    const eventId = await world.addEvent();
    await expect(world.assign(eventId, await world.addPeople(1))).resolves.toEqual([]);
    await world.addPool('Nobody', [eventId], toCodes(1));
    await expect(world.assign(eventId, [])).resolves.toMatchObject([{ assigned: 0, alreadyHad: 0, outOfCodes: 0 }]);
    await expect(world.assign(eventId, [randomUUID()])).resolves.toMatchObject([
      { assigned: 0, alreadyHad: 0, outOfCodes: 0 },
    ]);
  });

  it('serves those who went without once codes arrive, first those named first', async () => {
    const eventId = await world.addEvent();
    const poolId = await world.addPool('Refilled', [eventId], toCodes(2));
    const people = await world.addPeople(5);
    await expect(world.assign(eventId, people)).resolves.toMatchObject([{ assigned: 2, outOfCodes: 3 }]);
    await retryingTransaction(world.db, (tx) => importCouponCodes(tx, poolId, ['late-1', 'late-2', 'late-3']));
    await expect(world.assign(eventId, people)).resolves.toMatchObject([
      { assigned: 3, alreadyHad: 2, outOfCodes: 0, mailsQueued: 3 },
    ]);
    const codes = await world.codesOf(poolId);
    expect(people.map((id) => codes.get(id))).toEqual(['C-1', 'C-2', 'late-1', 'late-2', 'late-3']);
  });

  it('writes the mail and its operation along with each code', async () => {
    const eventId = await world.addEvent();
    await world.addPool('Mailed', [eventId], toCodes(1));
    const [personId = ''] = await world.addPeople(1);
    await world.assign(eventId, [personId]);
    const { id, message } = await world.db.couponAssignment.findFirstOrThrow({
      where: { personId },
      include: { message: true },
    });
    expect(message).toMatchObject({
      kind: 'coupon',
      state: 'reserved',
      idempotencyKey: `coupon-${id}`,
      recipient: `${personId}@example.org`,
    });
    const operations = await world.db.operation.findMany({ where: { dedupeKey: `coupon.email:${id}` } });
    expect(operations).toMatchObject([
      { job: 'coupon.email', payload: { assignmentId: id }, eventId, actor: 'test', trigger: 'manual' },
    ]);
  });

  it('mails nobody when told not to, also not later, and nobody without an address', async () => {
    const eventId = await world.addEvent();
    await world.addPool('Quiet', [eventId], toCodes(3));
    const people = await world.addPeople(2);
    await expect(world.assign(eventId, people, false)).resolves.toMatchObject([{ assigned: 2, mailsQueued: 0 }]);
    await expect(world.assign(eventId, people, true)).resolves.toMatchObject([{ alreadyHad: 2, mailsQueued: 0 }]);
    const nameless = await world.db.person.create({ data: { origin: 'app' } });
    await expect(world.assign(eventId, [nameless.id])).resolves.toMatchObject([{ assigned: 1, mailsQueued: 0 }]);
    await expect(world.db.operation.count({ where: { job: 'coupon.email', eventId } })).resolves.toBe(0);
  });

  it('tells of each code that it was given, and whether a mail follows', async () => {
    const eventId = await world.addEvent();
    await world.addPool('Told', [eventId], toCodes(3));
    const [mailed = '', quiet = ''] = await world.addPeople(2);
    const nameless = await world.db.person.create({ data: { origin: 'app' } });
    await world.assign(eventId, [mailed, nameless.id], true);
    await world.assign(eventId, [mailed, quiet], false);
    const assignments = await world.db.couponAssignment.findMany({ where: { eventId } });
    const personOf = new Map(assignments.map(({ id, personId }) => [id, personId]));
    const told = await world.db.timelineEntry.findMany({ where: { eventId, fact: 'coupon-assigned' } });
    expect(new Map(told.map(({ recordId, details }) => [personOf.get(recordId), details]))).toEqual(
      new Map([
        [mailed, { pool: 'Told', mail: 'asked-for', askedBy: 'test' }],
        [nameless.id, { pool: 'Told', mail: 'no-address', askedBy: 'test' }],
        [quiet, { pool: 'Told', mail: 'not-wanted', askedBy: 'test' }],
      ]),
    );
    expect(told).toHaveLength(3);
  });

  it('takes code, mail and operation back when the caller’s transaction fails', async () => {
    const eventId = await world.addEvent();
    const poolId = await world.addPool('Rolled back', [eventId], toCodes(1));
    const personIds = await world.addPeople(1);
    const failing = inTransaction(world.db, async (tx) => {
      await assignCoupons(tx, { eventId, personIds, sendEmails: true, trigger: 'manual', actor: 'test' });
      throw new Error('what came after it failed');
    });
    await expect(failing).rejects.toThrow('what came after it failed');
    await expect(world.db.operation.count({ where: { eventId } })).resolves.toBe(0);
    await expect(world.assign(eventId, personIds)).resolves.toMatchObject([{ poolId, assigned: 1 }]);
  });

  it('takes a thousand and more people in one call', async () => {
    const eventId = await world.addEvent();
    const poolId = await world.addPool('Crowd', [eventId], toCodes(2_500));
    await expect(world.assign(eventId, await world.addPeople(2_400))).resolves.toMatchObject([
      { assigned: 2_400, mailsQueued: 2_400 },
    ]);
    expect(new Set((await world.codesOf(poolId)).values()).size).toBe(2_400);
    await expect(world.db.operation.count({ where: { eventId } })).resolves.toBe(2_400);
  });
});
