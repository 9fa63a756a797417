import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { eventPush, PRIORITY } from '@luma-sync/jobs';
import { waitFor } from '@luma-sync/testkit';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';
import { inTransaction } from '../database.js';
import { fencedTransaction } from '../leases.js';
import { beatMainThread, endWorkerProcess } from '../processes/worker-processes.js';
import { claimForDispatch, claimForLook } from './dispatch.js';
import { enqueueOperation } from './enqueue.js';
import { claimIsolated, deferIsolated, recordDeath } from './isolation.js';
import { beginOperation, finishOperation, heartbeat, reportProgress, requeueOperation, saveCheckpoint } from './run.js';

let world: SyncWorld;
beforeAll(async () => {
  world = await openSyncWorld();
});

const DONE = { state: 'done', outcome: { kind: 'done', details: { sent: 1 } } } as const;
const push = (eventId = randomUUID(), runAfter?: Date) => world.enqueue('event.push', { eventId }, runAfter);
const ALONE = true;
const leases = (owner: string) => world.db.recordLease.count({ where: { owner } });

describe('beginning a run', () => {
  it('takes the operation and its record together', async () => {
    const eventId = randomUUID();
    const run = await world.begin(await push(eventId));
    expect(run.operation).toMatchObject({
      job: 'event.push',
      payload: { eventId },
      attempts: 0,
      crashes: 0,
      checkpoint: null,
    });
    expect(await world.operation(run.id)).toMatchObject({ state: 'running', leaseOwner: run.owner });
    expect(await world.db.recordLease.findUnique({ where: { key: `event:${eventId}` } })).toMatchObject({
      owner: run.owner,
    });
  });

  it('names the event, and the calendar the event is on', async () => {
    const calendarId = await world.addCalendar();
    const eventId = await world.addEvent({ calendarId });
    const options = { trigger: 'api', actor: 'test', eventId } as const;
    const { id } = await enqueueOperation(world.db, eventPush, { eventId }, options);
    expect((await world.begin(id)).operation).toMatchObject({ eventId, calendarId });
  });

  it('lets one of ten workers that got the same job begin', async () => {
    const id = await push();
    const begun = await Promise.all(Array.from({ length: 10 }, () => world.tryBegin(id)));
    expect(begun.filter(({ kind }) => kind === 'begun')).toHaveLength(1);
    expect(begun.filter(({ kind }) => kind === 'busy')).toHaveLength(9);
    expect(await world.operation(id)).toMatchObject({ crashes: 0 });
  });

  it('lets one of ten begin even without a record to take turns by', async () => {
    const id = await push();
    const begin = () => beginOperation(world.db, { id, owner: randomUUID(), leaseMs: 60_000, recordKey: () => null });
    const begun = await Promise.all(Array.from({ length: 10 }, begin));
    expect(begun.filter(({ kind }) => kind === 'begun')).toHaveLength(1);
  });

  it('asks for a busy record again soon where a person waits or its run was cut off, and the others ever less often', async () => {
    const eventId = randomUUID();
    const options = { assignCoupons: false, sendEmails: false, approvalStatus: null };
    const pull = () => world.enqueue('guest.pull', { eventId, ...options });
    const heads = await world.enqueue('rsvp.reconcile', { eventId });
    await world.begin(heads);
    await world.expire(heads);
    await world.begin(await pull());
    expect(await world.tryBegin(heads, randomUUID(), ALONE)).toEqual({
      kind: 'busy',
      waitMs: 400,
      isInterrupted: true,
    });
    const later = await world.enqueue('rsvp.reconcile', { eventId });
    const waits = async (seconds: number) => {
      await world.db
        .$executeRaw`update operations set run_after = now() - ${seconds} * interval '1 s' where id = ${later}::uuid`;
      const asked = await Promise.all(Array.from({ length: 20 }, () => world.tryBegin(later)));
      return asked.map((busy) => (busy.kind === 'busy' ? busy.waitMs : Number.NaN));
    };
    for (const [seconds, meanMs] of [
      [0, 1_000],
      [6, 3_000],
      [600, 5_000],
    ] as const) {
      const asked = await waits(seconds);
      // It has waited a little more by now than what was set.
      expect(Math.min(...asked)).toBeGreaterThanOrEqual(meanMs / 2);
      expect(Math.max(...asked)).toBeLessThan(meanMs * 1.75);
      // Together they would come together for ever.
      expect(new Set(asked).size).toBeGreaterThan(10);
    }
    const ofPerson = await pull();
    await world.db.operation.update({ where: { id: ofPerson }, data: { priority: PRIORITY.interactive } });
    expect(await world.tryBegin(ofPerson)).toEqual({ kind: 'busy', waitMs: 400, isInterrupted: false });
  });

  it('waits for a record that another operation holds, and leaves its own as it was', async () => {
    const eventId = randomUUID();
    const first = await world.begin(await push(eventId));
    const second = await world.enqueue('event.cancel', { eventId });
    expect(await world.tryBegin(second)).toMatchObject({ kind: 'busy' });
    expect(await world.operation(second)).toMatchObject({ state: 'queued', leaseOwner: null });
    await finishOperation(world.db, first, DONE);
    expect(await world.tryBegin(second)).toMatchObject({ kind: 'begun' });
  });

  it('leaves an interrupted operation to a newer one for the same work, and to no other', async () => {
    const eventId = randomUUID();
    const id = await push(eventId);
    await world.begin(id);
    const newer = await push(eventId);
    expect(await world.tryBegin(newer)).toMatchObject({ kind: 'busy' });
    // Alive: nobody takes its work.
    expect(await world.tryBegin(id)).toMatchObject({ kind: 'busy' });
    await world.expire(id);
    await world.begin(newer);
    expect(await world.tryBegin(id)).toEqual({ kind: 'settled' });
    expect(await world.operation(id)).toMatchObject({ state: 'done', leaseOwner: null, dispatchAt: null });
    expect(await world.operation(newer)).toMatchObject({ state: 'running', isolated: true, crashes: 0 });
  });

  it('waits until the operation is due', async () => {
    const id = await push(randomUUID(), new Date(Date.now() + 3_600_000));
    const begun = await world.tryBegin(id);
    expect(begun.kind).toBe('busy');
    if (begun.kind === 'busy') expect(begun.waitMs).toBeGreaterThan(3_500_000);
  });

  it('isolates an operation whose lease lapsed, counts nothing, and leaves it to a run alone', async () => {
    const id = await push();
    await world.begin(id);
    expect(await world.tryBegin(id)).toMatchObject({ kind: 'busy' });
    await world.expire(id);
    expect(await world.tryBegin(id)).toEqual({ kind: 'settled' });
    expect(await world.operation(id)).toMatchObject({ state: 'queued', isolated: true, crashes: 0, attempts: 0 });
    // Not for a worker's ordinary places.
    expect(await world.tryBegin(id)).toEqual({ kind: 'settled' });
    expect((await world.begin(id, randomUUID(), ALONE)).operation).toMatchObject({ crashes: 0 });
  });

  it('takes back the suspicion once the run that was merely too slow says so', async () => {
    const id = await push();
    const slow = await world.begin(id);
    await world.expire(id);
    await world.tryBegin(id);
    const back = { waitMs: 0, usesAttempt: false, reason: 'operation.interrupted' };
    expect(await requeueOperation(world.db, slow, back)).toBeNull();
    expect(await world.operation(id)).toMatchObject({
      state: 'queued',
      isolated: false,
      crashes: 0,
      dispatched: false,
    });
  });

  it('keeps the suspicion of a run whose own computing cost it the lease', async () => {
    const id = await push();
    const blocked = { ...(await world.begin(id)), isBlocked: true };
    await world.expire(id);
    await world.tryBegin(id);
    expect(await finishOperation(world.db, blocked, DONE)).toBe(false);
    expect(await world.operation(id)).toMatchObject({ state: 'queued', isolated: true, crashes: 0 });
  });

  it('isolates it also when another run took it over as harmless', async () => {
    const processId = `process-${randomUUID()}`;
    await beatMainThread(world.db, { id: processId, app: 'test', host: 'here', pid: 1 });
    const id = await push();
    const blocked = { ...(await world.begin(id, `${processId}/1`)), isBlocked: true };
    await world.expire(id);
    await world.begin(id, `${processId}/2`);
    const back = { waitMs: 0, usesAttempt: false, reason: 'operation.interrupted', isolate: true };
    expect(await requeueOperation(world.db, blocked, back)).toBeNull();
    expect(await world.operation(id)).toMatchObject({ state: 'running', isolated: true });
  });

  describe('of an operation whose lease lapsed, by what its process says', () => {
    const lapse = async (isAlone = false) => {
      const processId = `process-${randomUUID()}`;
      await beatMainThread(world.db, { id: processId, app: 'test', host: 'here', pid: 1 });
      const id = await push();
      await world.begin(id, `${processId}/1`, isAlone);
      await world.expire(id);
      return { id, processId };
    };
    const seen = (processId: string, ago: { threadS: number; mainS: number }) =>
      world.db.$executeRaw`
        update worker_processes set seen_at = now() - ${ago.threadS} * interval '1 s', main_seen_at = now() -
          ${ago.mainS} * interval '1 s'
        where id = ${processId}`;

    it('suspects nothing when the process lives and its main thread runs: others take over', async () => {
      const { id } = await lapse();
      expect(await world.tryBegin(id)).toMatchObject({ kind: 'begun', operation: { crashes: 0 } });
      expect(await world.operation(id)).toMatchObject({ isolated: false });
    });

    it('suspects nothing when the process shut down in order', async () => {
      const { id, processId } = await lapse();
      await seen(processId, { threadS: 60, mainS: 60 });
      await endWorkerProcess(world.db, processId);
      expect(await world.tryBegin(id)).toMatchObject({ kind: 'begun' });
    });

    it.each([
      ['is silent', { threadS: 5, mainS: 5 }],
      ['lives, and its main thread is blocked', { threadS: 0, mainS: 5 }],
    ])('isolates when the process %s', async (_what, ago) => {
      const { id, processId } = await lapse();
      await seen(processId, ago);
      expect(await world.tryBegin(id)).toEqual({ kind: 'settled' });
      expect(await world.operation(id)).toMatchObject({ isolated: true, crashes: 0 });
    });

    it('waits for a run alone as long as its process was seen lately, and counts a death after that', async () => {
      const { id, processId } = await lapse(ALONE);
      await seen(processId, { threadS: 12, mainS: 12 });
      expect(await world.tryBegin(id, randomUUID(), ALONE)).toMatchObject({ kind: 'busy' });
      await seen(processId, { threadS: 25, mainS: 25 });
      expect((await world.begin(id, randomUUID(), ALONE)).operation).toMatchObject({ crashes: 1 });
    });
  });

  it('has nothing to do for what is finished or unknown', async () => {
    const run = await world.begin(await push());
    await finishOperation(world.db, run, DONE);
    expect(await world.tryBegin(run.id)).toEqual({ kind: 'settled' });
    expect(await world.tryBegin(randomUUID())).toEqual({ kind: 'settled' });
  });

  it('takes no record for a payload that does not parse', async () => {
    const id = await push();
    const begun = await beginOperation(world.db, { id, owner: 'odd', leaseMs: 1_000, recordKey: () => null });
    expect(begun.kind).toBe('begun');
    expect(await leases('odd')).toBe(0);
  });
});

