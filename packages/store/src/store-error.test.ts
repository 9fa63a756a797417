import { describe, expect, it } from '@jest/globals';
import { OutcomeUnknownError, RetryableError } from '@luma-sync/jobs';
import { fromPrismaError, isStoreUnavailable } from './store-error.js';

describe('an error', () => {
  it.each([
    new OutcomeUnknownError('luma.outcome_unknown', 'POST /v1/events/create was sent and lost its answer (ECONNRESET)'),
    new RetryableError('luma.unreachable', 'no connection to Luma (ECONNREFUSED)'),
  ])('that another boundary has classified stays what it is: %s', (error) => {
    expect(isStoreUnavailable(error)).toBe(false);
    expect(fromPrismaError(error)).toBe(error);
  });

  it('of a broken connection to Postgres passes by itself', () => {
    const broken = new Error('connect ECONNREFUSED 127.0.0.1:5432');
    expect(isStoreUnavailable(broken)).toBe(true);
    expect(fromPrismaError(broken)).toMatchObject({ code: 'store.unavailable', verdict: 'retry' });
  });
});
