import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Database, inTransaction, openDatabase, retryingTransaction, storeDelivery } from '@luma-sync/store';
import { openTestDatabase } from '@luma-sync/testkit';
import { replayDelivery } from './replay-delivery.js';

let db: Database;
let calendarId: string;
beforeAll(async () => {
  db = openDatabase({ url: (await openTestDatabase()).url });
  calendarId = (await db.calendar.create({ data: { name: 'inbox', kind: 'luma' } })).id;
});
afterAll(() => db.$disconnect());

it('a replay applies the delivery again under its record, until its body is gone', async () => {
  const delivery = {
    ...{ calendarId, webhookId: 'replayed', type: 'event.updated', signedAt: new Date() },
    ...{ rawBody: '{"type":"event.updated","data":{"id":"evt-1"}}', recordKey: 'evt-1', isKnown: true },
  };
  const { deliveryId } = await retryingTransaction(db, (tx) => storeDelivery(tx, delivery));
  await db.operation.updateMany({
    where: { dedupeKey: `inbox.apply:${deliveryId}` },
    data: { state: 'done', dispatchAt: null },
  });
  const replay = await inTransaction(db, (tx) => replayDelivery(tx, deliveryId, 'operator'));
  expect(replay).toMatchObject({ kind: 'replayed', operation: { isNew: true } });
  if (replay.kind !== 'replayed') return;
  expect(await db.operation.findUniqueOrThrow({ where: { id: replay.operation.id } })).toMatchObject({
    payload: { deliveryId, recordKey: 'evt-1' },
    trigger: 'manual',
  });
  await db.webhookDelivery.update({ where: { id: deliveryId }, data: { rawBody: null } });
  expect(await inTransaction(db, (tx) => replayDelivery(tx, deliveryId, 'operator'))).toEqual({
    kind: 'body-expired',
  });
});
