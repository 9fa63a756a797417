import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  catalog,
  done,
  type JobContext,
  type Outcome,
  PermanentError,
  RetryAfterError,
  RetryableError,
  skipped,
} from '@luma-sync/jobs';
import { addJobs, closeQueues, connectRedis, disconnectRedis, openQueues } from '@luma-sync/queue';
import { createCheckpoints } from '@luma-sync/store';
import { atEnd, startTcpProxy, waitFor } from '@luma-sync/testkit';
import { LEASE_MS, openQueueWorld, type PushHandler, type QueueWorld } from '../test/queue-world.js';

let world: QueueWorld;
beforeEach(async () => {
  world = await openQueueWorld();
});
/** Relays and workers of earlier tests would go on polling, and slow down the later ones. */
afterEach(() => world.close());

/** Ends in each of these in turn, the last one again and again. */
function inTurn(...steps: (() => Promise<Outcome> | Outcome)[]): PushHandler & { runs: JobContext[] } {
  const runs: JobContext[] = [];
  const handler = async (_eventId: string, ctx: JobContext) => {
    runs.push(ctx);
    return (steps[Math.min(runs.length, steps.length) - 1] as () => Outcome)();
  };
  return Object.assign(handler, { runs });
}
const fails = (error: unknown) => () => {
  throw error;
};
const untilAborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));