describe('a heartbeat', () => {
  /**
   * Guards against two runs on one record: a heartbeat that took long kept the operation, while the record ran out and
   * went to another.
   */
  it('tells a run that its record went to another one, and none of its writes commits', async () => {
    const eventId = randomUUID();
    const run = await world.begin(await push(eventId));
    await world.db.recordLease.updateMany({ where: { owner: run.owner }, data: { expiresAt: new Date(0) } });
    expect(await world.tryBegin(await world.enqueue('event.cancel', { eventId }))).toMatchObject({ kind: 'begun' });
    expect(await heartbeat(world.db, { ...run, leaseMs: 60_000 })).toBe(false);
    const holder = { owner: run.owner, operationId: run.id, leaseMs: 60_000 };
    await expect(fencedTransaction(world.db, holder, async () => {})).rejects.toMatchObject({
      code: 'operation.lease_lost',
    });
  });

  it('keeps the operation and every record of the run', async () => {
    const run = await world.begin(await push());
    const before = await world.operation(run.id);
    expect(await heartbeat(world.db, { ...run, leaseMs: 120_000 })).toBe(true);
    const after = await world.operation(run.id);
    expect(after.leaseUntil?.getTime()).toBeGreaterThan(before.leaseUntil?.getTime() ?? 0);
    const record = await world.db.recordLease.findFirstOrThrow({ where: { owner: run.owner } });
    expect(record.expiresAt.getTime()).toBe(after.leaseUntil?.getTime());
  });

  it('of a run without a record keeps the operation all the same', async () => {
    const id = await push();
    await beginOperation(world.db, { id, owner: 'bare', leaseMs: 1_000, recordKey: () => null });
    expect(await heartbeat(world.db, { id, owner: 'bare', leaseMs: 1_000 })).toBe(true);
  });

  it('that comes too late keeps nothing', async () => {
    const run = await world.begin(await push());
    await world.expire(run.id);
    expect(await heartbeat(world.db, run)).toBe(false);
    expect((await world.operation(run.id)).leaseUntil?.getTime()).toBeLessThan(Date.now());
    await world.begin(run.id, randomUUID(), ALONE);
    expect(await heartbeat(world.db, run)).toBe(false);
  });
});

