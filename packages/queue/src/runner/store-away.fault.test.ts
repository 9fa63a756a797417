import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { done } from '@luma-sync/jobs';
import { waitFor } from '@luma-sync/testkit';
import { openConsumer } from '../../test/consumer.js';

/** Guards against work that had its turn, and met a Postgres that was away, waiting behind all that came meanwhile. */
it('a job that met a Postgres which was away runs before the backlog once it is back', async () => {
  let isAway = true;
  let met = 0;
  const consumer = await openConsumer({
    concurrency: 1,
    beforeBegin: async () => {
      if (!isAway) return;
      met += 1;
      throw new Error('Postgres is away');
    },
    handler: async () => {
      await pause(30);
      return done();
    },
  });
  const first = await consumer.add();
  await waitFor(() => met > 0, { what: 'it to have had its turn' });
  isAway = false;
  const backlog = 100;
  for (let n = 0; n < backlog; n += 1) await consumer.add();
  await waitFor(() => consumer.taken.length === backlog + 1, { what: 'all to be done', limitMs: 60_000 });
  expect(consumer.taken.indexOf(first)).toBeLessThan(backlog - 5);
});
