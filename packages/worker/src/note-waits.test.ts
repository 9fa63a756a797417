import { describe, expect, it } from '@jest/globals';
import { done, type JobContext } from '@luma-sync/jobs';
import { noteWaits } from './note-waits.js';

const ctx = { operationId: 'op', owner: 'run-1' } as JobContext;

async function waitOnce(forMs: number, note: () => Promise<void>) {
  const noted: unknown[] = [];
  const warnings: string[] = [];
  const handlers = noteWaits(
    {
      job: async (_payload, given) => {
        given.onWait?.({ code: 'limiter.budget', forMs });
        return done();
      },
    },
    {
      note: (run, wait) => {
        noted.push({ ...run, ...wait });
        return note();
      },
      log: { warn: (_fields, message) => void warnings.push(message) },
    },
  );
  const outcome = await handlers.job?.({} as never, ctx);
  return { noted, warnings, outcome };
}

describe('a wait inside a run', () => {
  it('is noted with its reason, its length and the run', async () => {
    const { noted } = await waitOnce(12_000, async () => {});
    expect(noted).toEqual([{ id: 'op', owner: 'run-1', reason: 'limiter.budget', forMs: 12_000 }]);
  });

  it('that nobody would see is not written down', async () => {
    expect((await waitOnce(499, async () => {})).noted).toEqual([]);
  });

  it('that cannot be noted changes nothing for the run', async () => {
    const { outcome, warnings } = await waitOnce(12_000, () => Promise.reject(new Error('no database')));
    expect(outcome).toEqual(done());
    expect(warnings).toEqual(['a wait could not be noted']);
  });
});
