import { describe, expect, it } from '@jest/globals';
import {
  type ClaimedOperation,
  done,
  type JobContext,
  type Outcome,
  PermanentError,
  RetryAfterError,
  RetryableError,
  type RunRequests,
  skipped,
} from '@luma-sync/jobs';
import { runWith } from '../../test/run-with.js';
import type { Ledger } from './ledger.js';
import type { RunResult } from './run-result.js';

const request = { method: 'GET', path: '/v1/events/get', status: 200, durationMs: 7, code: null };
const away = () => Promise.reject(new RetryableError('luma.unavailable', 'away'));

interface Recorded {
  by: 'finish' | 'requeue' | 'park' | 'giveUp';
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
  const note = (by: Recorded['by'], ending: unknown, record: RunRequests | null): void => {
    if (record === null) throw new Error(`${by} without a record`);
    recorded.push({ by, ending, requests: record.requests, requestsMore: record.requestsMore });
  };
  const ledger: Partial<Ledger> = {
    finish: async (_run, outcome, record) => {
      note('finish', outcome, record);
      return true;
    },
    requeue: async (_run, { reason, usesAttempt }, record) => {
      note('requeue', { reason, usesAttempt }, record);
      return new Date();
    },
    giveUp: async (_run, failure, record) => {
      note('giveUp', failure, record);
      return true;
    },
    park: async (_run, { code }, record) => {
      note('park', { code }, record);
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
    expect(recorded).toEqual([{ by: 'finish', ending: done({ sent: 1 }), requests: [request], requestsMore: 0 }]);
  });

  it('with a count of what is beyond a list that a person would read', async () => {
    const { recorded } = await recordedOf(async (ctx) => {
      for (let number = 0; number < 70; number += 1) ctx.onRequest?.(request);
      return done();
    });
    expect(recorded[0]?.requests).toHaveLength(50);
    expect(recorded[0]?.requestsMore).toBe(20);
  });

  it.each<[Outcome | Error, Pick<Recorded, 'by' | 'ending'>]>([
    [skipped('draft'), { by: 'finish', ending: skipped('draft') }],
    [
      new RetryAfterError('limiter.budget', 'waits', { waitMs: 20_000 }),
      { by: 'requeue', ending: { reason: 'limiter.budget', usesAttempt: false } },
    ],
    [
      new RetryableError('luma.unavailable', 'away'),
      { by: 'requeue', ending: { reason: 'luma.unavailable', usesAttempt: true } },
    ],
    [new Error('what'), { by: 'requeue', ending: { reason: 'unknown', usesAttempt: true } }],
  ])('in the commit that ends it: %s', async (end, ending) => {
    const { recorded } = await recordedOf(async () => {
      if (end instanceof Error) throw end;
      return end;
    });
    expect(recorded).toEqual([{ ...ending, requests: [], requestsMore: 0 }]);
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
    expect(recorded).toMatchObject([{ by: 'requeue', ending: { reason: 'operation.interrupted' } }]);
    expect(result).toMatchObject({ kind: 'delayed', reason: 'operation.interrupted' });
  });
});

describe('a timeline that cannot be written changes nothing for the run', () => {
  /** Refuses what has a record, as a commit fails whose entry in the timeline cannot be written. */
  const refuse = (record: RunRequests | null): void => {
    if (record !== null) throw new Error('no entry');
  };
  const ledger: Partial<Ledger> = {
    finish: async (_run, _outcome, record) => (refuse(record), true),
    requeue: async (_run, _back, record) => (refuse(record), new Date()),
    giveUp: async (_run, _failure, record) => (refuse(record), true),
    park: async (_run, _park, record) => (refuse(record), new Date()),
  };

  it.each<[RunResult['kind'], Partial<ClaimedOperation>, () => Promise<Outcome>]>([
    ['done', {}, async () => done()],
    ['delayed', {}, away],
    ['failed', {}, () => Promise.reject(new PermanentError('luma.rejected', 'no'))],
    ['parked', { attempts: 1_000 }, away],
  ])('that is %s', async (kind, operation, handler) => {
    const { result, errors } = await runWith({ handler, operation, ledger });
    expect(result).toMatchObject({ kind });
    expect(errors).toContain('the end of a run could not be recorded in the timeline');
  });
});

it('an ending that got no answer says at the next try that it may be stored already', async () => {
  const tries: (boolean | undefined)[] = [];
  const finish: Ledger['finish'] = async (_run, _outcome, record) => {
    tries.push(record?.mayBeStored);
    if (tries.length === 1) throw new RetryableError('store.unavailable', 'no answer to the commit');
    return true;
  };
  const { result } = await runWith({ handler: async () => done(), ledger: { finish } });
  expect(result).toMatchObject({ kind: 'done' });
  expect(tries).toEqual([undefined, true]);
});
