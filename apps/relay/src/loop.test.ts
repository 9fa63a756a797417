import { expect, it } from '@jest/globals';
import { loop } from './loop.js';

it('goes on after a round that failed, and ends when told to', async () => {
  const stop = new AbortController();
  const errors: unknown[] = [];
  let rounds = 0;
  await loop({
    signal: stop.signal,
    afterErrorMs: 1,
    onError: (error) => errors.push(error),
    round: async () => {
      rounds += 1;
      if (rounds === 1) throw new Error('first');
      if (rounds === 3) stop.abort();
      return 0;
    },
  });
  expect(rounds).toBe(3);
  expect(errors).toHaveLength(1);
});

it('cuts a rest short when told to end', async () => {
  const stop = new AbortController();
  const ended = loop({ signal: stop.signal, afterErrorMs: 1, onError: () => {}, round: async () => 3_600_000 });
  stop.abort();
  await ended;
});
