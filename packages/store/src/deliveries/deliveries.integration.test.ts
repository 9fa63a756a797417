import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openTestDatabase } from '@luma-sync/testkit';
import { retryingTransaction } from '../contention.js';
import { type Database, openDatabase } from '../database.js';
import { listDeliveries } from './read-deliveries.js';
import { type NewDelivery, storeDelivery } from './store-delivery.js';

let db: Database;
let calendarId: string;
beforeAll(async () => {
  db = openDatabase({ url: (await openTestDatabase()).url });
  calendarId = (await db.calendar.create({ data: { name: 'inbox', kind: 'luma' } })).id;
});
afterAll(() => db.$disconnect());

const delivery = (webhookId: string, over: Partial<NewDelivery> = {}): NewDelivery => ({
  calendarId,
  webhookId,
  type: 'event.updated',
  rawBody: '{"type":"event.updated","data":{"id":"evt-1"}}',
  signedAt: new Date(),
  recordKey: 'evt-1',
  isKnown: true,
  ...over,
});

describe('the inbox', () => {
  it('of twenty equal deliveries at once one is accepted and applied', async () => {
    const receipts = await Promise.all(
      Array.from({ length: 20 }, () => retryingTransaction(db, (tx) => storeDelivery(tx, delivery('twenty')))),
    );
    expect(receipts.filter(({ kind }) => kind === 'accepted')).toHaveLength(1);
    expect(receipts.filter(({ kind }) => kind === 'duplicate')).toHaveLength(19);
    expect(new Set(receipts.map(({ deliveryId }) => deliveryId)).size).toBe(1);
    const operations = await db.operation.findMany({ where: { job: 'inbox.apply', calendarId } });
    expect(operations).toMatchObject([
      { payload: { deliveryId: receipts[0]?.deliveryId, recordKey: 'evt-1' }, trigger: 'webhook' },
    ]);
  });

  it('the same id from two calendars is two deliveries', async () => {
    const other = await db.calendar.create({ data: { name: 'other inbox', kind: 'luma' } });
    const receipts = [
      await retryingTransaction(db, (tx) => storeDelivery(tx, delivery('shared'))),
      await retryingTransaction(db, (tx) => storeDelivery(tx, delivery('shared', { calendarId: other.id }))),
    ];
    expect(receipts.map(({ kind }) => kind)).toEqual(['accepted', 'accepted']);
  });

  it('a type nobody reads is kept and not worked on', async () => {
    const receipt = await retryingTransaction(db, (tx) =>
      storeDelivery(tx, delivery('new type', { type: 'calendar.renamed', isKnown: false })),
    );
    expect(receipt.kind).toBe('ignored');
    expect(await db.operation.count({ where: { dedupeKey: `inbox.apply:${receipt.deliveryId}` } })).toBe(0);
    const [kept] = await listDeliveries(db, { state: 'ignored', limit: 10 });
    expect(kept).toMatchObject({ id: receipt.deliveryId, hasBody: true });
    expect(kept).not.toHaveProperty('rawBody');
  });
});
