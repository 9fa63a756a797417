import { describe, expect, it } from '@jest/globals';
import {
  type ClaimedOperation,
  done,
  type JobContext,
  type Outcome,
  PermanentError,
  RetryAfterError,
  RetryableError,
  type RunEnding,
  type RunRequests,
  skipped,
} from '@luma-sync/jobs';
import { runWith } from '../../test/run-with.js';
import type { Ledger } from './ledger.js';

const request = { method: 'GET', path: '/v1/events/get', status: 200, durationMs: 7, code: null };
const away = () => Promise.reject(new RetryableError('luma.unavailable', 'away'));

interface Recorded {
  by: 'recordRun' | 'park' | 'giveUp';
  ending: unknown;
  requests: RunRequests['requests'];
  requestsMore: number;
}

/** What one run leaves in the timeline, and by which of the ledger's methods. */
async function recordedOf(
  handler: (ctx: JobContext) => Promise<Outcome>,
  options: { job?: string; operation?: Partial<ClaimedOperation>; deps?: { shutdown: AbortSignal } } = {},
) {
  const recorded: Recorded[] = [];
  const note = (by: Recorded['by'], ending: unknown, { requests, requestsMore }: RunRequests): void =>
    void recorded.push({ by, ending, requests, requestsMore });
  const ledger: Partial<Ledger> = {
    recordRun: async (_run, ending: RunEnding, requests) => note('recordRun', ending, requests),
    giveUp: async (_run, failure, record) => {
      if (record !== null) note('giveUp', failure, record);
      return true;
    },
    park: async (_run, park, record) => {
      note('park', { code: park.code }, record);
      return new Date();
    },
  };
  return { recorded, ...(await runWith({ handler, ledger, ...options })) };
}

describe('a run is recorded once', () => {
  it('with its outcome and its requests', async () => {
    const { recorded, result } = await recordedOf(async (ctx) => {
      ctx.onRequest?.(request);
      return done({ sent: 1 });
    });
    expect(result).toEqual({ kind: 'done', outcome: done({ sent: 1 }) });
    const ending = { kind: 'done', details: { sent: 1 } };
    expect(recorded).toEqual([{ by: 'recordRun', ending, requests: [request], requestsMore: 0 }]);
  });

  it('with a count of what is beyond a list that a person would read', async () => {
    const { recorded } = await recordedOf(async (ctx) => {
      for (let number = 0; number < 70; number += 1) ctx.onRequest?.(request);
      return done();
    });
    expect(recorded[0]?.requests).toHaveLength(50);
    expect(recorded[0]?.requestsMore).toBe(20);
  });

  it.each([
    [skipped('draft'), { kind: 'skipped', reason: 'draft' }],
    [
      new RetryAfterError('limiter.budget', 'waits', { waitMs: 20_000 }),
      { kind: 'waiting', code: 'limiter.budget', message: 'waits', until: expect.any(String) },
    ],
    [
      new RetryableError('luma.unavailable', 'away'),
      { kind: 'retry', code: 'luma.unavailable', message: 'away', attempt: 1 },
    ],
    [new Error('what'), { kind: 'retry', code: 'unknown', message: 'Error outside any known class', attempt: 1 }],
  ])('beside the queue: %s', async (end, ending) => {
    const { recorded } = await recordedOf(async () => {
      if (end instanceof Error) throw end;
      return end;
    });
    expect(recorded).toEqual([{ by: 'recordRun', ending, requests: [], requestsMore: 0 }]);
  });

  it.each([
    ['what Luma refuses', 'event.push', {}, new PermanentError('luma.rejected', 'no'), 'giveUp', 'luma.rejected'],
    ['the last attempt', 'event.cancel', { attempts: 1_000 }, null, 'giveUp', 'luma.unavailable'],
    ['the last attempt of what reconciles', 'event.push', { attempts: 1_000 }, null, 'park', 'luma.unavailable'],
    [
      'a wait beyond the deadline',
      'event.cancel',
      { deadlineAt: new Date(Date.now() + 60_000) },
      new RetryAfterError('limiter.budget', 'waits', { waitMs: 120_000 }),
      'giveUp',
      'operation.deadline',
    ],
  ])('in the commit that gives it up, with its requests: %s', async (_what, job, operation, thrown, by, code) => {
    const { recorded } = await recordedOf(
      async (ctx) => {
        ctx.onRequest?.(request);
        return thrown === null ? away() : Promise.reject(thrown);
      },
      { job, operation },
    );
    expect(recorded).toMatchObject([{ by, ending: { code }, requests: [request] }]);
  });

  it('as interrupted when it was told to stop, whatever it threw', async () => {
    const stop = new AbortController();
    const { recorded, result } = await recordedOf(
      async () => {
        stop.abort();
        throw new Error('socket closed');
      },
      { deps: { shutdown: stop.signal } },
    );
    expect(recorded).toMatchObject([{ by: 'recordRun', ending: { kind: 'interrupted' } }]);
    expect(result).toMatchObject({ kind: 'delayed', reason: 'operation.interrupted' });
  });
});

it('a timeline that cannot be written changes nothing for the run', async () => {
  const recordRun = async () => Promise.reject(new Error('no database'));
  const { result, warnings } = await runWith({ handler: async () => done(), ledger: { recordRun } });
  expect(result).toEqual({ kind: 'done', outcome: done() });
  expect(warnings).toEqual(['a run could not be recorded in the timeline']);
});
