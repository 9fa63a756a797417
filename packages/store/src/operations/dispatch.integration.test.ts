import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';
import { claimDueOperations, countDispatches, measureBacklog, releaseClaims } from './dispatch.js';
import { finishOperation } from './run.js';

let world: SyncWorld;
beforeEach(async () => {
  world = await openSyncWorld();
});

const push = (runAfter?: Date) => world.enqueue('event.push', { eventId: randomUUID() }, runAfter);
const idsOf = (rows: readonly { id: string }[]) => rows.map(({ id }) => id).sort();

describe('claiming', () => {
  it('gives each due row to one of four relays, and none twice', async () => {
    const ids = await Promise.all(Array.from({ length: 200 }, () => push()));
    const claims = await Promise.all(Array.from({ length: 4 }, () => claimDueOperations(world.db, 60)));
    const claimed = claims.flatMap(idsOf);
    expect(new Set(claimed).size).toBe(claimed.length);
    const rest = await claimDueOperations(world.db, 500);
    expect([...claimed, ...idsOf(rest)].sort()).toEqual(ids.sort());
    expect(await claimDueOperations(world.db, 500)).toEqual([]);
  });

  it('shows a row again when the relay that claimed it is gone', async () => {
    const id = await push();
    await claimDueOperations(world.db, 10);
    await world.db.$executeRaw`update operations set dispatch_at = dispatch_at - interval '16 s'`;
    expect(idsOf(await claimDueOperations(world.db, 10))).toEqual([id]);
  });

  it('leaves alone what is not due, finished, or alive', async () => {
    await push(new Date(Date.now() + 3_600_000));
    const finished = await world.begin(await push());
    await finishOperation(world.db, finished, { state: 'done', outcome: { kind: 'done', details: {} } });
    await world.begin(await push());
    expect(await claimDueOperations(world.db, 10)).toEqual([]);
  });

  it('shows a run that fell silent', async () => {
    const run = await world.begin(await push());
    await world.db.$executeRaw`update operations set dispatch_at = now() where id = ${run.id}::uuid`;
    expect(await claimDueOperations(world.db, 10)).toMatchObject([{ id: run.id, state: 'running' }]);
  });

  it('counts each job that is made for a row', async () => {
    const id = await push();
    expect(await countDispatches(world.db, [id])).toEqual(new Map([[id, 1]]));
    expect(await countDispatches(world.db, [id])).toEqual(new Map([[id, 2]]));
  });

  it('gives rows back for an early look, but not those that ended meanwhile', async () => {
    const [waiting, ended] = [await push(), await world.begin(await push())];
    await claimDueOperations(world.db, 10);
    await finishOperation(world.db, ended, { state: 'done', outcome: { kind: 'done', details: {} } });
    await releaseClaims(world.db, [waiting, ended.id], -1);
    expect(idsOf(await claimDueOperations(world.db, 10))).toEqual([waiting]);
  });

  it('measures what is left', async () => {
    await push();
    await push(new Date(Date.now() + 3_600_000));
    await world.begin(await push());
    expect(await measureBacklog(world.db)).toMatchObject({ queued: 2, running: 1, oldestDueMs: expect.any(Number) });
  });
});
