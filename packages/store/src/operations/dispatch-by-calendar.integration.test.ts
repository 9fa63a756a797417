import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { catalog } from '@luma-sync/jobs';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';
import { claimForDispatch } from './dispatch.js';
import { enqueueOperations } from './enqueue.js';
import { finishOperation, requeueOperation } from './run.js';

const LIMITS = { perCalendar: 5 };

let world: SyncWorld;
beforeEach(async () => {
  world = await openSyncWorld();
});

/**
 * Due since a while, one second after the other; the backlog of one calendar is older than what others enqueue later.
 */
async function enqueue(calendarId: string | null, count: number): Promise<string[]> {
  const dueAt = await world.db.$queryRaw<{ at: Date }[]>`
    select coalesce(max(run_after), now() - interval '1 day') as at from operations`;
  const from = dueAt[0]?.at.getTime() ?? Number.NaN;
  const rows = await enqueueOperations(
    world.db,
    catalog['event.push'],
    Array.from({ length: count }, (_, n) => ({
      payload: { eventId: randomUUID() },
      trigger: 'api' as const,
      actor: 'test',
      calendarId,
      runAfter: new Date(from + (n + 1) * 1_000),
    })),
  );
  const ids = rows.map(({ id }) => id);
  const sorted = await world.db.operation.findMany({
    where: { id: { in: ids } },
    orderBy: { runAfter: 'asc' },
    select: { id: true },
  });
  return sorted.map(({ id }) => id);
}
const dispatch = async (room = 250): Promise<string[]> => {
  const rows = await claimForDispatch(world.db, [{ jobs: ['event.push', 'event.pull'], priority: 1, room }], LIMITS);
  return rows.map(({ id }) => id);
};
const sorted = (ids: readonly string[]): string[] => [...ids].sort();
const BACK = { waitMs: 60_000, usesAttempt: false };

describe('the backlog of one calendar', () => {
  it('gets as many jobs as a calendar may have, the longest due first; the others get theirs', async () => {
    const backlog = await enqueue(randomUUID(), 200);
    const others = [...(await enqueue(randomUUID(), 1)), ...(await enqueue(randomUUID(), 2))];
    const nowhere = await enqueue(null, 1);
    expect(sorted(await dispatch())).toEqual(sorted([...backlog.slice(0, 5), ...others, ...nowhere]));
    expect(await dispatch()).toEqual([]);
  });

  it('shares the room of a queue with the others turn by turn, though it was due first', async () => {
    const [first, second] = [await enqueue(randomUUID(), 50), await enqueue(randomUUID(), 50)];
    expect(sorted(await dispatch(4))).toEqual(sorted([...first.slice(0, 2), ...second.slice(0, 2)]));
  });

  it('is numbered, so that the first of each calendar goes before the second of any', async () => {
    const calendars = [await enqueue(randomUUID(), 3), await enqueue(randomUUID(), 1)];
    const rooms = [{ jobs: ['event.push'], priority: 1, room: 3 }];
    const turns = new Map<string, number>();
    for (let round = 0; round < 2; round += 1)
      for (const { id, turn } of await claimForDispatch(world.db, rooms, LIMITS)) turns.set(id, turn);
    expect(calendars.map((ids) => ids.map((id) => turns.get(id)))).toEqual([[1, 2, 3], [1]]);
  });

  it('is given one more job for each that began', async () => {
    const backlog = await enqueue(randomUUID(), 20);
    await dispatch();
    const [begun = ''] = backlog;
    const run = await world.begin(begun);
    expect(await dispatch()).toEqual([backlog[5]]);
    await finishOperation(world.db, run, { state: 'done', outcome: { kind: 'done', details: {} } });
    expect(await dispatch()).toEqual([]);
  });

  it('is not given one more for each that waits for the calendar, and is for one that waits for itself', async () => {
    const backlog = await enqueue(randomUUID(), 20);
    await dispatch();
    for (const id of backlog.slice(0, 5))
      await requeueOperation(world.db, await world.begin(id), { ...BACK, reason: 'calendar.auth_failed' });
    expect(await dispatch()).toEqual([]);
    await world.db.operation.update({ where: { id: backlog[0] ?? '' }, data: { waitingReason: 'luma.unavailable' } });
    expect(await dispatch()).toEqual([backlog[5]]);
  });

  it('is divided among several relays, none twice', async () => {
    const calendars = await Promise.all(Array.from({ length: 20 }, () => enqueue(randomUUID(), 10)));
    const claims = await Promise.all(Array.from({ length: 4 }, () => dispatch(60)));
    const rest = [...(await dispatch()), ...(await dispatch())];
    const claimed = [...claims.flat(), ...rest];
    expect(sorted(claimed)).toEqual(sorted(calendars.flatMap((ids) => ids.slice(0, 5))));
  });
});

it('a job is told the Luma account it works for', async () => {
  const withKey = await world.addCalendar({ apiKeyFingerprint: 'f1' });
  const withoutKey = await world.addCalendar();
  const eventId = await world.addEvent({ calendarId: withKey });
  const [a, b, c] = [await enqueue(withKey, 1), await enqueue(withoutKey, 1), await enqueue(null, 2)];
  await world.db.operation.update({ where: { id: c[0] ?? '' }, data: { eventId } });
  const claimed = await claimForDispatch(world.db, [{ jobs: ['event.push'], priority: 1, room: 10 }], LIMITS);
  expect(Object.fromEntries(claimed.map(({ id, key }) => [id, key]))).toEqual({
    [a[0] ?? '']: 'f1',
    [b[0] ?? '']: withoutKey,
    [c[0] ?? '']: 'f1',
    [c[1] ?? '']: null,
  });
});

it('a claim looks at each calendar once, not at every row of a backlog', async () => {
  await world.db.$executeRaw`
    insert into operations (job, dedupe_key, payload, priority, trigger, actor, deadline_at, calendar_id)
    select 'event.push', 'k' || n, '{}', 1, 'api', 'test', now(), md5((n % 10)::text)::uuid
    from generate_series(1, 20000) n`;
  await world.db.$executeRaw`analyze operations`;
  await world.db.$executeRaw`select pg_stat_force_next_flush()`;
  const read = async (): Promise<number> => {
    await world.db.$executeRaw`select pg_stat_force_next_flush()`;
    const [row] = await world.db.$queryRaw<{ read: number }[]>`
      select coalesce(sum(seq_tup_read + idx_tup_fetch), 0)::int as read
      from pg_stat_user_tables where relname = 'operations'`;
    return row?.read ?? Number.NaN;
  };
  const before = await read();
  expect(await dispatch()).toHaveLength(50);
  await world.db.$executeRaw`select pg_stat_force_next_flush()`;
  expect((await read()) - before).toBeLessThan(2_000);
});