describe('ending a run', () => {
  it('stores how it ended and frees the record', async () => {
    const run = await world.begin(await push());
    expect(await finishOperation(world.db, run, DONE)).toBe(true);
    expect(await world.operation(run.id)).toMatchObject({
      state: 'done',
      outcome: DONE.outcome,
      dispatchAt: null,
      leaseOwner: null,
      finishedAt: expect.any(Date),
    });
    expect(await leases(run.owner)).toBe(0);
  });

  it('stores what has to stand beside the ending in the same commit, or neither', async () => {
    const run = await world.begin(await push());
    const failing = finishOperation(world.db, run, { state: 'failed', code: 'a.b', message: 'm' }, async (tx) => {
      await tx.person.create({ data: { email: 'beside@example.org', origin: 'app' } });
      throw new Error('not stored');
    });
    await expect(failing).rejects.toThrow('not stored');
    expect(await world.operation(run.id)).toMatchObject({ state: 'running', leaseOwner: run.owner });
    expect(await world.db.person.count({ where: { email: 'beside@example.org' } })).toBe(0);
    expect(await leases(run.owner)).toBe(1);
  });

  it('changes nothing once another run took over', async () => {
    const first = await world.begin(await push());
    await world.expire(first.id);
    const second = await world.begin(first.id, randomUUID(), ALONE);
    let isCalled = false;
    const ended = await finishOperation(world.db, first, DONE, async () => {
      isCalled = true;
    });
    expect([ended, isCalled]).toEqual([false, false]);
    expect(await requeueOperation(world.db, first, { waitMs: 0, usesAttempt: true, reason: 'late' })).toBeNull();
    await reportProgress(world.db, first, { done: 9, total: null });
    expect(await world.operation(first.id)).toMatchObject({
      state: 'running',
      leaseOwner: second.owner,
      attempts: 0,
      progressDone: null,
    });
    expect(await leases(second.owner)).toBe(1);
  });

  it('cuts a long message short', async () => {
    const run = await world.begin(await push());
    await finishOperation(world.db, run, { state: 'failed', code: 'a.b', message: 'x'.repeat(5_000) });
    expect((await world.operation(run.id)).errorMessage).toHaveLength(1_000);
  });
});

