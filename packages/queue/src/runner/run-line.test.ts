import { expect, it } from '@jest/globals';
import { done, type Outcome, PermanentError, RetryAfterError, RetryableError, toJobError } from '@luma-sync/jobs';
import { DEFAULT_RUN_SETTINGS } from './current-run.js';
import type { Ledger } from './ledger.js';
import { runOperation } from './run-operation.js';

const eventId = crypto.randomUUID();

/** Runs one operation and returns the lines that were logged. */
async function run(handler: () => Promise<Outcome>): Promise<Record<string, unknown>[]> {
  const lines: Record<string, unknown>[] = [];
  const at = (level: string) => (fields: object, msg: string) => void lines.push({ level, msg, ...fields });
  const ledger: Ledger = {
    begin: async ({ id }) => ({
      kind: 'begun',
      operation: {
        ...{ id, job: 'event.pull', payload: { eventId }, attempts: 0, crashes: 0, slowTries: 0, trigger: 'api' },
        ...{ createdAt: new Date(), deadlineAt: new Date(Date.now() + 3_600_000), checkpoint: null },
      },
    }),
    heartbeat: async () => true,
    report: async () => {},
    finish: async () => true,
    noteWait: async () => {},
    recordRun: async () => {},
    giveUp: async () => true,
    requeue: async () => new Date(),
    park: async () => new Date(),
    hasProgressed: async () => true,
  };
  await runOperation(crypto.randomUUID(), 'process/run', {
    ...{ ledger, handlers: { 'event.pull': handler }, classify: toJobError, settings: DEFAULT_RUN_SETTINGS },
    log: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') },
    shutdown: new AbortController().signal,
  });
  return lines.filter(({ msg }) => msg === 'operation run');
}

it.each([
  ['a dead letter', new PermanentError('luma.rejected', '400'), 'error', 'luma.rejected'],
  ['a retry because of Luma', new RetryableError('luma.unavailable', '503'), 'warn', 'luma.unavailable'],
  ['a wait for the budget', new RetryAfterError('limiter.budget', 'spent', { waitMs: 1 }), 'info', 'limiter.budget'],
])('%s is told at its level, with the event', async (_what, thrown, level, code) => {
  const lines = await run(() => Promise.reject(thrown));
  expect(lines).toMatchObject([{ level, code, eventId, attempt: 1 }]);
});

it('a run that went well is told with the event, and without a code', async () => {
  const [line, ...others] = await run(async () => done());
  expect(others).toEqual([]);
  expect(line).toMatchObject({ level: 'info', result: 'done', eventId });
  expect(line).not.toHaveProperty('code');
});
