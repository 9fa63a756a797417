import { randomUUID } from 'node:crypto';
import { atEnd, openTestDatabase } from '@luma-sync/testkit';
import { retryingTransaction } from '../src/contention.js';
import {
  assignCoupons,
  createCouponPool,
  type Database,
  importCouponCodes,
  inTransaction,
  openDatabase,
} from '../src/index.js';

export interface CouponWorld {
  db: Database;
  addEvent(): Promise<string>;
  /** People with a mail address, in the order they are served. */
  addPeople(count: number): Promise<string[]>;
  addPool(name: string, eventIds: string[], codes?: string[]): Promise<string>;
  /** Assigns in a transaction of its own, as a page of a guest pull does. */
  assign(eventId: string, personIds: string[], sendEmails?: boolean): ReturnType<typeof assignCoupons>;
  /** Code by person, of one pool. */
  codesOf(poolId: string): Promise<Map<string, string>>;
}

/** A database of its own with what coupons need around them. */
export async function openCouponWorld({ poolMax = 10 } = {}): Promise<CouponWorld> {
  const { url } = await openTestDatabase();
  const db = openDatabase({ url, poolMax });
  atEnd(() => db.$disconnect());
  return {
    db,
    async addEvent() {
      const startsAt = new Date('2026-12-01T18:00:00.000Z');
      const endsAt = new Date('2026-12-01T20:00:00.000Z');
      const data = {
        source: 'app',
        approval: 'approved',
        title: 'Autumn Meetup',
        startsAt,
        endsAt,
        timezone: 'UTC',
      } as const;
      return (await db.event.create({ data })).id;
    },
    async addPeople(count) {
      const ids = Array.from({ length: count }, () => randomUUID());
      await db.person.createMany({
        data: ids.map((id) => ({ id, email: `${id}@example.org`, origin: 'luma' as const })),
      });
      return ids;
    },
    async addPool(name, eventIds, codes = []) {
      const result = await retryingTransaction(db, (tx) => createCouponPool(tx, { name, eventIds, calendarId: null }));
      if (result.kind !== 'created') throw new Error(`the pool was not created: ${result.kind}`);
      await retryingTransaction(db, (tx) => importCouponCodes(tx, result.pool.id, codes));
      return result.pool.id;
    },
    assign: (eventId, personIds, sendEmails = true) =>
      inTransaction(db, (tx) =>
        assignCoupons(tx, { eventId, personIds, sendEmails, trigger: 'manual', actor: 'test' }),
      ),
    async codesOf(poolId) {
      const rows = await db.couponAssignment.findMany({
        where: { poolId },
        select: { personId: true, code: { select: { code: true } } },
      });
      return new Map(rows.map(({ personId, code }) => [personId, code.code]));
    },
  };
}

export const toCodes = (count: number, prefix = 'C'): string[] =>
  Array.from({ length: count }, (_, n) => `${prefix}-${n + 1}`);
