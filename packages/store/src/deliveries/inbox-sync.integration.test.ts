import { beforeEach, describe, expect, it } from '@jest/globals';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';
import { retryingTransaction } from '../contention.js';
import { createInboxSyncStore, type InboxSyncStore } from './inbox-sync-store.js';
import { storeDelivery } from './store-delivery.js';

let world: SyncWorld;
let inbox: InboxSyncStore;
let calendarId: string;
beforeEach(async () => {
  world = await openSyncWorld();
  inbox = createInboxSyncStore(world.db);
  calendarId = await world.addCalendar();
});

async function deliver(webhookId: string, over: { calendarId?: string; recordKey?: string; type?: string } = {}) {
  const { deliveryId } = await retryingTransaction(world.db, (tx) =>
    storeDelivery(tx, {
      calendarId,
      webhookId,
      type: 'guest.updated',
      rawBody: '{}',
      signedAt: new Date(),
      recordKey: 'evt-1',
      isKnown: true,
      ...over,
    }),
  );
  return deliveryId;
}

const operationOf = (deliveryId: string) =>
  world.db.operation.findFirstOrThrow({ where: { dedupeKey: `inbox.apply:${deliveryId}` } });
const waiting = (limit = 10) =>
  inbox.listWaiting({
    calendarId,
    recordKey: 'evt-1',
    types: ['guest.updated', 'guest.registered'],
    limit,
  });

describe('deliveries that wait', () => {
  it('are those of the record that nobody has begun with, oldest first', async () => {
    const elsewhere = (await world.db.calendar.create({ data: { name: 'another', kind: 'luma' } })).id;
    await deliver('another record', { recordKey: 'evt-2' });
    await deliver('another calendar', { calendarId: elsewhere });
    await deliver('another type', { type: 'event.updated' });
    const begun = await deliver('begun');
    await world.begin((await operationOf(begun)).id);
    const failed = await deliver('failed before');
    await world.db.operation.updateMany({ where: { dedupeKey: `inbox.apply:${failed}` }, data: { attempts: 1 } });
    const deadly = await deliver('killed its process before');
    await world.db.operation.updateMany({ where: { dedupeKey: `inbox.apply:${deadly}` }, data: { crashes: 1 } });
    const huge = await deliver('huge');
    await world.db.webhookDelivery.update({ where: { id: huge }, data: { rawBody: 'x'.repeat(65_537) } });
    const expired = await deliver('expired');
    await world.db.webhookDelivery.update({ where: { id: expired }, data: { rawBody: null } });
    const applied = await deliver('applied');
    await world.db.webhookDelivery.update({ where: { id: applied }, data: { state: 'applied' } });
    const [second, first] = [await deliver('second'), await deliver('first', { type: 'guest.registered' })];
    await world.db
      .$executeRaw`update webhook_deliveries set received_at = now() - interval '1 hour' where id = ${first}::uuid`;

    expect((await waiting()).map(({ id }) => id)).toEqual([first, second]);
    expect(await waiting(1)).toMatchObject([
      { id: first, type: 'guest.registered', rawBody: '{}', operationId: (await operationOf(first)).id },
    ]);
  });

  it('are left to their own runs from now on, as many as would have been listed', async () => {
    const run = await world.run();
    const query = { calendarId, recordKey: 'evt-1', types: ['guest.updated'], limit: 2 };
    for (const name of ['a', 'b', 'c']) await deliver(name);
    const [a, b, c] = await waiting();
    await inbox.excludeFromCoalescing(run, query);
    expect((await waiting()).map(({ id }) => id)).toEqual([c?.id]);
    expect((await operationOf(a?.id ?? '')).attempts + (await operationOf(b?.id ?? '')).attempts).toBe(2);
    await world.expire(run.id);
    await expect(inbox.excludeFromCoalescing(run, query)).rejects.toMatchObject({ code: 'operation.lease_lost' });
  });

  it('end with the run that coalesced them, once, and not by a run that has lost its operation', async () => {
    const [own, other] = [await deliver('own'), await deliver('other')];
    const [taken] = (await waiting()).filter(({ id }) => id === other).map((of) => ({ ...of, applied: 'added' }));
    const run = await world.begin((await operationOf(own)).id);
    const ending = { state: 'applied' as const, note: null, along: taken === undefined ? [] : [taken] };
    await world.expire(run.operationId);
    await expect(inbox.settle(run, own, ending)).rejects.toMatchObject({ code: 'operation.lease_lost' });
    expect(await operationOf(other)).toMatchObject({ state: 'queued' });
    expect(await inbox.find(other)).toMatchObject({ state: 'pending' });

    const again = await world.begin(run.operationId, 'another run', true);
    await inbox.settle(again, own, ending);
    await inbox.settle(again, own, ending);
    expect(await inbox.find(other)).toMatchObject({ state: 'applied' });
    expect(await operationOf(other)).toMatchObject({
      state: 'done',
      dispatchAt: null,
      startedAt: expect.any(Date),
      finishedAt: expect.any(Date),
      outcome: { kind: 'done', details: { type: 'guest.updated', applied: 'added', by: again.operationId } },
    });
    expect(await waiting()).toEqual([]);
  });

  it('are recorded in the commit that ends them, each once', async () => {
    const [own, other] = [await deliver('own'), await deliver('other')];
    const along = (await waiting()).filter(({ id }) => id === other).map((of) => ({ ...of, applied: 'nothing-new' }));
    const run = await world.begin((await operationOf(own)).id);
    const ending = { state: 'applied' as const, note: null, along };
    await inbox.settle(run, own, ending);
    await inbox.settle(run, own, ending);
    const { id: operationId } = await operationOf(other);
    const entries = await world.db.timelineEntry.findMany({ where: { operationId } });
    expect(entries).toMatchObject([
      { fact: 'run', repeats: 1, details: { ending: { kind: 'done', details: { applied: 'nothing-new' } } } },
    ]);
  });
});