describe('putting back', () => {
  it.each([
    [true, 1],
    [false, 0],
  ])('uses an attempt: %s', async (usesAttempt, attempts) => {
    const run = await world.begin(await push());
    const back = {
      waitMs: 60_000,
      usesAttempt,
      reason: 'luma.unavailable',
      error: { code: 'luma.unavailable', message: 'm' },
    };
    const until = await requeueOperation(world.db, run, back);
    expect(until?.getTime()).toBeGreaterThan(Date.now() + 50_000);
    const row = await world.operation(run.id);
    expect(row).toMatchObject({
      state: 'queued',
      attempts,
      waitingReason: 'luma.unavailable',
      errorCode: 'luma.unavailable',
      leaseOwner: null,
    });
    // The job wakes by itself; relay looks a little later.
    expect(row.dispatchAt?.getTime()).toBeGreaterThan(row.runAfter.getTime());
    expect(await leases(run.owner)).toBe(0);
  });

  it('ends as superseded when a newer request is queued, which carries on', async () => {
    const eventId = randomUUID();
    const run = await world.begin(await push(eventId));
    const twin = await push(eventId);
    expect(await requeueOperation(world.db, run, { waitMs: 0, usesAttempt: true, reason: 'x' })).toBeNull();
    expect(await world.operation(run.id)).toMatchObject({
      state: 'done',
      outcome: { kind: 'skipped', reason: 'superseded', details: { by: twin } },
    });
    expect(await leases(run.owner)).toBe(0);
    expect(await world.tryBegin(twin)).toMatchObject({ kind: 'begun' });
  });

  it('sees a newer request that was committed while it looked', async () => {
    const eventId = randomUUID();
    const run = await world.begin(await push(eventId));
    let putBack: ReturnType<typeof requeueOperation> = Promise.resolve(null);
    await inTransaction(world.db, async (tx) => {
      await enqueueOperation(tx, eventPush, { eventId }, { trigger: 'api', actor: 'test' });
      putBack = requeueOperation(world.db, run, { waitMs: 0, usesAttempt: true, reason: 'x' });
      await waitFor(() => world.isAnybodyBlocked(), { what: 'the put back to meet the newer request' });
    });
    expect(await putBack).toBeNull();
    expect(await world.operation(run.id)).toMatchObject({ state: 'done', outcome: { reason: 'superseded' } });
  });

  it('leaves one of both to carry on, however requests and put backs meet', async () => {
    for (let round = 0; round < 15; round += 1) {
      const eventId = randomUUID();
      const run = await world.begin(await push(eventId));
      const requests = Array.from({ length: 5 }, () => push(eventId));
      await Promise.all([requeueOperation(world.db, run, { waitMs: 0, usesAttempt: false, reason: 'x' }), ...requests]);
      const rows = await world.db.operation.findMany({ where: { dedupeKey: `event.push:${eventId}` } });
      expect(rows.filter(({ state }) => state === 'queued')).toHaveLength(1);
      expect(rows.filter(({ state }) => state === 'running')).toHaveLength(0);
    }
  });

  it('keeps where the run would go on', async () => {
    const run = await world.begin(await push());
    await world.db.operation.update({ where: { id: run.id }, data: { checkpoint: { cursor: 'c' } } });
    await requeueOperation(world.db, run, { waitMs: 0, usesAttempt: false, reason: 'x' });
    expect((await world.begin(run.id)).operation.checkpoint).toEqual({ cursor: 'c' });
  });
});

