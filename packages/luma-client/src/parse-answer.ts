import { OutcomeUnknownError, RetryableError } from '@luma-sync/jobs';
import { readJson } from '@luma-sync/luma-contract';
import type { Endpoint } from './endpoint.js';

/** @returns the JSON object of an answer. Anything else is no answer: a write may still have taken effect. */
export function parseAnswer(text: string, what: string, endpoint: Endpoint): unknown {
  try {
    const parsed = readJson(text);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed;
  } catch {
    // Falls through: not JSON is as little an answer as JSON that is no object.
  }
  const words = `${what} was answered with something other than a JSON object`;
  throw endpoint.effect === 'read'
    ? new RetryableError('luma.unavailable', words)
    : new OutcomeUnknownError('luma.outcome_unknown', words);
}
