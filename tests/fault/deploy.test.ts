import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { putEvent } from '@luma-sync/application';
import { retryingTransaction } from '@luma-sync/store';
import { type TestProcess, waitFor } from '@luma-sync/testkit';
import { EVENT, isDone, openWorkerWorld, type WorkerWorld } from './worker-world.js';

/** What a deploy gives a process before it kills it. */
const DEPLOY_MS = 25_000;

const pushOf = ({ db }: WorkerWorld) => db.operation.findFirstOrThrow({ where: { job: 'event.push' } });

async function withWorld(play: (world: WorkerWorld) => Promise<void>): Promise<void> {
  const world = await openWorkerWorld();
  try {
    await retryingTransaction(world.db, (tx) => putEvent(tx, 'deployed', EVENT, 'test'));
    await play(world);
  } finally {
    await world.close();
  }
}

/** As a deploy does: asks to stop and would kill in the end. */
async function deploy(worker: TestProcess): Promise<void> {
  const begunAt = performance.now();
  expect(await worker.stop(DEPLOY_MS)).toEqual({ code: 0, signal: null });
  process.stdout.write(`a worker ended ${((performance.now() - begunAt) / 1_000).toFixed(1)} s after SIGTERM\n`);
}

describe('a deploy in the middle of an operation', () => {
  it('twice, with Luma silent and with a handler that pays no attention: handed back, no attempt and no crash counted, done by the next', () =>
    withWorld(async (world) => {
      world.luma.control.layFault({ kind: 'lost-answer', mode: 'hold', path: '/v1/events/create', count: 1 });
      const first = world.startWorker({ isInEarnest: true });
      await waitFor(() => world.luma.control.counters().eventsCreated === 1, {
        what: 'Luma to be asked',
        limitMs: 120_000,
      });
      await deploy(first);
      expect(await pushOf(world)).toMatchObject({ attempts: 0, crashes: 0, leaseOwner: null });
      expect(await world.db.recordLease.count()).toBe(0);

      const second = world.startWorker({ isDeaf: true, isInEarnest: true });
      await second.waitForOutput('deaf to', 120_000);
      await deploy(second);
      expect(await pushOf(world)).toMatchObject({
        state: 'queued',
        waitingReason: 'operation.interrupted',
        attempts: 0,
        crashes: 0,
      });

      const third = world.startWorker({ isInEarnest: true });
      await waitFor(isDone(world.db), { what: 'the operation to be done', limitMs: 120_000 });
      await deploy(third);
      expect(await pushOf(world)).toMatchObject({ state: 'done', attempts: 0, crashes: 0 });
      expect(world.luma.control.counters()).toMatchObject({
        eventsCreated: 1,
        duplicates: { events: [], guests: [] },
      });
    }));
});

const isStopped = ({ pid }: TestProcess): boolean => /^State:\s+T/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));

/**
 * Everything that a run of the push could change. Relay's schedules go on all the while and are left out, and so is
 * what each run tells of its own end: that it was too late is worth knowing.
 */
const everything = async ({ db, luma }: WorkerWorld) => ({
  operations: await db.operation.findMany({ where: { job: 'event.push' } }),
  links: await db.eventLink.findMany(),
  events: await db.event.findMany(),
  timeline: await db.timelineEntry.findMany({
    where: { eventId: { not: null }, OR: [{ fact: null }, { fact: { not: 'run' } }] },
    orderBy: { id: 'asc' },
  }),
  writes: luma.control.log().filter(({ method }) => method !== 'GET').length,
});

describe('a worker that was stopped (SIGSTOP) for longer than its lease', () => {
  it.each(['before createEvent', 'before the last check', 'after createEvent'])(
    '%s: sends and stores nothing after it wakes, since another one has finished meanwhile',
    (place) =>
      withWorld(async (world) => {
        const first = world.startWorker({ at: place, signal: 'SIGSTOP', logLevel: 'info' });
        await waitFor(() => isStopped(first), { what: 'the first worker to be stopped', limitMs: 120_000 });
        const second = world.startWorker();
        await waitFor(isDone(world.db), { what: 'the second worker to finish', limitMs: 120_000 });
        const before = await everything(world);
        first.kill('SIGCONT');
        await first.waitForOutput(/event\.push.*operation run/, 120_000);
        expect(await everything(world)).toEqual(before);
        expect(before.operations).toMatchObject([{ state: 'done', crashes: 0 }]);
        expect(world.luma.control.counters()).toMatchObject({
          eventsCreated: 1,
          duplicates: { events: [], guests: [] },
        });
        await Promise.all([first.stop(), second.stop()]);
      }),
  );
});