describe('how a run ends', () => {
  it('done: with what it says', async () => {
    await world.startRelay();
    world.startWorker(inTurn(() => done({ sent: 3 })));
    const row = await world.until(await world.enqueue(), ['done', 'failed']);
    expect(row).toMatchObject({
      state: 'done',
      outcome: { kind: 'done', details: { sent: 3 } },
      attempts: 0,
      dispatches: 1,
      leaseOwner: null,
    });
  });

  it('skipped: with the reason', async () => {
    await world.startRelay();
    world.startWorker(inTurn(() => skipped('draft')));
    const row = await world.until(await world.enqueue(), ['done', 'failed']);
    expect(row).toMatchObject({ state: 'done', outcome: { kind: 'skipped', reason: 'draft' } });
  });

  it('to be tried again: an attempt is used, the reason stands in the row, and it works later', async () => {
    await world.startRelay();
    const handler = inTurn(fails(new RetryableError('luma.unavailable', 'away')), () => done());
    world.startWorker(handler);
    const id = await world.enqueue();
    await waitFor(async () => (await world.row(id)).attempts === 1, { what: 'the first run to be over' });
    expect(await world.row(id)).toMatchObject({
      state: 'queued',
      waitingReason: 'luma.unavailable',
      errorCode: 'luma.unavailable',
    });
    await world.wake(id);
    expect(await world.until(id, ['done'])).toMatchObject({ attempts: 1, errorCode: null, waitingReason: null });
    expect(handler.runs.map(({ attempt }) => attempt)).toEqual([1, 2]);
  });

  it('given up at the last attempt', async () => {
    await world.startRelay();
    world.startWorker(inTurn(fails(new RetryableError('luma.unavailable', 'away'))));
    const id = await world.enqueueCancel();
    const { attempts } = catalog['event.cancel'];
    await world.db.operation.update({ where: { id }, data: { attempts: attempts - 1 } });
    expect(await world.until(id, ['failed'])).toMatchObject({
      errorCode: 'luma.unavailable',
      errorMessage: expect.stringContaining(`attempt ${attempts}`),
    });
  });

  it('to wait: no attempt is used, and it runs when the time has come', async () => {
    await world.startRelay();
    const handler = inTurn(fails(new RetryAfterError('limiter.denied', 'no slot', { waitMs: 300 })), () => done());
    world.startWorker(handler);
    expect(await world.until(await world.enqueue(), ['done'])).toMatchObject({ attempts: 0 });
    expect(handler.runs.map(({ attempt }) => attempt)).toEqual([1, 1]);
  });

  it('failed: at once, with the words', async () => {
    await world.startRelay();
    const handler = inTurn(fails(new PermanentError('luma.rejected', 'name is too long')));
    world.startWorker(handler);
    const row = await world.until(await world.enqueue(), ['failed']);
    expect(row).toMatchObject({ errorCode: 'luma.rejected', errorMessage: 'name is too long', dispatchAt: null });
    expect(handler.runs).toHaveLength(1);
  });

  it.each([['text'], [null], [new TypeError('secret words')]])(
    'thrown unknown things (%p): tried again, told in the log alone',
    async (thrown) => {
      await world.startRelay();
      world.startWorker(inTurn(fails(thrown), () => done()));
      const id = await world.enqueue();
      await waitFor(async () => (await world.row(id)).attempts === 1, { what: 'the first run to be over' });
      const row = await world.row(id);
      expect(row).toMatchObject({ state: 'queued', errorCode: 'unknown' });
      expect(row.errorMessage).not.toContain('secret');
      expect(world.log.entries.filter(({ level }) => level === 'error')).toHaveLength(1);
      await world.wake(id);
      await world.until(id, ['done']);
    },
  );

  it('set aside when its stored payload does not fit', async () => {
    const handler = inTurn(() => done());
    world.startWorker(handler);
    const id = await world.enqueue();
    await world.db.operation.update({ where: { id }, data: { payload: { eventId: 'no uuid', more: 1 } } });
    await world.startRelay();
    expect(await world.until(id, ['failed'])).toMatchObject({
      errorCode: 'operation.invalid_payload',
      errorMessage: expect.stringContaining('eventId'),
    });
    expect(handler.runs).toHaveLength(0);
  });

  it('set aside when its whole time is over', async () => {
    const handler = inTurn(() => done());
    world.startWorker(handler);
    const id = await world.enqueueCancel();
    await world.db.operation.update({ where: { id }, data: { deadlineAt: new Date(Date.now() - 1) } });
    await world.startRelay();
    expect(await world.until(id, ['failed'])).toMatchObject({ errorCode: 'operation.deadline' });
    expect(handler.runs).toHaveLength(0);
  });

  it('set aside when a wait would last past its whole time', async () => {
    world.startWorker(inTurn(fails(new RetryAfterError('calendar.paused', 'paused', { waitMs: 60_000 }))));
    const id = await world.enqueueCancel();
    await world.db.operation.update({ where: { id }, data: { deadlineAt: new Date(Date.now() + 30_000) } });
    await world.startRelay();
    expect(await world.until(id, ['failed'])).toMatchObject({
      errorCode: 'operation.deadline',
      errorMessage: expect.stringContaining('calendar.paused'),
    });
  });

  it('noted with its event in the same commit when it is given up', async () => {
    await world.startRelay();
    world.startWorker(inTurn(fails(new PermanentError('luma.rejected', 'no'))));
    const calendar = await world.db.calendar.create({ data: { name: 'c', kind: 'luma' } });
    const event = await world.db.event.create({
      data: {
        source: 'app',
        approval: 'approved',
        title: 'T',
        startsAt: new Date(),
        endsAt: new Date(),
        timezone: 'UTC',
        link: { create: { calendarId: calendar.id, state: 'pending_push' } },
      },
    });
    await world.until(await world.enqueue(event.id), ['failed']);
    expect(await world.db.eventLink.findUnique({ where: { eventId: event.id } })).toMatchObject({
      state: 'push_failed',
      lastError: { code: 'luma.rejected', message: 'no' },
    });
  });

  it('is stored even if what has to stand beside it cannot be', async () => {
    await world.startRelay();
    world.startWorker(inTurn(fails(new PermanentError('luma.rejected', 'no'))));
    await world.db.$executeRaw`alter table timeline add constraint nothing_fits check (message = '')`;
    const row = await world.until(await world.enqueue(), ['failed']);
    expect(row).toMatchObject({ errorCode: 'luma.rejected', crashes: 0 });
  });
});

