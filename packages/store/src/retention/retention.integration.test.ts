import { beforeAll, describe, expect, it } from '@jest/globals';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';
import { applyRetention, DEFAULT_RETENTION_DAYS, RETENTION_BATCH } from './retention.js';

let world: SyncWorld;
beforeAll(async () => {
  world = await openSyncWorld();
});

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

describe('retention', () => {
  it('removes more than one batch, and only what is finished and old', async () => {
    const count = RETENTION_BATCH + 5;
    await world.db.$executeRaw`
      insert into operations (job, dedupe_key, payload, priority, state, trigger, actor, deadline_at, finished_at)
      select 'event.push', 'k' || n, '{}', 1, (case n % 3 when 0 then 'done' when 1 then 'failed' else 'discarded' end)::operation_state,
        'api', 'test', now(), now() - interval '91 days'
      from generate_series(1, ${count}::int) n`;
    await world.db.$executeRaw`
      insert into operations (job, dedupe_key, payload, priority, state, trigger, actor, deadline_at, created_at, finished_at) values
        ('event.push', 'young', '{}', 1, 'done', 'api', 'test', now(), now() - interval '200 days', now() - interval '89 days'),
        ('event.push', 'waits', '{}', 1, 'queued', 'api', 'test', now(), now() - interval '200 days', null)`;
    const removed = await applyRetention(world.db, DEFAULT_RETENTION_DAYS, new AbortController().signal);
    expect(removed.operations).toBe(count);
    const left = await world.db.operation.findMany({ orderBy: { dedupeKey: 'asc' } });
    expect(left.map(({ dedupeKey }) => dedupeKey)).toEqual(['waits', 'young']);
  });

  it('empties bodies before it removes deliveries, but not of those that still have to be applied', async () => {
    const calendarId = await world.addCalendar();
    const [young, old, pending, ancient] = [
      await addDelivery(calendarId, 13, 'applied'),
      await addDelivery(calendarId, 15, 'applied'),
      await addDelivery(calendarId, 15, 'pending'),
      await addDelivery(calendarId, 91, 'applied'),
    ];
    const removed = await applyRetention(world.db, DEFAULT_RETENTION_DAYS, new AbortController().signal);
    expect(removed).toMatchObject({ webhookBodies: 2, webhookDeliveries: 1 });
    const bodies = new Map((await world.db.webhookDelivery.findMany()).map((row) => [row.id, row.rawBody]));
    expect(bodies).toEqual(
      new Map([
        [young, '{}'],
        [old, null],
        [pending, '{}'],
      ]),
    );
    expect(bodies.has(ancient)).toBe(false);
  });

  it('stops when told to', async () => {
    await world.db
      .$executeRaw`insert into schedule_slots (name, slot, fired_at, fired_by) values ('x', now(), now() - interval '91 days', 'test')`;
    const removed = await applyRetention(world.db, DEFAULT_RETENTION_DAYS, AbortSignal.abort());
    expect(Object.values(removed).every((count) => count === 0)).toBe(true);
    expect(await world.db.scheduleSlot.count()).toBe(1);
  });
});
