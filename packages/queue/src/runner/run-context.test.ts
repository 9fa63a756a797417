import { describe, expect, it } from '@jest/globals';
import { done } from '@luma-sync/jobs';
import { runWith } from '../../test/run-with.js';

async function waitOnce(forMs: number, noteWait: () => Promise<void> = async () => {}) {
  const noted: unknown[] = [];
  const { result, warnings } = await runWith({
    handler: async (ctx) => {
      ctx.onWait?.({ code: 'limiter.budget', forMs });
      return done();
    },
    ledger: {
      noteWait: (run, wait) => {
        noted.push({ owner: run.owner, ...wait });
        return noteWait();
      },
    },
  });
  return { noted, result, warnings };
}

describe('a wait inside a run', () => {
  it('is noted with its reason, its length and the run', async () => {
    const { noted } = await waitOnce(12_000);
    expect(noted).toEqual([{ owner: 'process/run', reason: 'limiter.budget', forMs: 12_000 }]);
  });

  it('that nobody would see is not written down', async () => {
    expect((await waitOnce(499)).noted).toEqual([]);
  });

  it('that cannot be noted changes nothing for the run', async () => {
    const { result, warnings } = await waitOnce(12_000, () => Promise.reject(new Error('no database')));
    expect(result).toEqual({ kind: 'done', outcome: done() });
    expect(warnings).toEqual(['a wait could not be noted']);
  });
});