describe('what reconciles state is parked and tried again', () => {
  const away = new RetryableError('luma.unavailable', 'away');
  const beyondDeadline = new RetryAfterError('limiter.budget', 'spent', { waitMs: 48 * 3_600_000 });
  const parked = (id: string) =>
    waitFor(
      async () => {
        const row = await world.row(id);
        return row.waitingReason === 'operation.parked' ? row : null;
      },
      { what: 'it to be parked', limitMs: 30_000 },
    );

  it.each([
    ['after its last attempt', { attempts: 9 }, away, 'luma.unavailable'],
    ['when a wait would outlast its whole time', {}, beyondDeadline, 'operation.deadline'],
    ['after three deaths', { crashes: 3, isolated: true }, away, 'operation.crashed'],
  ])('%s', async (_when, data, error, errorCode) => {
    const id = await world.enqueue();
    await world.db.operation.update({ where: { id }, data });
    await world.startRelay();
    world.startWorker(inTurn(fails(error)));
    const row = await parked(id);
    expect(row).toMatchObject({ state: 'queued', errorCode, attempts: 0, crashes: 0, slowTries: 1 });
    expect(row.parkedAt).not.toBeNull();
    expect(row.runAfter.getTime() - (row.parkedAt?.getTime() ?? 0)).toBe(600_000);
  });

  it('and not for a deadline that an outage let pass: it is tried, and has its whole time again', async () => {
    const id = await world.enqueue();
    await world.db.operation.update({ where: { id }, data: { deadlineAt: new Date(0) } });
    await world.startRelay();
    world.startWorker(inTurn(fails(away)));
    const row = await waitFor(
      async () => {
        const { attempts, ...rest } = await world.row(id);
        return attempts > 0 ? rest : null;
      },
      { what: 'it to be tried', limitMs: 30_000 },
    );
    expect(row).toMatchObject({ state: 'queued', slowTries: 0, parkedAt: null });
    expect(row.deadlineAt.getTime()).toBeGreaterThan(Date.now());
  });

  it('after longer and longer pauses, for ever, each slow retry being one attempt', async () => {
    await world.startRelay();
    world.startWorker(inTurn(fails(new RetryableError('luma.unavailable', 'away'))));
    const id = await world.enqueue();
    await world.db.operation.update({ where: { id }, data: { attempts: 9 } });
    const pauses: number[] = [];
    for (let tries = 1; tries <= 6; tries += 1) {
      await waitFor(async () => (await world.row(id)).slowTries === tries, {
        what: `slow retry ${tries}`,
        limitMs: 30_000,
      });
      const { runAfter, parkedAt } = await world.row(id);
      pauses.push((runAfter.getTime() - (parkedAt?.getTime() ?? 0)) / 3_600_000);
      await world.wake(id);
    }
    expect(pauses).toEqual([1 / 6, 1, 6, 24, 24, 24]);
  });

  it('by a new request at once; then it ends like any other', async () => {
    await world.startRelay();
    world.startWorker(inTurn(fails(new RetryableError('luma.unavailable', 'away')), () => done()));
    const eventId = randomUUID();
    const id = await world.enqueue(eventId);
    await world.db.operation.update({ where: { id }, data: { attempts: 9 } });
    await parked(id);
    expect(await world.enqueue(eventId)).toBe(id);
    expect(await world.until(id, ['done'])).toMatchObject({ requests: 2, parkedAt: null });
  });

  it('and what Luma refuses for good is a dead letter all the same', async () => {
    await world.startRelay();
    world.startWorker(inTurn(fails(new PermanentError('luma.rejected', 'no'))));
    const id = await world.enqueue();
    await world.db.operation.update({ where: { id }, data: { slowTries: 2 } });
    await world.until(id, ['failed']);
  });
});

