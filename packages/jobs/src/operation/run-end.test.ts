import { describe, expect, it } from '@jest/globals';
import { OutcomeUnknownError, PermanentError, RetryAfterError, RetryableError } from '../errors.js';
import {
  type DecidingDefinition,
  type DecidingOperation,
  deadlineOfRun,
  decideRequeue,
  decideRunEnd,
  decideRunStart,
  INTERRUPTED,
} from './run-end.js';
import { toRunEnding } from './run-ending.js';

const NOW = new Date('2030-01-01T12:00:00.000Z');
const HOUR_MS = 3_600_000;
const inMs = (ms: number): Date => new Date(NOW.getTime() + ms);

/** Reconciles nothing: it is a dead letter once it is given up. */
const CANCEL: DecidingDefinition = {
  attempts: 3,
  backoff: { firstMs: 1_000, maxMs: 8_000 },
  reconciles: false,
  deadlineMs: HOUR_MS,
};
const PUSH: DecidingDefinition = { ...CANCEL, reconciles: true };

const operation = (over: Partial<DecidingOperation> = {}): DecidingOperation => ({
  attempts: 0,
  crashes: 0,
  slowTries: 0,
  deadlineAt: inMs(HOUR_MS),
  ...over,
});
const end = (error: Parameters<typeof decideRunEnd>[2], over = {}, definition = CANCEL) =>
  decideRunEnd(operation(over), definition, error, { now: NOW, random: () => 0 });

const deadlineAt = inMs(HOUR_MS);
const away = new RetryableError('luma.unavailable', 'away');
const failure = { code: 'luma.unavailable', message: 'away' };

describe('a retry', () => {
  it.each([
    [0, 1_000],
    [1, 2_000],
  ])('after %i attempts waits for %i ms and uses an attempt', (attempts, waitMs) => {
    const back = { kind: 'requeue', waitMs, usesAttempt: true, reason: 'luma.unavailable', error: failure, deadlineAt };
    expect(end(away, { attempts })).toEqual(back);
  });

  it('of an unknown outcome is one like others', () => {
    const error = new OutcomeUnknownError('luma.outcome_unknown', 'lost');
    expect(end(error)).toMatchObject({ kind: 'requeue', usesAttempt: true, reason: 'luma.outcome_unknown' });
  });

  it('after the last attempt is given up: a dead letter, or parked where state is reconciled', () => {
    const last = { code: 'luma.unavailable', message: 'away (attempt 3, the last)' };
    expect(end(away, { attempts: 2 })).toEqual({ kind: 'give-up', ...last });
    const parked = { kind: 'park', ...last, waitMs: 600_000, deadlineMs: HOUR_MS, isolate: false };
    expect(end(away, { attempts: 2 }, PUSH)).toEqual(parked);
  });

  it('of a slow retry comes after the next pause', () => {
    expect(end(away, { slowTries: 1 }, PUSH)).toMatchObject({ kind: 'park', waitMs: HOUR_MS });
    expect(end(away, { slowTries: 9 }, PUSH)).toMatchObject({ kind: 'park', waitMs: 24 * HOUR_MS });
  });
});

describe('a wait', () => {
  const wait = (waitMs: number) => new RetryAfterError('limiter.budget', 'spent', { waitMs });

  it('uses no attempt, however many runs there were', () => {
    const error = { code: 'limiter.budget', message: 'spent' };
    const back = { kind: 'requeue', waitMs: 5_000, usesAttempt: false, reason: 'limiter.budget', error, deadlineAt };
    expect(end(wait(5_000), { attempts: 2 })).toEqual(back);
  });

  it('that would outlast the deadline ends it, and the message says what it waited for', () => {
    const deadlineAt = inMs(5_000);
    expect(end(wait(4_999), { deadlineAt })).toMatchObject({ kind: 'requeue' });
    const message = 'not done within its time limit, waits included; last: limiter.budget: spent';
    expect(end(wait(5_000), { deadlineAt })).toEqual({ kind: 'give-up', code: 'operation.deadline', message });
    expect(end(wait(5_000), { deadlineAt }, PUSH)).toMatchObject({ kind: 'park', code: 'operation.deadline', message });
  });
});

