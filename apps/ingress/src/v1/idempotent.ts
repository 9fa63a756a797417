import { createHash } from 'node:crypto';
import {
  checkIdempotency,
  type Database,
  findAnswer,
  type IdempotencyCheck,
  type IdempotentRequest,
  retryingTransaction,
  storeAnswer,
  type Tx,
} from '@luma-sync/store';
import { Problem } from '../http/problem.js';
import type { Answer } from './route.js';

export interface KeyedRequest {
  apiKeyId: string;
  /** `Idempotency-Key`, as received. */
  key: string | undefined;
  method: string;
  /** Path and query. */
  url: string;
  rawBody: Buffer;
}

export type AnswerOnce = { answer: Answer; isReplayed: boolean };

/**
 * Runs the work of a POST in one transaction and keeps its answer under the caller's key, in the same commit: a repeat
 * gets that answer and changes nothing. Work that loses against another transaction runs again. What is refused is not
 * kept, so that the same key may be used once the reason is gone.
 *
 * @throws {Problem} 422 `idempotency.mismatch`, 409 `idempotency.in_progress`, 400 `idempotency.invalid_key`
 */
export function answerOnce(
  db: Database,
  request: KeyedRequest,
  work: (tx: Tx) => Promise<Answer>,
): Promise<AnswerOnce> {
  const keyed = toIdempotentRequest(request);
  return retryingTransaction(db, async (tx) => {
    const before = keyed === null ? null : replayOf(await checkIdempotency(tx, keyed));
    if (before !== null) return { answer: before, isReplayed: true };
    const answer = await work(tx);
    if (keyed !== null) await storeAnswer(tx, keyed, toStored(answer));
    return { answer, isReplayed: false };
  });
}

/** As {@link answerOnce}, without a transaction, for work that only looks: two at once may both do it. */
export async function answerOnceSlowly(
  db: Database,
  request: KeyedRequest,
  work: (db: Database) => Promise<Answer>,
): Promise<AnswerOnce> {
  const keyed = toIdempotentRequest(request);
  const before = keyed === null ? null : replayOf((await findAnswer(db, keyed)) ?? { kind: 'first' });
  if (before !== null) return { answer: before, isReplayed: true };
  const answer = await work(db);
  if (keyed !== null) await storeAnswer(db, keyed, toStored(answer));
  return { answer, isReplayed: false };
}

function replayOf(check: IdempotencyCheck): Answer | null {
  switch (check.kind) {
    case 'first':
      return null;
    case 'answered': {
      const { status, headers, body } = check.answer;
      return { status, body, location: headers.location };
    }
    case 'mismatch':
      throw new Problem(422, 'idempotency.mismatch', 'this Idempotency-Key was used for another request');
    case 'in-progress':
      throw new Problem(409, 'idempotency.in_progress', 'a request with this Idempotency-Key is being worked on', {
        headers: { 'retry-after': '1' },
      });
  }
}

function toIdempotentRequest({ apiKeyId, key, method, url, rawBody }: KeyedRequest): IdempotentRequest | null {
  if (key === undefined) return null;
  if (!/^[\x21-\x7e]{1,200}$/.test(key)) {
    throw new Problem(
      400,
      'idempotency.invalid_key',
      'an Idempotency-Key has 1 to 200 printable characters without spaces',
    );
  }
  return {
    apiKeyId,
    key,
    requestHash: createHash('sha256').update(`${method} ${url}\n`).update(rawBody).digest('hex'),
  };
}

function toStored({ status, body, keptBody = body, location }: Answer) {
  return { status, body: keptBody, headers: location === undefined ? {} : { location } };
}
