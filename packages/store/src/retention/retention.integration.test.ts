import { beforeEach, describe, expect, it } from '@jest/globals';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';
import { RETENTION_BATCH } from './batch.js';
import { applyRetention } from './retention.js';
import { DEFAULT_RETENTION_DAYS } from './retention-days.js';

let world: SyncWorld;
beforeEach(async () => {
  world = await openSyncWorld();
});

const apply = (batchesMax = 50, signal = new AbortController().signal) =>
  applyRetention(world.db, DEFAULT_RETENTION_DAYS, { signal, batchesMax });

const DAY_MS = 86_400_000;
const ago = (days: number) => new Date(Date.now() - days * DAY_MS);

async function addDelivery(calendarId: string, days: number, state: 'pending' | 'applied' | 'failed') {
  const data = {
    calendarId,
    webhookId: `w-${days}-${state}`,
    type: 'guest.updated',
    rawBody: '{}',
    signedAt: ago(days),
    receivedAt: ago(days),
    state,
  };
  return (await world.db.webhookDelivery.create({ data })).id;
}

const addOperations = (count: number, state: 'done' | 'failed' | 'discarded', days: number) =>
  world.db.$executeRaw`
    insert into operations (job, dedupe_key, payload, priority, state, trigger, actor, deadline_at, created_at,
      finished_at, dispatch_at)
    select 'event.push', ${`${state}-${days}-`} || n, '{}', 1, ${state}::operation_state, 'api', 'test', now(),
      now() - interval '300 days', now() - ${days} * interval '1 day' - n * interval '1 s', null
    from generate_series(1, ${count}::int) n`;

