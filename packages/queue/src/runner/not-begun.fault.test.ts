import { expect, it } from '@jest/globals';
import { PermanentError } from '@luma-sync/jobs';
import { waitFor } from '@luma-sync/testkit';
import { openConsumer } from '../../test/consumer.js';

/** What Postgres says of an id that is none (22P02): true of this statement for ever. */
const refused = (id: string) => {
  if (!/^[\da-f-]{36}$/.test(id)) throw new PermanentError('store.refused', 'Postgres refuses the values (22P02)');
};

/** Guards against a queue that stands for good while its worker asks Postgres for an operation that cannot exist. */
it('a job with an id that is none ends at once with a reason, and the others go on', async () => {
  const { add, addForeign, failures, taken } = await openConsumer({ beforeBegin: async ({ id }) => refused(id) });
  for (let n = 0; n < 10; n += 1) await addForeign('bad-1');
  const mine = [await add(), await add()];
  await waitFor(() => mine.every((id) => taken.includes(id)), { what: 'the others to be taken' });
  await waitFor(async () => (await failures()).length === 10, { what: 'the ten to have ended' });
  expect(new Set(await failures())).toEqual(
    new Set(['operation.invalid_job: the job does not carry the id of an operation']),
  );
  expect(taken).toEqual(mine);
});

it('an operation that Postgres refuses to begin ends its job at once, and holds no place of the worker', async () => {
  const asked: string[] = [];
  let first: string | null = null;
  const { add, failures, taken } = await openConsumer({
    concurrency: 1,
    beforeBegin: async ({ id }) => {
      asked.push(id);
      first ??= id;
      if (id === first) throw new PermanentError('store.refused', 'Postgres refuses the values (22003)');
    },
  });
  const [poison, next] = [await add(), await add()];
  await waitFor(() => taken.includes(next), { what: 'the next one to be taken' });
  expect(asked).toEqual([poison, next]);
  expect(await failures()).toEqual([expect.stringContaining('store.refused')]);
});

it('an error that nobody knows is tried a few times, and then others have the place', async () => {
  let first: string | null = null;
  let tries = 0;
  const { add, taken } = await openConsumer({
    concurrency: 1,
    beforeBegin: async ({ id }) => {
      first ??= id;
      if (id !== first) return;
      tries += 1;
      throw new Error('no boundary knows this');
    },
  });
  await add();
  const next = await add();
  await waitFor(() => taken.includes(next), { what: 'the next one to be taken' });
  expect(tries).toBe(5);
});
