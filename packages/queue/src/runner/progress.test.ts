import { expect, it } from '@jest/globals';
import { done, type JobContext, type Outcome, type Progress, RetryableError } from '@luma-sync/jobs';
import { runWith } from '../../test/run-with.js';

/** Runs one operation and tells what reached the ledger, in order. */
async function run(handler: (ctx: JobContext) => Promise<Outcome>): Promise<(Progress | string)[]> {
  const stored: (Progress | string)[] = [];
  const ledger = {
    report: async (_run: unknown, progress: Progress) => void stored.push(progress),
    finish: async (_run: unknown, { kind }: Outcome) => stored.push(kind) > 0,
    requeue: async () => {
      stored.push('put back');
      return new Date();
    },
  };
  await runWith({ handler, ledger });
  return stored;
}

const report = async (ctx: JobContext): Promise<void> => {
  for (const page of [100, 200, 300, 305]) await ctx.report({ done: page, total: 305 });
};

it('the last progress of a run is stored before its ending, however close to the one before it came', async () => {
  const stored = await run(async (ctx) => {
    await report(ctx);
    return done();
  });
  expect(stored).toEqual([{ done: 100, total: 305 }, { done: 305, total: 305 }, 'done']);
});

it('the last progress of a run that fails is stored as well', async () => {
  const stored = await run(async (ctx) => {
    await report(ctx);
    throw new RetryableError('luma.unavailable', '503');
  });
  expect(stored).toEqual([{ done: 100, total: 305 }, { done: 305, total: 305 }, 'put back']);
});

it('a run that stored its last progress stores it once', async () => {
  const stored = await run(async (ctx) => {
    await ctx.report({ done: 1, total: 1 });
    return done();
  });
  expect(stored).toEqual([{ done: 1, total: 1 }, 'done']);
});
