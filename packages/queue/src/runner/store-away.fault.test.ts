import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { done } from '@luma-sync/jobs';
import { waitFor } from '@luma-sync/testkit';
import { type Consumer, openConsumer } from '../../test/consumer.js';

/** A worker with one place, whose Postgres is away until `comeBack` is called. `met` holds whom it let down, in order. */
async function openCutOff(): Promise<Consumer & { met: string[]; comeBack(): void }> {
  let isAway = true;
  const met: string[] = [];
  const consumer = await openConsumer({
    concurrency: 1,
    beforeBegin: async (operationId) => {
      if (!isAway) return;
      met.push(operationId);
      throw new Error('Postgres is away');
    },
    handler: async () => {
      await pause(20);
      return done();
    },
  });
  return {
    ...consumer,
    met,
    comeBack: () => {
      isAway = false;
    },
  };
}

/** Guards against an outage in which the whole backlog is taken and given back, so that what had its turn is lost among it. */
it('a job that met a Postgres which was away keeps its place, and is the first to run when it is back', async () => {
  const { add, met, taken, comeBack } = await openCutOff();
  const first = await add();
  const backlog = 20;
  for (let n = 0; n < backlog; n += 1) await add();
  await waitFor(() => met.length >= 3, { what: 'it to have been tried again' });
  comeBack();
  await waitFor(() => taken.length === backlog + 1, { what: 'all to be done' });
  expect(new Set(met)).toEqual(new Set([first]));
  expect(taken[0]).toBe(first);
});

it('a worker that waits for Postgres closes at once, and its job is for another one', async () => {
  const { add, met, worker } = await openCutOff();
  await add();
  await waitFor(() => met.length > 0, { what: 'it to wait' });
  let isClosed = false;
  void worker.close().then(() => {
    isClosed = true;
  });
  // Well below the grace that a run is given.
  await waitFor(() => isClosed, { what: 'it to be closed', limitMs: 6_000 });
  expect(met.length).toBeLessThan(4);
});
