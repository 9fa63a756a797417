import { describe, expect, it } from '@jest/globals';
import {
  InterruptedError,
  OutcomeUnknownError,
  PermanentError,
  RetryAfterError,
  RetryableError,
  toJobError,
} from './errors.js';

describe('verdicts', () => {
  it.each([
    [new RetryableError('a.b', 'm'), 'retry'],
    [new OutcomeUnknownError('a.b', 'm'), 'retry'],
    [new RetryAfterError('a.b', 'm', { waitMs: 5 }), 'wait'],
    [new InterruptedError(), 'wait'],
    [new PermanentError('a.b', 'm'), 'fail'],
  ])('%s', (error, verdict) => {
    expect(error.verdict).toBe(verdict);
    expect(toJobError(error)).toBe(error);
  });

  it.each([['text'], [null], [undefined], [{ code: 'luma.rejected', verdict: 'fail' }], [new TypeError('secret')]])(
    'retries what nobody classified (%p), with its words in the cause alone',
    (thrown) => {
      const error = toJobError(thrown);
      expect(error).toMatchObject({ verdict: 'retry', code: 'unknown' });
      expect(error.message).not.toContain('secret');
      if (thrown !== undefined) expect(error.cause).toBe(thrown);
    },
  );

  it('holds up one job unless told that it is the account', () => {
    expect(new RetryAfterError('a', 'm', { waitMs: 1 }).scope).toBe('job');
    expect(new RetryAfterError('a', 'm', { waitMs: 1, scope: 'account' }).scope).toBe('account');
  });
});
