import {
  FieldsRefusedError,
  InterruptedError,
  JobError,
  OutcomeUnknownError,
  PermanentError,
  RetryAfterError,
  RetryableError,
} from '@luma-sync/jobs';
import { lumaErrorBodySchema, readJson } from '@luma-sync/luma-contract';
import { HTTPError } from 'got';
import type { Effect } from './endpoint.js';
import { toPresentableWords } from './presentable-words.js';
import { readRefusedFields } from './refused-fields.js';
import { toLockOutMs } from './retry-after.js';
import type { AnswerHeaders } from './slot-gate.js';

/** What is known about a request when it failed. */
export interface FailureContext {
  /** Names the request in messages: `POST /v1/events/create`; never its query, which may hold a mail address. */
  what: string;
  effect: Effect;
  /** Bytes may have gone out. */
  isSent: boolean;
  /** The caller's signal aborted. */
  isInterrupted: boolean;
  /** Never shown. */
  secrets: readonly string[];
  nowMs: number;
  /** From 0 up to 1. */
  random: () => number;
}

/** A refused key is looked at again this often; meanwhile the account's queue is held and the operator alerted. */
const AUTH_WAIT_MS = 10 * 60_000;
const PLAN_WAIT_MS = 30 * 60_000;
/** Added to a 429's wait at random: jobs should not come back as one crowd. */
const JITTER_MAX_MS = 2_000;

/**
 * The one place that turns what got threw into an error class with a verdict (docs/failure-modes.md lists the codes).
 */
export function fromGotError(thrown: unknown, context: FailureContext): JobError {
  if (thrown instanceof JobError) return thrown;
  if (thrown instanceof HTTPError) return fromStatus(thrown.response, context);
  const { what, isSent, isInterrupted, effect } = context;
  const cause = toCause(thrown);
  if (!isSent) {
    if (isInterrupted) return new InterruptedError(`${what} was not sent: interrupted`);
    return new RetryableError('luma.unreachable', `${what} was not sent: no connection (${cause.message})`, { cause });
  }
  if (effect === 'read') {
    if (isInterrupted) return new InterruptedError(`${what} was interrupted`);
    return new RetryableError('luma.unavailable', `${what} got no answer (${cause.message})`, { cause });
  }
  return new OutcomeUnknownError('luma.outcome_unknown', `${what} was sent and its answer lost (${cause.message})`, {
    cause,
  });
}

interface Refusal {
  statusCode: number;
  headers: AnswerHeaders;
  body: unknown;
}

/** An answer that refuses: status, headers and body, whatever carried them. */
export function fromStatus({ statusCode, headers, body }: Refusal, context: FailureContext): JobError {
  const { what, effect } = context;
  if (statusCode === 429) {
    const waitMs = toLockOutMs(headers, context.nowMs) + Math.floor(context.random() * JITTER_MAX_MS);
    return new RetryAfterError('luma.rate_limited', `${what}: Luma refuses every request of this key for now`, {
      waitMs,
      scope: 'account',
    });
  }
  if (statusCode === 401) {
    return new RetryAfterError('luma.auth_failed', `${what}: Luma does not accept this key`, {
      waitMs: AUTH_WAIT_MS,
      scope: 'account',
    });
  }
  const message = findMessage(body);
  // Only the text tells it apart; the status of this refusal was never recorded (docs/luma-api.md).
  if (statusCode < 500 && message?.toLowerCase().includes('active luma plus plan')) {
    return new RetryAfterError('luma.plan_inactive', `${what}: the calendar has no active Luma Plus plan`, {
      waitMs: PLAN_WAIT_MS,
      scope: 'account',
    });
  }
  // A proxy in front of Luma speaks HTML; whatever its status, it is not Luma's word on this request.
  const isLumasWord = statusCode < 500 && statusCode !== 408 && message !== null;
  if (!isLumasWord) {
    const words = `${what} was answered with ${statusCode}${message === null ? ' and no readable reason' : ''}`;
    const mayHaveHappened = effect === 'unrepeatable' && (statusCode >= 500 || statusCode === 408);
    return mayHaveHappened
      ? new OutcomeUnknownError('luma.outcome_unknown', words)
      : new RetryableError('luma.unavailable', words);
  }
  if (statusCode === 403) {
    return new PermanentError('luma.forbidden', `${what}: not of this calendar, or gone; Luma does not say which`);
  }
  if (statusCode === 404) return new PermanentError('luma.not_found', `${what}: Luma does not know it`);
  const words = `${what}: ${toPresentableWords(message, context.secrets)}`;
  const fields = readRefusedFields(message, context.secrets);
  return fields.length === 0
    ? new PermanentError('luma.rejected', words)
    : new FieldsRefusedError('luma.rejected', words, fields);
}

function findMessage(body: unknown): string | null {
  let parsed: unknown = body;
  if (typeof body === 'string') {
    try {
      parsed = readJson(body);
    } catch {
      return null;
    }
  }
  const result = lumaErrorBodySchema.safeParse(parsed);
  return result.success ? result.data.message : null;
}

/** got's errors carry the request with its key and its body, and name the whole URL: only kind and code are kept. */
function toCause(thrown: unknown): Error {
  if (!(thrown instanceof Error)) return new Error('unknown');
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : thrown.name;
  return new Error(code);
}
