import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { eventPush, guestPull, rsvpPush } from '@luma-sync/jobs';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';
import { inTransaction } from '../database.js';
import { enqueueOperation, enqueueOperations } from './enqueue.js';

let world: SyncWorld;
beforeAll(async () => {
  world = await openSyncWorld();
});

const BY = { trigger: 'api', actor: 'test' } as const;
const ask = (eventId: string, options: object = {}) =>
  enqueueOperation(world.db, eventPush, { eventId }, { ...BY, ...options });

describe('enqueue', () => {
  it('leaves one queued row of twenty requests at once', async () => {
    const eventId = randomUUID();
    const asked = await Promise.all(Array.from({ length: 20 }, () => ask(eventId)));
    expect(new Set(asked.map(({ id }) => id)).size).toBe(1);
    expect(asked.filter(({ isNew }) => isNew)).toHaveLength(1);
    const rows = await world.db.operation.findMany({ where: { dedupeKey: `event.push:${eventId}` } });
    expect(rows).toMatchObject([{ state: 'queued', requests: 20, attempts: 0, dispatches: 0 }]);
  });

  it('leaves nothing when the change that needs it is rolled back', async () => {
    const eventId = randomUUID();
    const failing = inTransaction(world.db, async (tx) => {
      await enqueueOperation(tx, eventPush, { eventId }, BY);
      throw new Error('rolled back');
    });
    await expect(failing).rejects.toThrow('rolled back');
    expect(await world.db.operation.count({ where: { dedupeKey: `event.push:${eventId}` } })).toBe(0);
  });

  it('adds a second row while the first one runs, and none after that', async () => {
    const eventId = randomUUID();
    const first = await ask(eventId);
    await world.begin(first.id);
    const second = await ask(eventId);
    expect(second).toMatchObject({ isNew: true });
    expect(second.id).not.toBe(first.id);
    expect(await ask(eventId)).toEqual({ id: second.id, isNew: false });
  });

  it('brings a waiting row forward and lets it start afresh', async () => {
    const eventId = randomUUID();
    const { id } = await ask(eventId, { runAfter: new Date(Date.now() + 3_600_000), priority: 'bulk' });
    await world.db.operation.update({ where: { id }, data: { attempts: 7, waitingReason: 'luma.unavailable' } });
    await ask(eventId);
    const row = await world.operation(id);
    expect(row.runAfter.getTime()).toBeLessThanOrEqual(Date.now());
    expect(row.dispatchAt?.getTime()).toBeLessThanOrEqual(Date.now());
    expect(row).toMatchObject({ attempts: 0, priority: 1, waitingReason: null });
  });

  it('never puts a row off, lowers its priority or shortens its life', async () => {
    const eventId = randomUUID();
    const { id } = await ask(eventId);
    const before = await world.operation(id);
    await ask(eventId, { runAfter: new Date(Date.now() + 3_600_000), priority: 'bulk' });
    const after = await world.operation(id);
    expect(after).toMatchObject({
      runAfter: before.runAfter,
      dispatchAt: before.dispatchAt,
      priority: before.priority,
    });
    expect(after.deadlineAt.getTime()).toBeGreaterThan(before.deadlineAt.getTime());
  });

  it('makes one row each of many requests, in whatever order two callers bring them', async () => {
    const ids = Array.from({ length: 30 }, () => randomUUID());
    const requests = (list: string[]) => list.map((eventId) => ({ payload: { eventId }, ...BY }));
    const turns = Array.from({ length: 6 }, (_, turn) => (turn % 2 === 0 ? ids : [...ids].reverse()));
    await Promise.all(
      turns.map((list) => inTransaction(world.db, (tx) => enqueueOperations(tx, rsvpPush, requests(list)))),
    );
    const rows = await world.db.operation.findMany({
      where: { dedupeKey: { in: ids.map((id) => `rsvp.push:${id}`) } },
    });
    expect(rows).toHaveLength(30);
    expect(rows.every(({ requests: count }) => count === 6)).toBe(true);
  });

  it('makes one row of requests that are the same within one call', async () => {
    const eventId = randomUUID();
    const request = { payload: { eventId }, ...BY };
    expect(await enqueueOperations(world.db, rsvpPush, [request, request])).toHaveLength(1);
    expect(await enqueueOperations(world.db, rsvpPush, [])).toEqual([]);
  });

  it('refuses a payload that does not fit, and stores nothing', async () => {
    const before = await world.db.operation.count();
    const payload = { eventId: randomUUID(), assignCoupons: true };
    // @ts-expect-error Two fields are missing.
    await expect(enqueueOperation(world.db, guestPull, payload, BY)).rejects.toThrow();
    expect(await world.db.operation.count()).toBe(before);
  });
});