describe('a run that takes too long', () => {
  const slowThenDone = () => {
    let runs = 0;
    return (_eventId: string, ctx: JobContext) => {
      runs += 1;
      return runs === 1 ? untilAborted(ctx.signal) : Promise.resolve(done());
    };
  };

  it('and got no further uses an attempt, and goes on', async () => {
    await world.startRelay();
    world.startWorker(slowThenDone(), { settings: { runLimitMs: 100 } });
    const id = await world.enqueue();
    await waitFor(async () => (await world.row(id)).waitingReason === 'operation.run_limit', {
      what: 'the limit to be reached',
      limitMs: 30_000,
    });
    await world.wake(id);
    expect(await world.until(id, ['done'])).toMatchObject({ attempts: 1, crashes: 0 });
  });

  it('and got further is put back at its limit without using an attempt, and goes on', async () => {
    await world.startRelay();
    const handler = slowThenDone();
    const checkpoints = createCheckpoints(world.db);
    world.startWorker(
      async (eventId, ctx) => {
        await checkpoints.write(ctx, { page: 1 });
        return handler(eventId, ctx);
      },
      { settings: { runLimitMs: 500 } },
    );
    expect(await world.until(await world.enqueue(), ['done'])).toMatchObject({ attempts: 0, crashes: 0 });
  });

  it('is left behind when it pays no attention, and can store nothing any more', async () => {
    await world.startRelay();
    const contexts: JobContext[] = [];
    world.startWorker(
      (_eventId, ctx) => {
        contexts.push(ctx);
        return contexts.length === 1 ? new Promise<never>(() => {}) : Promise.resolve(done());
      },
      { settings: { runLimitMs: 50, abandonAfterMs: 50 } },
    );
    const id = await world.enqueue();
    await waitFor(async () => (await world.row(id)).waitingReason === 'operation.stuck', {
      what: 'the run to be left behind',
    });
    expect(() => contexts[0]?.assertLease()).toThrow(expect.objectContaining({ code: 'operation.lease_lost' }));
    await world.wake(id);
    expect(await world.until(id, ['done'])).toMatchObject({ attempts: 1 });
  });

  it('keeps its operation for as long as it lasts', async () => {
    await world.startRelay();
    let running = 0;
    let together = 0;
    const handler: PushHandler = async (_eventId, ctx) => {
      running += 1;
      together = Math.max(together, running);
      // Three leases long: others have every chance to take over.
      const endAt = performance.now() + 3 * LEASE_MS;
      await waitFor(() => performance.now() > endAt, { what: 'the time to pass', limitMs: 60_000 });
      ctx.assertLease();
      running -= 1;
      return done();
    };
    const settings = { leaseMs: LEASE_MS };
    world.startWorker(handler, { settings });
    world.startWorker(handler, { settings });
    expect(await world.until(await world.enqueue(), ['done'])).toMatchObject({ crashes: 0 });
    expect(together).toBe(1);
  });
});

