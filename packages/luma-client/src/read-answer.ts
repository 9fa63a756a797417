import { JobError, OutcomeUnknownError, RetryableError } from '@luma-sync/jobs';
import { z } from 'zod';
import type { Endpoint } from './endpoint.js';

/** Problems named in one message; a whole page of wrong entries needs no list of all. */
const FIELDS_MAX = 10;

/**
 * Judges an answer by its schema. What did not fit is named by path only: values may be personal.
 *
 * @throws {RetryableError} `luma.unexpected_answer`; an {@link OutcomeUnknownError} when the request made something,
 *   since it did.
 */
export function readAnswer<T>(endpoint: Endpoint, raw: unknown, read: (raw: unknown) => T): T {
  try {
    return read(raw);
  } catch (thrown) {
    if (thrown instanceof JobError || !(thrown instanceof z.ZodError)) throw thrown;
    throw toUnexpectedAnswer(
      endpoint,
      thrown.issues.map((issue) => issue.path.join('.') || '(the whole answer)'),
    );
  }
}

export function toUnexpectedAnswer(endpoint: Endpoint, fields: readonly string[]): RetryableError {
  const named = [...new Set(fields)].slice(0, FIELDS_MAX).join(', ');
  const words = `${endpoint.method} ${endpoint.path} was answered in an unknown shape: ${named}`;
  return endpoint.effect === 'unrepeatable'
    ? new OutcomeUnknownError('luma.unexpected_answer', words)
    : new RetryableError('luma.unexpected_answer', words);
}
