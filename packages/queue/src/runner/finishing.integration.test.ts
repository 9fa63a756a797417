import { describe, expect, it } from '@jest/globals';
import { done, type Outcome, RetryAfterError } from '@luma-sync/jobs';
import { waitFor } from '@luma-sync/testkit';
import { type Consumer, openConsumer } from '../../test/consumer.js';

/** A standstill is noticed after a second. Their proportions are those of production. */
const TIMES = { stillMs: 1_000, lookMs: 50 };
const LONG_MS = 30_000;

/** Long enough that a standstill would have been noticed. */
async function letTimePass(): Promise<void> {
  const until = performance.now() + 2 * TIMES.stillMs;
  await waitFor(() => performance.now() > until, { what: 'a while to pass', limitMs: LONG_MS });
}
const isStill = ({ worker }: Consumer) => worker.standstill !== null;

describe('a worker all of whose runs hang', () => {
  it('says that the queue stands still and how much waits, and no more when one has ended', async () => {
    const ends: (() => void)[] = [];
    const consumer = await openConsumer({
      finishTimes: TIMES,
      handler: () => new Promise<Outcome>((resolve) => ends.push(() => resolve(done()))),
    });
    for (let n = 0; n < 5; n += 1) await consumer.add();
    await waitFor(() => isStill(consumer), { what: 'the standstill to be noticed', limitMs: LONG_MS });
    expect(consumer.worker.standstill).toEqual({ waiting: 3, stillMs: expect.any(Number) });
    // It takes jobs, or would: that alone shows nothing.
    expect(consumer.worker.isConsuming).toBe(true);
    ends.shift()?.();
    await waitFor(() => !isStill(consumer), { what: 'the standstill to be over', limitMs: LONG_MS });
    while (ends.length > 0) ends.shift()?.();
  });
});

describe('a queue does not stand still', () => {
  it('while its worker is idle, or runs what hangs and nothing else waits', async () => {
    const idle = await openConsumer({ finishTimes: TIMES });
    let end = (): void => {};
    const handler = () => new Promise<Outcome>((resolve) => (end = () => resolve(done())));
    const single = await openConsumer({ finishTimes: TIMES, handler });
    await single.consume();
    await letTimePass();
    expect([isStill(idle), isStill(single)]).toEqual([false, false]);
    end();
  });

  it('while all of it waits for a paused calendar, or for the budget', async () => {
    let isOver = false;
    const handler = async () => {
      if (isOver) return done();
      throw new RetryAfterError('calendar.paused', 'paused', { waitMs: 60_000 });
    };
    const consumer = await openConsumer({ finishTimes: TIMES, handler });
    for (let n = 0; n < 5; n += 1) await consumer.add();
    await waitFor(() => consumer.taken.length === 5, { what: 'all to have been put back', limitMs: LONG_MS });
    await letTimePass();
    expect(isStill(consumer)).toBe(false);
    isOver = true;
  });

  it('while long runs hold every place and report progress', async () => {
    let isOver = false;
    const consumer = await openConsumer({
      finishTimes: TIMES,
      handler: async (ctx) => {
        for (let page = 1; !isOver; page += 1) {
          await ctx.report({ done: page, total: null });
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
        return done();
      },
    });
    for (let n = 0; n < 5; n += 1) await consumer.add();
    await letTimePass();
    expect(isStill(consumer)).toBe(false);
    isOver = true;
  });
});
