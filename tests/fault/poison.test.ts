import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';
import { eventPush } from '@luma-sync/jobs';
import { enqueueOperations } from '@luma-sync/store';
import { spawnNode, type TestProcess, waitFor } from '@luma-sync/testkit';
import { openWorkerWorld, type WorkerWorld } from './worker-world.js';

const POISONED_WORKER = fileURLToPath(new URL('./poisoned-worker.mjs', import.meta.url));

/** A worker that is started again whenever it ends, as production does it. */
function supervise({ env }: WorkerWorld, own: Record<string, string>) {
  let isOver = false;
  let starts = 0;
  let present: TestProcess | undefined;
  const outputs: TestProcess[] = [];
  const ended = (async () => {
    while (!isOver) {
      starts += 1;
      present = spawnNode(POISONED_WORKER, { env: { ...env, WORKER_CONCURRENCY: '10', ...own } });
      outputs.push(present);
      await present.exited;
    }
  })();
  return {
    starts: () => starts,
    output: () => outputs.map((child) => child.output()).join('\n'),
    present: () => present,
    stop: async () => {
      isOver = true;
      await present?.stop();
      await ended;
    },
  };
}

async function enqueuePushes({ db }: WorkerWorld, count: number): Promise<string[]> {
  const eventIds = Array.from({ length: count }, () => randomUUID());
  const request = { trigger: 'api', actor: 'test' } as const;
  await db.$transaction((tx) =>
    enqueueOperations(
      tx,
      eventPush,
      eventIds.map((eventId) => ({ payload: { eventId }, ...request })),
    ),
  );
  return eventIds;
}

const rowOf = ({ db }: WorkerWorld, eventId: string) =>
  db.operation.findFirstOrThrow({ where: { dedupeKey: `event.push:${eventId}` } });

async function withWorld(play: (world: WorkerWorld) => Promise<void>): Promise<void> {
  const world = await openWorkerWorld();
  try {
    await play(world);
  } finally {
    await world.close();
  }
}

it.each(['SIGKILL', 'exception'])(
  'an operation that ends its process each time (%s) is parked, and 100 others beside it are done and not blamed',
  (how) =>
    withWorld(async (world) => {
      const innocent = await enqueuePushes(world, 50);
      const [poison = ''] = await enqueuePushes(world, 1);
      innocent.push(...(await enqueuePushes(world, 50)));
      const worker = supervise(world, { POISON: poison, POISON_BY: how });
      try {
        await waitFor(async () => (await rowOf(world, poison)).waitingReason === 'operation.parked', {
          what: 'the poison to be parked',
          limitMs: 240_000,
        });
        const done = { job: 'event.push', state: 'done' as const };
        await waitFor(async () => (await world.db.operation.count({ where: done })) === innocent.length, {
          what: 'the others to be done',
          limitMs: 240_000,
        });
        const blamed = { OR: [{ crashes: { gt: 0 } }, { attempts: { gt: 0 } }, { slowTries: { gt: 0 } }] };
        expect(await world.db.operation.findMany({ where: { job: 'event.push', state: 'done', ...blamed } })).toEqual(
          [],
        );
        expect(await rowOf(world, poison)).toMatchObject({
          state: 'queued',
          errorCode: 'operation.crashed',
          isolated: true,
          slowTries: 1,
        });
        // It died once beside others, and from then on alone.
        expect(worker.output().split(`began ${poison}\n`)).toHaveLength(2);
        expect(worker.starts()).toBe(2);
      } finally {
        await worker.stop();
      }
    }),
);

/** Guards against what a freeze, or a machine without processor time, does to leases being taken for deaths. */
it('a process that is frozen for longer than its leases costs none of its operations anything', () =>
  withWorld(async (world) => {
    const [frozen = '', ...others] = await enqueuePushes(world, 6);
    const first = spawnNode(POISONED_WORKER, {
      env: { ...world.env, WORKER_CONCURRENCY: '10', POISON: frozen, POISON_BY: 'freeze', INNOCENT_MS: '1000' },
    });
    await first.waitForOutput(`began ${frozen}`, 120_000);
    const second = spawnNode(POISONED_WORKER, { env: { ...world.env, WORKER_CONCURRENCY: '10' } });
    const done = { job: 'event.push', state: 'done' as const };
    await waitFor(async () => (await world.db.operation.count({ where: done })) === 1 + others.length, {
      what: 'the other worker to have done all',
      limitMs: 120_000,
    });
    first.kill('SIGCONT');
    await Promise.all([first.stop(), second.stop()]);
    const rows = await world.db.operation.findMany({ where: { job: 'event.push' } });
    expect(rows.map(({ crashes, attempts, slowTries }) => [crashes, attempts, slowTries])).toEqual(
      rows.map(() => [0, 0, 0]),
    );
  }));

/** H1: what blocks the event loop again and again was put back for ever, and took its neighbours along. */
it('a run that blocks the event loop beyond its lease runs alone from then on, where each time counts as an attempt', () =>
  withWorld(async (world) => {
    const [blocking = '', ...others] = await enqueuePushes(world, 6);
    const worker = supervise(world, { POISON: blocking, POISON_BY: 'block', BLOCK_MS: '5000' });
    try {
      await waitFor(async () => (await rowOf(world, blocking)).attempts >= 2, {
        what: 'two attempts to be counted',
        limitMs: 300_000,
      });
      expect(await rowOf(world, blocking)).toMatchObject({
        isolated: true,
        crashes: 0,
        errorCode: 'operation.blocked',
      });
      for (const eventId of others)
        expect(await rowOf(world, eventId)).toMatchObject({ state: 'done', crashes: 0, attempts: 0 });
      // On a machine without processor time it may begin beside others once more, before it counts as computing.
      const output = worker.output();
      const fromAlone = output.slice(output.indexOf(`began ${blocking} alone\n`));
      expect(fromAlone).toContain(`began ${blocking} alone\n`);
      expect(fromAlone).not.toContain(`began ${blocking}\n`);
    } finally {
      await worker.stop();
    }
  }));