describe('retention', () => {
  it('removes more than one batch, and only what is finished and old; dead letters later', async () => {
    const count = RETENTION_BATCH + 5;
    await addOperations(count, 'done', 91);
    await addOperations(2, 'discarded', 91);
    await addOperations(1, 'done', 89);
    await addOperations(1, 'failed', 91);
    await addOperations(3, 'failed', 181);
    await world.db.$executeRaw`
      insert into operations (job, dedupe_key, payload, priority, state, trigger, actor, deadline_at, created_at)
      values ('event.push', 'waits', '{}', 1, 'queued', 'api', 'test', now(), now() - interval '900 days'),
        ('event.push', 'runs', '{}', 1, 'running', 'api', 'test', now(), now() - interval '900 days')`;
    const { removed, isComplete } = await apply();
    expect([removed.operations, removed.deadLetters, isComplete]).toEqual([count + 2, 3, true]);
    const left = await world.db.operation.findMany({ orderBy: { dedupeKey: 'asc' } });
    expect(left.map(({ dedupeKey }) => dedupeKey)).toEqual(['done-89-1', 'failed-91-1', 'runs', 'waits']);
  });

  it('empties bodies before it removes deliveries; of those that were not applied later, and while they are to be applied never', async () => {
    const calendarId = await world.addCalendar();
    const ids = {
      young: await addDelivery(calendarId, 13, 'applied'),
      old: await addDelivery(calendarId, 15, 'applied'),
      oldFailed: await addDelivery(calendarId, 15, 'failed'),
      olderFailed: await addDelivery(calendarId, 91, 'failed'),
      ancientFailed: await addDelivery(calendarId, 181, 'failed'),
      ancientWaiting: await addDelivery(calendarId, 300, 'pending'),
      ancient: await addDelivery(calendarId, 91, 'applied'),
    };
    await world.enqueue('inbox.apply', { deliveryId: ids.ancientWaiting, recordKey: 'evt-1' });
    const { removed } = await apply();
    expect(removed).toMatchObject({ webhookDeliveries: 1, unappliedWebhookDeliveries: 1 });
    const left = await world.db.webhookDelivery.findMany();
    const bodyOf = new Map(left.map((row) => [row.id, row.rawBody]));
    const { young, old, oldFailed, olderFailed, ancientWaiting } = ids;
    expect(bodyOf).toEqual(
      new Map([
        [young, '{}'],
        [old, null],
        [oldFailed, '{}'],
        [olderFailed, null],
        [ancientWaiting, '{}'],
      ]),
    );
  });

  it('keeps an entry of the timeline that was counted lately', async () => {
    const recordId = await world.addCalendar();
    const entry = { recordType: 'calendar', recordId, kind: 'observed', actor: 'luma', at: ago(400) } as const;
    for (const [message, lastAt] of [
      ['gone', null],
      ['gone too', ago(366)],
      ['young', ago(1)],
    ] as const)
      await world.db.timelineEntry.create({ data: { ...entry, message, lastAt } });
    expect((await apply()).removed.timeline).toBe(2);
    expect(await world.db.timelineEntry.findMany({ select: { message: true } })).toEqual([{ message: 'young' }]);
  });

  it('stops at its bound and goes on where it stopped', async () => {
    await addOperations(3 * RETENTION_BATCH, 'done', 91);
    expect(await apply(2)).toMatchObject({ isComplete: false, removed: { operations: 2 * RETENTION_BATCH } });
    expect(await apply(2)).toMatchObject({ isComplete: true, removed: { operations: RETENTION_BATCH } });
  });

  it('stops when told to', async () => {
    await addOperations(5, 'done', 91);
    expect(await apply(5, AbortSignal.abort())).toMatchObject({ isComplete: false, removed: { operations: 0 } });
    expect(await world.db.operation.count()).toBe(5);
  });

  it('waits for nobody who works with a row, and nobody waits for it', async () => {
    await addOperations(20, 'done', 91);
    await addOperations(1, 'done', 1);
    let release = (): void => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    let isHeld = false;
    const holding = world.db.$transaction(
      async (tx) => {
        await tx.$queryRaw`select id from operations where dedupe_key in ('done-91-1', 'done-91-2') for update`;
        isHeld = true;
        await released;
      },
      { timeout: 60_000 },
    );
    while (!isHeld) await new Promise((resolve) => setImmediate(resolve));
    const { removed } = await apply();
    expect(removed.operations).toBe(18);
    expect(await world.isAnybodyBlocked()).toBe(false);
    release();
    await holding;
    expect((await apply()).removed.operations).toBe(2);
  });

  it('gives a table up that somebody holds as a whole, and says that there is more', async () => {
    await addOperations(3, 'done', 91);
    const held = world.db.$transaction(
      async (tx) => {
        // Postgres ends a transaction that pauses for five seconds; retention may need them on a busy machine.
        await tx.$executeRaw`set local idle_in_transaction_session_timeout = 0`;
        await tx.$executeRaw`lock table operations in access exclusive mode`;
        return apply();
      },
      { timeout: 60_000 },
    );
    expect(await held).toMatchObject({ isComplete: false, removed: { operations: 0, deadLetters: 0 } });
    expect(await apply()).toMatchObject({ isComplete: true, removed: { operations: 3 } });
  });

  it('finds its rows along an index in tables that are large', async () => {
    await addOperations(30_000, 'done', 10);
    await addOperations(2_000, 'failed', 100);
    await addOperations(50, 'done', 91);
    const calendarId = await world.addCalendar();
    await world.db.$executeRaw`
      insert into webhook_deliveries (calendar_id, webhook_id, type, raw_body, state, signed_at, received_at)
      select ${calendarId}::uuid, 'w' || n, 'guest.updated', case when n % 100 = 0 then '{}' end, 'applied', now(),
        now() - n * interval '3 minutes'
      from generate_series(1, 30000) n`;
    await world.db.$executeRaw`analyze operations, webhook_deliveries`;
    const explain = async (sql: string) =>
      (await world.db.$queryRawUnsafe<{ 'QUERY PLAN': string }[]>(`explain ${sql}`))
        .map((row) => row['QUERY PLAN'])
        .join('\n');
    const done = await explain(
      `select id from operations where finished_at is not null and state <> 'failed' and finished_at < now() -
        interval '90 days'
       order by finished_at limit 1000 for update skip locked`,
    );
    const failed = await explain(
      `select id from operations where state = 'failed' and finished_at < now() - interval '180 days'
       order by finished_at limit 1000 for update skip locked`,
    );
    const bodies = await explain(
      `select id from webhook_deliveries where raw_body is not null and received_at < now() - interval '14 days' and
        state in ('applied', 'ignored')
       order by received_at limit 1000 for update skip locked`,
    );
    expect([done, failed, bodies].map((plan) => /Index Scan using (\w+)/.exec(plan)?.[1])).toEqual([
      'operations_finished',
      'operations_dead_letters',
      'webhook_deliveries_with_body',
    ]);
  });
});
