import { describe, expect, it } from '@jest/globals';
import {
  done,
  type JobContext,
  PermanentError,
  RetryAfterError,
  RetryableError,
  skipped,
  toJobError,
} from '@luma-sync/jobs';
import { ENDPOINTS } from '@luma-sync/luma-client';
import type { BoundHandler } from '@luma-sync/queue';
import { REQUEST_LABELS } from '@luma-sync/timeline';
import { type ToldRun, tellRuns } from './tell-runs.js';

const NOW = new Date('2030-01-01T12:00:00.000Z');
const request = { method: 'GET', path: '/v1/events/get', status: 200, durationMs: 7, code: null };

function context(over: Partial<JobContext> = {}): JobContext {
  const nothing = (): void => {};
  return {
    operationId: 'op-1',
    owner: 'run-1',
    leaseMs: 5_000,
    attempt: 1,
    crashes: 0,
    trigger: 'api',
    createdAt: NOW,
    log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
    now: () => NOW,
    signal: new AbortController().signal,
    assertLease: nothing,
    report: async () => {},
    ...over,
  };
}

async function runs(
  handler: BoundHandler,
  ctx: JobContext = context(),
  { job = 'event.push', tell }: { job?: string; tell?: () => Promise<void> } = {},
) {
  const told: ToldRun[] = [];
  const warnings: string[] = [];
  const handlers = tellRuns(
    { [job]: handler },
    {
      classify: toJobError,
      tell: tell ?? (async (run) => void told.push(run)),
      log: { warn: (_fields, message) => void warnings.push(message) },
    },
  );
  const ended = await handlers[job]?.({} as never, ctx).catch((error: unknown) => error);
  return { told, ended, warnings };
}

describe('tellRuns', () => {
  it('tells the outcome with the requests of the run, and passes it on', async () => {
    const { told, ended } = await runs(async (_payload, ctx) => {
      ctx.onRequest?.(request);
      return done({ sent: 1 });
    });
    expect(ended).toEqual(done({ sent: 1 }));
    expect(told).toEqual([
      { operationId: 'op-1', ending: { kind: 'done', details: { sent: 1 } }, requests: [request], requestsMore: 0 },
    ]);
  });

  it('counts what is beyond a list a person would read', async () => {
    const { told } = await runs(async (_payload, ctx) => {
      for (let number = 0; number < 70; number += 1) ctx.onRequest?.(request);
      return done();
    });
    expect(told[0]?.requests).toHaveLength(50);
    expect(told[0]?.requestsMore).toBe(20);
  });

  it.each([
    [skipped('draft'), { kind: 'skipped', reason: 'draft' }],
    [
      new RetryAfterError('limiter.budget', 'waits', { waitMs: 20_000 }),
      { kind: 'waiting', code: 'limiter.budget', message: 'waits', until: '2030-01-01T12:00:20.000Z' },
    ],
    [
      new RetryableError('luma.unavailable', 'away'),
      { kind: 'retry', code: 'luma.unavailable', message: 'away', attempt: 1 },
    ],
    [new PermanentError('luma.rejected', 'no'), { kind: 'failed', code: 'luma.rejected', message: 'no', attempt: 1 }],
    [new Error('what'), { kind: 'retry', code: 'unknown', message: 'Error outside any known class', attempt: 1 }],
  ])('tells %s', async (end, ending) => {
    const { told, ended } = await runs(async () => {
      if (end instanceof Error) throw end;
      return end;
    });
    expect(told.map((run) => run.ending)).toEqual([ending]);
    expect(ended).toBe(end);
  });

  it('knows the last attempt', async () => {
    const failing = async () => Promise.reject(new RetryableError('luma.unavailable', 'away'));
    // What reconciles state is parked then, which its ledger tells.
    const { told } = await runs(failing, context({ attempt: 1_000 }));
    expect(told[0]?.ending).toMatchObject({ kind: 'retry', attempt: 1_000 });
    const { told: toldOfCancel } = await runs(failing, context({ attempt: 1_000 }), { job: 'event.cancel' });
    expect(toldOfCancel[0]?.ending).toMatchObject({ kind: 'failed', attempt: 1_000 });
  });

  it('a run that was told to stop is interrupted, whatever it threw', async () => {
    const ctx = context({ signal: AbortSignal.abort() });
    const { told } = await runs(async () => Promise.reject(new Error('socket closed')), ctx);
    expect(told[0]?.ending).toEqual({ kind: 'interrupted' });
  });

  it('a story that cannot be written changes nothing for the run', async () => {
    const { ended, warnings } = await runs(async () => done(), context(), {
      tell: async () => Promise.reject(new Error('no database')),
    });
    expect(ended).toEqual(done());
    expect(warnings).toHaveLength(1);
  });
});

describe('the words for requests', () => {
  it('know every route of the client', () => {
    const unknown = Object.values(ENDPOINTS).filter(({ path }) => !(path in REQUEST_LABELS));
    expect(unknown.map(({ path }) => path)).toEqual([]);
  });
});
