import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';
import { claimForDispatch, claimForLook, findUndispatchable, markUndispatched, measureBacklog } from './dispatch.js';
import { finishOperation } from './run.js';

let world: SyncWorld;
beforeEach(async () => {
  world = await openSyncWorld();
});

const push = (runAfter?: Date) => world.enqueue('event.push', { eventId: randomUUID() }, runAfter);
const idsOf = (rows: readonly { id: string }[]) => rows.map(({ id }) => id).sort();
const PUSH_PRIORITY = 1;
const dispatch = (room: number) =>
  claimForDispatch(world.db, [{ jobs: ['event.push', 'event.pull'], priority: PUSH_PRIORITY, room }]);

describe('claiming for dispatch', () => {
  it('gives each due row to one of four relays, and none twice', async () => {
    const ids = await Promise.all(Array.from({ length: 200 }, () => push()));
    const claims = await Promise.all(Array.from({ length: 4 }, () => dispatch(60)));
    const claimed = claims.flatMap(idsOf);
    expect(new Set(claimed).size).toBe(claimed.length);
    const rest = await dispatch(500);
    expect([...claimed, ...idsOf(rest)].sort()).toEqual(ids.sort());
    expect(await dispatch(500)).toEqual([]);
  });

  it('takes no more than there is room for, over all jobs of a queue, the longest due first', async () => {
    const ids = [];
    for (let n = 0; n < 12; n += 1) ids.push(await push(new Date(Date.now() - 60_000 + n * 1_000)));
    await world.db.$executeRaw`update operations set job = 'event.pull'
          where id = any(${ids.filter((_, n) => n % 2 === 0)}::uuid[])`;
    expect(idsOf(await dispatch(5))).toEqual(ids.slice(0, 5).sort());
    expect(await dispatch(0)).toEqual([]);
    expect(idsOf(await dispatch(100))).toEqual(ids.slice(5).sort());
  });

  it('counts each job that is made for a row, before it is made', async () => {
    const id = await push();
    expect(await dispatch(10)).toMatchObject([{ id, dispatches: 1, job: 'event.push', priority: PUSH_PRIORITY }]);
    await markUndispatched(world.db, [id]);
    expect(await dispatch(10)).toMatchObject([{ id, dispatches: 2 }]);
  });

  it('gives a row back with its place in line', async () => {
    const [first, second] = [await push(new Date(Date.now() - 60_000)), await push(new Date(Date.now() - 30_000))];
    await dispatch(1);
    await markUndispatched(world.db, [first]);
    expect(idsOf(await dispatch(1))).toEqual([first]);
    expect(idsOf(await dispatch(1))).toEqual([second]);
  });

  it('leaves alone what is not due, finished, or alive', async () => {
    await push(new Date(Date.now() + 3_600_000));
    const finished = await world.begin(await push());
    await finishOperation(world.db, finished, { state: 'done', outcome: { kind: 'done', details: {} } });
    await world.begin(await push());
    expect(await dispatch(10)).toEqual([]);
  });

  it('gives rows back, but not those that ended meanwhile, and none before its time', async () => {
    const [waiting, ended, later] = [
      await push(),
      await world.begin(await push()),
      await push(new Date(Date.now() + 60_000)),
    ];
    await dispatch(10);
    await finishOperation(world.db, ended, { state: 'done', outcome: { kind: 'done', details: {} } });
    await markUndispatched(world.db, [waiting, ended.id, later]);
    expect(idsOf(await dispatch(10))).toEqual([waiting]);
    await markUndispatched(world.db, [waiting], 60_000);
    expect(await dispatch(10)).toEqual([]);
  });

  it('tells of work that this version cannot dispatch', async () => {
    const [job, priority] = [await push(), await push()];
    await push();
    const known = { jobs: ['event.push'], priorities: [1, 5] };
    expect(await findUndispatchable(world.db, known)).toEqual([]);
    await world.db.operation.update({ where: { id: job }, data: { job: 'event.explode' } });
    await world.db.operation.update({ where: { id: priority }, data: { priority: 3 } });
    expect((await findUndispatchable(world.db, known)).sort()).toEqual(['event.explode', 'event.push']);
  });
});

describe('claiming for a look', () => {
  const late = (id: string) => world.db.$executeRaw`update operations set dispatch_at = now() where id = ${id}::uuid`;

  it('shows a row again when the relay that claimed it is gone', async () => {
    const id = await push();
    await dispatch(10);
    expect(await claimForLook(world.db, 10)).toEqual([]);
    await world.db.$executeRaw`update operations set dispatch_at = dispatch_at - interval '16 s'`;
    expect(await claimForLook(world.db, 10)).toMatchObject([{ id, state: 'queued', dispatches: 1 }]);
  });

  it('shows a run that fell silent, and not a row that never had a job', async () => {
    await push();
    const id = await push();
    await dispatch(10);
    await world.db.$executeRaw`update operations set dispatched = false where id <> ${id}::uuid`;
    await world.begin(id);
    await late(id);
    expect(await claimForLook(world.db, 10)).toMatchObject([{ id, state: 'running' }]);
  });
});

describe('the backlog', () => {
  it('measures what is left', async () => {
    await push();
    await push(new Date(Date.now() + 3_600_000));
    await world.begin(await push());
    expect(await measureBacklog(world.db)).toMatchObject({ queued: 2, running: 1, oldestDueMs: expect.any(Number) });
  });
});