it('a refusal is a dead letter at once, also where state is reconciled', () => {
  const refused = { kind: 'give-up', code: 'luma.rejected', message: 'no' };
  expect(end(new PermanentError('luma.rejected', 'no'), {}, PUSH)).toEqual(refused);
});

it('an interruption uses no attempt, and is given up at the deadline alone', () => {
  expect(decideRequeue(operation(), CANCEL, INTERRUPTED, NOW)).toEqual({ kind: 'requeue', ...INTERRUPTED, deadlineAt });
  expect(decideRequeue(operation({ deadlineAt: NOW }), CANCEL, INTERRUPTED, NOW)).toEqual({
    kind: 'give-up',
    code: 'operation.deadline',
    message: 'not done within its time limit, waits included',
  });
});

describe('an operation is given up before its handler is called', () => {
  const start = (over: Partial<DecidingOperation>, definition = PUSH) =>
    decideRunStart(operation(over), definition, { crashesMax: 3, now: NOW });

  it('not at all while it has time, and fewer deaths than it may have', () => {
    expect(start({ crashes: 2, deadlineAt: inMs(1) })).toBeNull();
  });

  it('when its process died too often: it runs alone from then on', () => {
    const message = 'its process died 3 times while it ran alone';
    expect(start({ crashes: 3 })).toMatchObject({ kind: 'park', code: 'operation.crashed', message, isolate: true });
    expect(start({ crashes: 3 }, CANCEL)).toEqual({ kind: 'give-up', code: 'operation.crashed', message });
  });

  it('after one more death of a slow retry', () => {
    expect(start({ crashes: 1, slowTries: 1 })).toMatchObject({
      kind: 'park',
      message: 'its process died once more while it ran alone',
    });
  });

  it('when its deadline is past', () => {
    expect(start({ deadlineAt: NOW }, CANCEL)).toMatchObject({ kind: 'give-up', code: 'operation.deadline' });
  });

  it('not for its deadline where it reconciles state: it is tried, however late', () => {
    expect(start({ deadlineAt: NOW })).toBeNull();
    expect(start({ deadlineAt: NOW, slowTries: 4 })).toBeNull();
  });
});

it('a run that starts past its deadline gets its whole time again, where state is reconciled', () => {
  expect(deadlineOfRun({ deadlineAt: NOW }, PUSH, NOW)).toEqual(inMs(HOUR_MS));
  expect(deadlineOfRun({ deadlineAt: NOW }, CANCEL, NOW)).toEqual(NOW);
  expect(deadlineOfRun({ deadlineAt: inMs(1) }, PUSH, NOW)).toEqual(inMs(1));
});

it.each([
  [{ kind: 'requeue', ...INTERRUPTED } as const, { kind: 'interrupted' }],
  [
    { kind: 'requeue', waitMs: 1_000, usesAttempt: true, reason: failure.code, error: failure } as const,
    { kind: 'retry', ...failure, attempt: 2 },
  ],
  [
    { kind: 'requeue', waitMs: 1_000, usesAttempt: false, reason: failure.code, error: failure } as const,
    { kind: 'waiting', ...failure, until: '2030-01-01T12:00:01.000Z' },
  ],
  [
    { kind: 'park', ...failure, waitMs: 1_000, deadlineMs: 1, isolate: false } as const,
    { kind: 'parked', ...failure, until: '2030-01-01T12:00:01.000Z' },
  ],
  [{ kind: 'give-up', ...failure } as const, { kind: 'failed', ...failure, attempt: 2 }],
])('the timeline shows %p', (ended, ending) => {
  expect(toRunEnding(ended, 2, NOW)).toEqual(ending);
});
