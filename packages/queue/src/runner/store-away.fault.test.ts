import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { done, RetryableError } from '@luma-sync/jobs';
import { waitFor } from '@luma-sync/testkit';
import { type Consumer, openConsumer } from '../../test/consumer.js';

/** What a run may take when its worker closes: longer than a busy machine needs for anything else here. */
const GRACE_MS = 120_000;

type CutOff = Consumer & { met: string[]; owners: string[]; comeBack(): void };

/**
 * A worker whose Postgres is away until `comeBack` is called. `met` holds whom it let down, `owners` the names of all
 * runs, in order.
 */
async function openCutOff(concurrency = 1): Promise<CutOff> {
  let isAway = true;
  const met: string[] = [];
  const owners: string[] = [];
  const consumer = await openConsumer({
    concurrency,
    beforeBegin: async ({ id, owner }) => {
      owners.push(owner);
      if (!isAway) return;
      met.push(id);
      throw new RetryableError('store.unavailable', 'Postgres is away');
    },
    handler: async () => {
      await pause(20);
      return done();
    },
  });
  return {
    ...consumer,
    met,
    owners,
    comeBack: () => {
      isAway = false;
    },
  };
}

/**
 * Guards against an outage in which the whole backlog is taken and given back, so that what had its turn is lost among
 * it.
 */
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

/** Guards against two runs on one record: a lease belongs to the run that has its owner's name. */
it('gives every run a name of its own, however often it is tried', async () => {
  const { add, met, owners, taken, comeBack } = await openCutOff(3);
  const count = 9;
  for (let n = 0; n < count; n += 1) await add();
  await waitFor(() => met.length >= 9, { what: 'each place to have tried again' });
  comeBack();
  await waitFor(() => taken.length === count, { what: 'all to be done' });
  expect(new Set(owners).size).toBe(owners.length);
});

it('a worker that waits for Postgres closes at once, and its job is for another one', async () => {
  const { add, met, worker } = await openCutOff();
  await add();
  await waitFor(() => met.length > 0, { what: 'it to wait' });
  let isClosed = false;
  void worker.close(GRACE_MS).then(() => {
    isClosed = true;
  });
  await waitFor(() => isClosed, { what: 'it to be closed', limitMs: GRACE_MS / 2 });
  expect(met.length).toBeLessThan(4);
});
