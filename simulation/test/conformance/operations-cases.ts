import { beforeEach, describe, expect, it } from '@jest/globals';
import { eventPush, type Priority } from '@luma-sync/jobs';

/** The columns of an operation that a run, a request or a death changes. */
export interface OperationRow {
  state: string;
  owner: string | null;
  requests: number;
  attempts: number;
  crashes: number;
  slowTries: number;
  /** As the queue orders: 1 is served first. */
  priority: number;
  runAfter: Date;
  deadlineAt: Date;
}

export interface RequeueOf {
  waitMs: number;
  usesAttempt: boolean;
  reason: string;
}

/** One store of operations, as the suite drives it. All runs are alone in their process, so a silent run is a death. */
export interface OperationStoreDriver {
  now(): Promise<Date>;
  /** Lets time pass. */
  advance(ms: number): Promise<void>;
  /** Requests an `event.push`. */
  enqueue(eventId: string, options?: { priority?: Priority; inMs?: number }): Promise<string>;
  begin(id: string, owner: string): Promise<'begun' | 'busy' | 'settled'>;
  /** The process of this run dies, and its lease has run out. */
  die(owner: string): Promise<void>;
  saveCheckpoint(id: string, owner: string, checkpoint: object): Promise<void>;
  requeue(id: string, owner: string, back: RequeueOf): Promise<boolean>;
  park(id: string, owner: string, park: { waitMs: number; deadlineMs: number }): Promise<boolean>;
  finish(id: string, owner: string, state: 'done' | 'failed'): Promise<boolean>;
  row(id: string): Promise<OperationRow>;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** What every store of operations keeps to. Each driver's test calls it. */
export function describeOperationStore(name: string, open: () => Promise<OperationStoreDriver>): void {
  let store: OperationStoreDriver;
  let runs = 0;
  beforeEach(async () => {
    store = await open();
  });
  const newRun = (): string => {
    runs += 1;
    return `process/${runs}`;
  };
  const newEvent = (): string => crypto.randomUUID();
  const beginNew = async (eventId = newEvent()): Promise<{ id: string; owner: string }> => {
    const run = { id: await store.enqueue(eventId), owner: newRun() };
    expect(await store.begin(run.id, run.owner)).toBe('begun');
    return run;
  };
  /** Another run begins after the death of this one. */
  const beginAgain = async ({ id, owner }: { id: string; owner: string }): Promise<{ id: string; owner: string }> => {
    await store.die(owner);
    const run = { id, owner: newRun() };
    expect(await store.begin(id, run.owner)).toBe('begun');
    return run;
  };
  /** The moments between which `work` was done. */
  const during = async (work: () => Promise<unknown>): Promise<(at: Date, ms: number) => void> => {
    const from = await store.now();
    await work();
    const to = await store.now();
    return (at, ms) => {
      expect(at.getTime()).toBeGreaterThanOrEqual(from.getTime() + ms);
      expect(at.getTime()).toBeLessThanOrEqual(to.getTime() + ms);
    };
  };

  describe(`a request in ${name}`, () => {
    it('is queued with the priority and the deadline of its definition', async () => {
      let id = '';
      const expectAt = await during(async () => {
        id = await store.enqueue(newEvent());
      });
      const row = await store.row(id);
      expect(row).toMatchObject({ state: 'queued', owner: null, requests: 1, attempts: 0, crashes: 0, priority: 1 });
      expectAt(row.runAfter, 0);
      expect(row.deadlineAt.getTime() - row.runAfter.getTime()).toBe(eventPush.deadlineMs);
    });

    it('joins the queued one: attempts start anew, and the more urgent priority and moment count', async () => {
      const eventId = newEvent();
      const { id, owner } = await beginNew(eventId);
      await store.requeue(id, owner, { waitMs: HOUR_MS, usesAttempt: true, reason: 'luma.unavailable' });
      expect(await store.row(id)).toMatchObject({ attempts: 1, requests: 1 });
      const deadlineAt = (await store.row(id)).deadlineAt.getTime();
      await store.advance(MINUTE_MS);
      let joined = '';
      const expectAt = await during(async () => {
        joined = await store.enqueue(eventId);
      });
      expect(joined).toBe(id);
      const row = await store.row(id);
      expect(row).toMatchObject({ state: 'queued', attempts: 0, requests: 2 });
      expectAt(row.runAfter, 0);
      expectAt(row.deadlineAt, eventPush.deadlineMs);
      expect(row.deadlineAt.getTime()).toBeGreaterThan(deadlineAt);
    });

    it('keeps the earlier moment and the more urgent priority of the one it joins', async () => {
      const eventId = newEvent();
      const id = await store.enqueue(eventId, { priority: 'sync', inMs: MINUTE_MS });
      const first = await store.row(id);
      await store.enqueue(eventId, { priority: 'bulk', inMs: HOUR_MS });
      const later = await store.row(id);
      expect({ ...later, deadlineAt: null }).toEqual({ ...first, requests: 2, deadlineAt: null });
      expect(later.deadlineAt.getTime()).toBeGreaterThan(first.deadlineAt.getTime());
      await store.enqueue(eventId, { priority: 'interactive', inMs: HOUR_MS });
      expect(await store.row(id)).toMatchObject({ priority: 1, runAfter: first.runAfter, requests: 3 });
    });
  });

  describe(`a run in ${name}`, () => {
    it('takes its operation and the record of it, and no other run begins meanwhile', async () => {
      const eventId = newEvent();
      const { id, owner } = await beginNew(eventId);
      expect(await store.row(id)).toMatchObject({ state: 'running', owner, crashes: 0 });
      expect(await store.begin(id, newRun())).toBe('busy');
      const newer = await store.enqueue(eventId);
      expect(newer).not.toBe(id);
      expect(await store.begin(newer, newRun())).toBe('busy');
      expect(await store.finish(id, owner, 'done')).toBe(true);
      expect(await store.begin(id, newRun())).toBe('settled');
      expect(await store.begin(newer, newRun())).toBe('begun');
    });

    it('does not begin before its time', async () => {
      const id = await store.enqueue(newEvent(), { inMs: MINUTE_MS });
      expect(await store.begin(id, newRun())).toBe('busy');
      await store.advance(MINUTE_MS);
      expect(await store.begin(id, newRun())).toBe('begun');
    });

    it('changes nothing once another run has taken its operation over', async () => {
      const first = await beginNew();
      const second = await beginAgain(first);
      const row = await store.row(first.id);
      expect(await store.finish(first.id, first.owner, 'failed')).toBe(false);
      const back = { waitMs: 0, usesAttempt: true, reason: 'luma.unavailable' };
      expect(await store.requeue(first.id, first.owner, back)).toBe(false);
      expect(await store.park(first.id, first.owner, { waitMs: 0, deadlineMs: HOUR_MS })).toBe(false);
      const now = await store.row(first.id);
      expect({ ...now, crashes: 0 }).toEqual({ ...row, crashes: 0 });
      expect(now.owner).toBe(second.owner);
    });

    it('counts each death, and forgets the earlier ones when an hour lies between', async () => {
      const first = await beginNew();
      const second = await beginAgain(first);
      expect(await store.row(first.id)).toMatchObject({ crashes: 1 });
      const third = await beginAgain(second);
      expect(await store.row(first.id)).toMatchObject({ crashes: 2 });
      await store.advance(HOUR_MS + MINUTE_MS);
      await beginAgain(third);
      expect(await store.row(first.id)).toMatchObject({ crashes: 1 });
    });

    it('that died leaves its work to a newer one that is running, which inherits the death', async () => {
      const eventId = newEvent();
      const first = await beginNew(eventId);
      await store.die(first.owner);
      const newer = await store.enqueue(eventId);
      expect(newer).not.toBe(first.id);
      const owner = newRun();
      expect(await store.begin(newer, owner)).toBe('begun');
      expect(await store.begin(first.id, newRun())).toBe('settled');
      expect(await store.row(first.id)).toMatchObject({ state: 'done', owner: null });
      expect(await store.row(newer)).toMatchObject({ state: 'running', owner, crashes: 1 });
    });

    it('that got further forgets deaths and slow retries; the same checkpoint again does not', async () => {
      const parked = await beginNew();
      await store.park(parked.id, parked.owner, { waitMs: 0, deadlineMs: HOUR_MS });
      const slow = { id: parked.id, owner: newRun() };
      expect(await store.begin(slow.id, slow.owner)).toBe('begun');
      const second = await beginAgain(slow);
      await store.saveCheckpoint(second.id, second.owner, { page: 1 });
      expect(await store.row(second.id)).toMatchObject({ crashes: 0, slowTries: 0 });
      const third = await beginAgain(second);
      await store.saveCheckpoint(third.id, third.owner, { page: 1 });
      expect(await store.row(third.id)).toMatchObject({ crashes: 1 });
      await store.saveCheckpoint(third.id, third.owner, { page: 2 });
      expect(await store.row(third.id)).toMatchObject({ crashes: 0 });
    });
  });

  describe(`the end of a run in ${name}`, () => {
    it('puts the operation back for its time, and counts an attempt where the run used one', async () => {
      const { id, owner } = await beginNew();
      const deadlineAt = (await store.row(id)).deadlineAt;
      const back = { waitMs: MINUTE_MS, reason: 'luma.unavailable' };
      const expectAt = await during(() => store.requeue(id, owner, { ...back, usesAttempt: true }));
      const row = await store.row(id);
      expect(row).toMatchObject({ state: 'queued', owner: null, attempts: 1, requests: 1 });
      expectAt(row.runAfter, MINUTE_MS);
      await store.advance(MINUTE_MS);
      const again = newRun();
      expect(await store.begin(id, again)).toBe('begun');
      await store.requeue(id, again, { ...back, usesAttempt: false });
      expect(await store.row(id)).toMatchObject({ attempts: 1 });
      // Waits do not move the deadline: it ends them.
      expect((await store.row(id)).deadlineAt.getTime()).toBeLessThanOrEqual(deadlineAt.getTime());
    });

    it('leaves the work to a request that was queued meanwhile', async () => {
      const eventId = newEvent();
      const { id, owner } = await beginNew(eventId);
      const newer = await store.enqueue(eventId);
      expect(newer).not.toBe(id);
      expect(await store.requeue(id, owner, { waitMs: 0, usesAttempt: true, reason: 'luma.unavailable' })).toBe(false);
      expect(await store.row(id)).toMatchObject({ state: 'done', owner: null });
      expect(await store.row(newer)).toMatchObject({ state: 'queued', attempts: 0 });
      expect(await store.begin(newer, newRun())).toBe('begun');
    });

    it('parks it with all its attempts, a deadline of its own, and its deaths forgotten', async () => {
      const first = await beginNew();
      await store.requeue(first.id, first.owner, { waitMs: 0, usesAttempt: true, reason: 'luma.unavailable' });
      const owner = newRun();
      await store.begin(first.id, owner);
      const second = await beginAgain({ id: first.id, owner });
      expect(await store.row(first.id)).toMatchObject({ attempts: 1, crashes: 1 });
      const park = { waitMs: 10 * MINUTE_MS, deadlineMs: HOUR_MS };
      const expectAt = await during(() => store.park(second.id, second.owner, park));
      const row = await store.row(first.id);
      expect(row).toMatchObject({ state: 'queued', owner: null, attempts: 0, crashes: 0, slowTries: 1 });
      expectAt(row.runAfter, 10 * MINUTE_MS);
      expectAt(row.deadlineAt, 10 * MINUTE_MS + HOUR_MS);
    });

    it('ends it for good, done or failed, and frees its record', async () => {
      const eventId = newEvent();
      const { id, owner } = await beginNew(eventId);
      expect(await store.finish(id, owner, 'failed')).toBe(true);
      expect(await store.row(id)).toMatchObject({ state: 'failed', owner: null });
      expect(await store.finish(id, owner, 'done')).toBe(false);
      await beginNew(eventId);
    });
  });
}
