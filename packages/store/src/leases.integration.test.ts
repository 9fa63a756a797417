import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { waitFor } from '@luma-sync/testkit';
import { openSyncWorld, type SyncWorld } from '../test/sync-world.js';
import { acquireRecordLease, fencedTransaction, releaseRecordLeases, withRecordLease } from './leases.js';

let world: SyncWorld;
beforeAll(async () => {
  world = await openSyncWorld();
});

const request = (key: string, owner: string = randomUUID(), leaseMs = 60_000) => ({
  key,
  owner,
  operationId: randomUUID(),
  leaseMs,
});

describe('a record lease', () => {
  it('goes to one of ten at once', async () => {
    const key = `event:${randomUUID()}`;
    const got = await Promise.all(Array.from({ length: 10 }, () => acquireRecordLease(world.db, request(key))));
    expect(got.filter(Boolean)).toHaveLength(1);
  });

  it('goes to another only when given back or run out, with a higher fence', async () => {
    const key = `event:${randomUUID()}`;
    const fence = async () => (await world.db.recordLease.findUniqueOrThrow({ where: { key } })).fence;
    await acquireRecordLease(world.db, request(key, 'a'));
    const first = await fence();
    expect(await acquireRecordLease(world.db, request(key, 'b'))).toBe(false);
    await world.db.$executeRaw`update record_leases set expires_at = now() - interval '1 minute' where key = ${key}`;
    expect(await acquireRecordLease(world.db, request(key, 'b'))).toBe(true);
    expect(await fence()).toBeGreaterThan(first);
    await releaseRecordLeases(world.db, 'a');
    expect(await acquireRecordLease(world.db, request(key, 'c'))).toBe(false);
    await releaseRecordLeases(world.db, 'b', [key]);
    expect(await acquireRecordLease(world.db, request(key, 'c'))).toBe(true);
  });

  it('is kept for a moment for the operation whose run fell silent', async () => {
    const key = `event:${randomUUID()}`;
    const [silent, other] = [request(key), request(key)];
    await acquireRecordLease(world.db, silent);
    await world.db.$executeRaw`update record_leases set expires_at = now() - interval '1 s' where key = ${key}`;
    expect(await acquireRecordLease(world.db, other)).toBe(false);
    expect(await acquireRecordLease(world.db, { ...silent, owner: randomUUID() })).toBe(true);
    await world.db.$executeRaw`update record_leases set expires_at = now() - interval '4 s' where key = ${key}`;
    expect(await acquireRecordLease(world.db, other)).toBe(true);
  });
});

describe('a further record for a run', () => {
  it('is refused at once while another run holds it, and the work is not done', async () => {
    const [a, b] = [await world.run(), await world.run()];
    const key = `guests:${randomUUID()}`;
    let isDone = false;
    await withRecordLease(world.db, a, key, async () => {
      const refused = withRecordLease(world.db, b, key, async () => {
        isDone = true;
      });
      await expect(refused).rejects.toMatchObject({ code: 'lease.busy', verdict: 'wait' });
    });
    expect(isDone).toBe(false);
    expect(await withRecordLease(world.db, b, key, async () => 'now')).toBe('now');
  });

  it('is waited for by a run that has patience, and no longer', async () => {
    const [a, b] = [await world.run(), await world.run()];
    const key = `guests:${randomUUID()}`;
    const order: string[] = [];
    const note = async (what: string) => void order.push(what);
    let isAsked: Promise<unknown> = Promise.resolve();
    await withRecordLease(world.db, a, key, async () => {
      isAsked = withRecordLease(world.db, b, key, () => note('second'), { patienceMs: 60_000 });
      isAsked.catch(() => {});
      // By the time this one has given up, the other has asked as well.
      const impatient = withRecordLease(world.db, b, key, () => note('too soon'), { patienceMs: 200 });
      await expect(impatient).rejects.toMatchObject({ code: 'lease.busy', verdict: 'wait' });
      await note('first');
    });
    await isAsked;
    expect(order).toEqual(['first', 'second']);
  });

  it.each([
    [0, 400],
    [3_000, 1_500],
    [60_000, 5_000],
  ])('is asked for again by a run that has waited %i ms after %i', async (waitedMs, waitMs) => {
    const [a, b] = [await world.run(), await world.run()];
    const key = `guests:${randomUUID()}`;
    await withRecordLease(world.db, a, key, async () => {
      const refused = withRecordLease(world.db, b, key, async () => {}, { waitedMs });
      await expect(refused).rejects.toMatchObject({ code: 'lease.busy', waitMs });
    });
  });

  it('is given back when the work fails', async () => {
    const [a, b] = [await world.run(), await world.run()];
    const key = `guests:${randomUUID()}`;
    await expect(withRecordLease(world.db, a, key, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await withRecordLease(world.db, b, key, async () => true)).toBe(true);
  });

  it('stays with the run that held it before the work began', async () => {
    const eventId = randomUUID();
    const run = await world.begin(await world.enqueue('event.push', { eventId }));
    const key = `event:${eventId}`;
    await withRecordLease(world.db, run, key, () => withRecordLease(world.db, run, key, async () => {}));
    expect(await world.db.recordLease.findUnique({ where: { key } })).toMatchObject({ owner: run.owner });
  });
});

describe('a fenced write', () => {
  const write = (run: Parameters<typeof fencedTransaction>[1], email: string) =>
    fencedTransaction(world.db, run, (tx) => tx.person.create({ data: { email, origin: 'app' } }));
  const isStored = async (email: string) => (await world.db.person.count({ where: { email } })) === 1;

  it('is stored while the run owns its operation', async () => {
    await write(await world.run(), 'owner@example.org');
    expect(await isStored('owner@example.org')).toBe(true);
  });

  it.each<[string, (id: string) => Promise<unknown>]>([
    ['whose lease ran out', (id) => world.expire(id)],
    [
      'that was taken over',
      async (id) => {
        await world.expire(id);
        await world.begin(id, 'another run', true);
      },
    ],
    [
      'that was put back',
      (id) => world.db.operation.update({ where: { id }, data: { state: 'queued', leaseOwner: null } }),
    ],
    ['that is finished', (id) => world.db.operation.update({ where: { id }, data: { state: 'done' } })],
  ])('stores nothing for a run %s', async (name, happens) => {
    const run = await world.run();
    await happens(run.id);
    const email = `${name.replaceAll(' ', '-')}@example.org`;
    await expect(write(run, email)).rejects.toMatchObject({ code: 'operation.lease_lost' });
    expect(await isStored(email)).toBe(false);
  });

  it('holds a take-over until it is stored', async () => {
    const run = await world.run();
    let takenOver: Promise<unknown> = Promise.resolve();
    const order: string[] = [];
    await fencedTransaction(world.db, run, async (tx) => {
      // Another connection: the lease runs out and somebody else begins, while this transaction is open.
      takenOver = world.expire(run.id).then(() => order.push('expired'));
      await tx.person.create({ data: { email: 'held@example.org', origin: 'app' } });
      await waitFor(() => world.isAnybodyBlocked(), { what: 'the other one to meet the lock' });
      order.push('stored');
    });
    await takenOver;
    expect(order).toEqual(['stored', 'expired']);
    expect(await isStored('held@example.org')).toBe(true);
  });
});
