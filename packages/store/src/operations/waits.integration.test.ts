import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';
import { findOperation } from './read.js';
import { finishOperation, noteWait, requeueOperation } from './run.js';

let world: SyncWorld;
beforeAll(async () => {
  world = await openSyncWorld();
});

const begin = async () => world.begin(await world.enqueue('event.push', { eventId: randomUUID() }));
const waitingOf = async (id: string) => (await findOperation(world.db, id))?.waiting;

describe('why an operation waits', () => {
  it('inside a run: reason and end are seen while it lasts', async () => {
    const run = await begin();
    expect(await waitingOf(run.id)).toBeNull();
    await noteWait(world.db, run, { reason: 'limiter.budget', forMs: 30_000 });
    const waiting = await waitingOf(run.id);
    expect(waiting?.reason).toBe('limiter.budget');
    expect((waiting?.until.getTime() ?? 0) - Date.now()).toBeGreaterThan(20_000);
    await noteWait(world.db, run, { reason: 'limiter.paced', forMs: 0 });
    expect(await waitingOf(run.id)).toBeNull();
  });

  it('in the queue: the reason it was put back with, and when it comes again', async () => {
    const run = await begin();
    await noteWait(world.db, run, { reason: 'limiter.paced', forMs: 1_000 });
    const until = await requeueOperation(world.db, run, {
      waitMs: 40_000,
      usesAttempt: false,
      reason: 'luma.rate_limited',
    });
    expect(await waitingOf(run.id)).toEqual({ reason: 'luma.rate_limited', until });
  });

  it('is not told by a run that lost its operation, nor of one that is over', async () => {
    const run = await begin();
    await noteWait(world.db, { id: run.id, owner: 'another' }, { reason: 'limiter.budget', forMs: 30_000 });
    expect(await waitingOf(run.id)).toBeNull();
    await noteWait(world.db, run, { reason: 'limiter.budget', forMs: 30_000 });
    await finishOperation(world.db, run, { state: 'done', outcome: { kind: 'done', details: {} } });
    expect(await waitingOf(run.id)).toBeNull();
    expect(await world.operation(run.id)).toMatchObject({ waitingReason: null, waitingUntil: null });
  });

  it('is forgotten when another run begins', async () => {
    const run = await begin();
    await noteWait(world.db, run, { reason: 'limiter.budget', forMs: 30_000 });
    await world.expire(run.id);
    await world.begin(run.id, randomUUID(), true);
    expect(await waitingOf(run.id)).toBeNull();
  });
});