describe('the count of crashes', () => {
  const isolate = async (eventId = randomUUID()) => {
    const id = await push(eventId);
    await world.begin(id);
    await world.expire(id);
    await world.tryBegin(id);
    return id;
  };
  const dieAlone = async (id: string) => {
    await world.begin(id, randomUUID(), ALONE);
    await world.expire(id);
  };
  const crashesAtNextRun = async (id: string) => (await world.begin(id, randomUUID(), ALONE)).operation.crashes;

  it('grows with each process that died while it ran alone, and with none that died while it ran beside others or waited', async () => {
    const id = await isolate();
    await dieAlone(id);
    await dieAlone(id);
    expect(await crashesAtNextRun(id)).toBe(2);
    const waiting = await push();
    expect(await crashesAtNextRun(waiting)).toBe(0);
  });

  it('grows at once when the parent process reports the death', async () => {
    const id = await isolate();
    const run = await world.begin(id, randomUUID(), ALONE);
    expect(await recordDeath(world.db, run, 'its process ended with SIGKILL')).toBe(true);
    expect(await world.operation(id)).toMatchObject({ state: 'queued', crashes: 1, errorCode: 'operation.crashed' });
    expect(await leases(run.owner)).toBe(0);
    // The report of a run that owns nothing any more.
    expect(await recordDeath(world.db, run, 'its process ended with SIGKILL')).toBe(false);
    expect(await world.operation(id)).toMatchObject({ crashes: 1 });
  });

  it('begins anew when a run got further than those before', async () => {
    const id = await isolate();
    await dieAlone(id);
    await dieAlone(id);
    await saveCheckpoint(world.db, id, { page: 1 });
    expect((await world.operation(id)).crashes).toBe(0);
  });

  it('does not begin anew when a run comes no further than the last one did', async () => {
    const id = await isolate();
    await saveCheckpoint(world.db, id, { page: 1 });
    await dieAlone(id);
    await dieAlone(id);
    await saveCheckpoint(world.db, id, { page: 1 });
    expect(await crashesAtNextRun(id)).toBe(2);
  });

  it('begins anew an hour after the last one: that has another cause', async () => {
    const id = await isolate();
    await dieAlone(id);
    await dieAlone(id);
    expect(await crashesAtNextRun(id)).toBe(2);
    await world.expire(id);
    await world.db
      .$executeRaw`update operations set crashed_at = crashed_at - interval '61 minutes' where id = ${id}::uuid`;
    expect(await crashesAtNextRun(id)).toBe(1);
  });

  it('goes on with a newer request for the same work, which is isolated too', async () => {
    const eventId = randomUUID();
    const id = await isolate(eventId);
    await dieAlone(id);
    const run = await world.begin(id, randomUUID(), ALONE);
    const newer = await push(eventId);
    // It must not run beside others, whatever becomes of the older one.
    expect(await world.tryBegin(newer)).toEqual({ kind: 'settled' });
    expect(await world.operation(newer)).toMatchObject({ isolated: true });
    expect(await recordDeath(world.db, run, 'its process ended with SIGKILL')).toBe(true);
    expect(await world.operation(id)).toMatchObject({
      state: 'done',
      outcome: { reason: 'superseded', details: { by: newer } },
    });
    expect(await world.operation(newer)).toMatchObject({ state: 'queued', crashes: 2 });
  });

  it('does not hold what a run alone that was only slow counted for a death, once that run says so', async () => {
    const id = await isolate();
    const slow = { ...(await world.begin(id, randomUUID(), ALONE)), isAlone: true };
    await world.expire(id);
    const second = await world.begin(id, randomUUID(), ALONE);
    expect(second.operation.crashes).toBe(1);
    expect(await finishOperation(world.db, slow, DONE)).toBe(false);
    expect(await world.operation(id)).toMatchObject({ crashes: 0, state: 'running', leaseOwner: second.owner });
  });
});