describe('one operation', () => {
  it('never runs twice at once, though its job is handed out ten times', async () => {
    const connection = connectRedis(world.redisUrl, 'failing', 'test');
    const queues = openQueues(connection, world.prefix);
    atEnd(async () => {
      await closeQueues(queues);
      await disconnectRedis(connection);
    });
    let running = 0;
    let together = 0;
    let runs = 0;
    const gate = { open: () => {} };
    const opened = new Promise<void>((resolve) => {
      gate.open = resolve;
    });
    const handler: PushHandler = async () => {
      runs += 1;
      running += 1;
      together = Math.max(together, running);
      await opened;
      running -= 1;
      return done();
    };
    // A job that finds its operation leased comes back when the lease is over.
    const settings = { leaseMs: LEASE_MS };
    const workers = [world.startWorker(handler, { settings }), world.startWorker(handler, { settings })];
    const id = await world.enqueue();
    await waitFor(() => connection.ping(), { what: 'Redis' });
    await addJobs(
      queues.events,
      Array.from({ length: 10 }, (_, n) => ({ operationId: id, job: 'event.push', priority: 1, dispatches: n + 1 })),
    );
    // All ten were handed out: none waits for a worker any more.
    const untaken = () => queues.events.getJobCountByTypes('waiting', 'prioritized');
    await waitFor(async () => (await untaken()) === 0, { what: 'nine jobs to step back' });
    gate.open();
    await world.until(id, ['done']);
    const open = () => queues.events.getJobCountByTypes('waiting', 'prioritized', 'delayed', 'active');
    await waitFor(async () => (await open()) === 0, { what: 'the nine to find it done', limitMs: 60_000 });
    expect([runs, together]).toEqual([1, 1]);
    expect(workers.every(({ activeRuns }) => activeRuns === 0)).toBe(true);
  });

  it('takes turns with another one of its record', async () => {
    await world.startRelay();
    const eventId = randomUUID();
    let running = 0;
    let together = 0;
    let runs = 0;
    const gates: (() => void)[] = [];
    const handler: PushHandler = async () => {
      runs += 1;
      running += 1;
      together = Math.max(together, running);
      await new Promise<void>((resolve) => gates.push(resolve));
      running -= 1;
      return done();
    };
    world.startWorker(handler);
    world.startWorker(handler);
    const first = await world.enqueue(eventId);
    await waitFor(() => gates.length === 1, { what: 'the first run' });
    const second = await world.enqueue(eventId);
    expect(second).not.toBe(first);
    await waitFor(async () => (await world.row(second)).dispatches === 1, { what: 'the second to be dispatched' });
    gates[0]?.();
    await waitFor(() => gates.length === 2, { what: 'the second run' });
    gates[1]?.();
    await world.until(second, ['done']);
    expect([runs, together]).toEqual([2, 1]);
  });

  it('of a job this version does not know is left alone, and holds up nobody', async () => {
    const id = await world.enqueue();
    await world.db.operation.update({ where: { id }, data: { job: 'event.explode', dedupeKey: 'x' } });
    await world.startRelay();
    world.startWorker(inTurn(() => done()));
    await world.until(await world.enqueue(), ['done']);
    expect(await world.row(id)).toMatchObject({ state: 'queued', dispatches: 0, attempts: 0 });
  });

  it('of a job without a handler here is set aside', async () => {
    await world.startRelay();
    world.startWorker(inTurn(() => done()));
    const id = await world.enqueue();
    await world.db.operation.update({ where: { id }, data: { job: 'event.pull' } });
    expect(await world.until(id, ['failed', 'done'])).toMatchObject({ errorCode: 'operation.unknown_job' });
  });
});

describe('a worker that closes', () => {
  it('hands a running operation back untouched, and another one ends it', async () => {
    await world.startRelay();
    const begun: string[] = [];
    const first = world.startWorker((_eventId, ctx) => {
      begun.push(ctx.operationId);
      return untilAborted(ctx.signal);
    });
    const id = await world.enqueue();
    await waitFor(() => begun.length === 1, { what: 'the run to begin' });
    await first.close(0);
    expect(await world.row(id)).toMatchObject({
      state: 'queued',
      attempts: 0,
      crashes: 0,
      waitingReason: 'operation.interrupted',
      leaseOwner: null,
    });
    expect(await world.db.recordLease.count()).toBe(0);
    world.startWorker(inTurn(() => done()));
    expect(await world.until(id, ['done'])).toMatchObject({ attempts: 0, crashes: 0 });
  });

  it('lets a run end that needs only a moment', async () => {
    await world.startRelay();
    const gates: ((outcome: Outcome) => void)[] = [];
    const worker = world.startWorker(() => new Promise((resolve) => gates.push(resolve)));
    const id = await world.enqueue();
    // The row says `running` a moment before the handler is called.
    await waitFor(() => gates.length === 1, { what: 'the run' });
    const closed = worker.close(5_000);
    gates[0]?.(done({ was: 'ended' }));
    await closed;
    expect(await world.row(id)).toMatchObject({ state: 'done', outcome: { details: { was: 'ended' } } });
  });
});

describe('Postgres away just when a run ends', () => {
  it('is no death of its process: the ending is stored when it is back', async () => {
    const proxy = await startTcpProxy(world.databaseUrl);
    await world.startRelay();
    let runs = 0;
    world.startWorker(
      async () => {
        runs += 1;
        if (runs === 1) await proxy.cut();
        return done({ run: runs });
      },
      { databaseUrl: proxy.through(world.databaseUrl) },
    );
    const id = await world.enqueue();
    await waitFor(() => proxy.mode() === 'cut', { what: 'Postgres to go away' });
    await proxy.resume();
    expect(await world.until(id, ['done'])).toMatchObject({ crashes: 0, outcome: { details: { run: 1 } } });
  });
});
