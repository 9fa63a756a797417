import { expect, it } from '@jest/globals';
import { done, type Outcome, PermanentError, RetryAfterError, RetryableError } from '@luma-sync/jobs';
import { runWith } from '../../test/run-with.js';

const eventId = crypto.randomUUID();

/** Runs one operation and returns the lines that were logged of it. */
async function run(handler: () => Promise<Outcome>): Promise<Record<string, unknown>[]> {
  const { lines } = await runWith({ handler, job: 'event.pull', operation: { payload: { eventId } } });
  return lines.filter(({ message }) => message === 'operation run');
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

it('a run is logged with the calendar of its event, which its payload does not name', async () => {
  const calendarId = crypto.randomUUID();
  const operation = { payload: { eventId }, calendarId };
  const { lines } = await runWith({ handler: async () => done(), job: 'event.push', operation });
  expect(lines.find(({ message }) => message === 'operation run')).toMatchObject({ eventId, calendarId });
});