describe('an isolated operation', () => {
  it('is claimed by one of ten workers, and by none that has no handler for it', async () => {
    const own = await openSyncWorld();
    const id = await own.enqueue('event.push', { eventId: randomUUID() });
    await own.begin(id);
    await own.expire(id);
    await own.tryBegin(id);
    expect(await claimIsolated(own.db, ['rsvp.push'])).toBeNull();
    const claims = await Promise.all(Array.from({ length: 10 }, () => claimIsolated(own.db, ['event.push'])));
    expect(claims.filter((claim) => claim !== null)).toEqual([id]);
    await deferIsolated(own.db, id, 0);
    expect(await claimIsolated(own.db, ['event.push'])).toBe(id);
  });

  it('gets no job from relay', async () => {
    const own = await openSyncWorld();
    const id = await own.enqueue('event.push', { eventId: randomUUID() });
    await own.begin(id);
    await own.expire(id);
    await own.tryBegin(id);
    const rooms = [{ jobs: ['event.push'], priority: 1, room: 10 }];
    expect(await claimForDispatch(own.db, rooms)).toEqual([]);
    expect(await claimForLook(own.db, 10)).toEqual([]);
  });
});

describe('a parked operation', () => {
  const park = async (eventId = randomUUID()) => {
    const run = await world.begin(await push(eventId));
    const back = { waitMs: 600_000, usesAttempt: false, reason: 'operation.parked', park: { deadlineMs: 3_600_000 } };
    const until = await requeueOperation(world.db, run, { ...back, error: { code: 'luma.unavailable', message: 'm' } });
    return { id: run.id, until: until ?? new Date(0) };
  };

  it('waits for its slow retry with all its attempts and a new deadline, and needs no job until then', async () => {
    const { id, until } = await park();
    const row = await world.operation(id);
    expect(row).toMatchObject({ state: 'queued', attempts: 0, slowTries: 1, dispatched: false, isolated: false });
    expect(row.dispatchAt?.getTime()).toBe(until.getTime());
    expect(row.deadlineAt.getTime() - until.getTime()).toBeGreaterThan(3_500_000);
    expect(row.parkedAt).not.toBeNull();
  });

  it('is joined by a new request, and woken by it', async () => {
    const eventId = randomUUID();
    const { id } = await park(eventId);
    expect(await push(eventId)).toBe(id);
    const row = await world.operation(id);
    expect(row).toMatchObject({ parkedAt: null, requests: 2, slowTries: 1 });
    expect(await world.tryBegin(id)).toMatchObject({ kind: 'begun' });
  });

  it('that killed its process is woken by a new request a minute after its last death at the earliest', async () => {
    const eventId = randomUUID();
    const { id } = await park(eventId);
    await world.db.operation.update({ where: { id }, data: { isolated: true, crashedAt: new Date() } });
    await push(eventId);
    const { runAfter } = await world.operation(id);
    expect(runAfter.getTime() - Date.now()).toBeGreaterThan(50_000);
    expect(runAfter.getTime() - Date.now()).toBeLessThan(70_000);
  });

  it('starts its slow retries anew once it got further', async () => {
    const { id } = await park();
    await saveCheckpoint(world.db, id, { page: 2 });
    expect(await world.operation(id)).toMatchObject({ slowTries: 0 });
  });
});

describe('a newer operation that inherited a death', () => {
  it('loses it again when the silent run turns out to be alive', async () => {
    const eventId = randomUUID();
    const first = await world.begin(await push(eventId), randomUUID(), ALONE);
    await world.expire(first.id);
    const newer = await world.begin(await push(eventId));
    expect(await world.tryBegin(first.id)).toEqual({ kind: 'settled' });
    expect(await world.operation(newer.id)).toMatchObject({ crashes: 1, suspectedOwner: first.owner });
    expect(await finishOperation(world.db, { ...first, isAlone: true }, DONE)).toBe(false);
    expect(await world.operation(newer.id)).toMatchObject({ crashes: 0, suspectedOwner: null });
  });
});
