import type { Db } from '../database.js';

/** An answer as it was given the first time. */
export interface StoredAnswer {
  status: number;
  headers: Record<string, string>;
  body: unknown;
}

export interface IdempotentRequest {
  apiKeyId: string;
  /** As the caller chose it. */
  key: string;
  /** Hash of method, path and body. */
  requestHash: string;
}

export type IdempotencyCheck =
  /** Nobody has used the key: do the work and store the answer in this same transaction. */
  | { kind: 'first' }
  | { kind: 'answered'; answer: StoredAnswer }
  /** The key was used for another request. */
  | { kind: 'mismatch' }
  /** The same key is being worked on by another request right now. */
  | { kind: 'in-progress' };

/**
 * Takes the key for the length of the caller's transaction. The answer commits together with the work it speaks of, so
 * a crash can leave neither without the other, and there is nothing to clean up after one.
 */
export async function checkIdempotency(tx: Db, request: IdempotentRequest): Promise<IdempotencyCheck> {
  const [lock] = await tx.$queryRaw<{ isOurs: boolean }[]>`
    select pg_try_advisory_xact_lock(hashtextextended(${`idempotency ${request.apiKeyId} ${request.key}`},
      0)) as "isOurs"`;
  if (lock?.isOurs !== true) return { kind: 'in-progress' };
  return (await findAnswer(tx, request)) ?? { kind: 'first' };
}

/** Looks only; for work whose repetition harms nobody and that is too slow for a transaction. */
export async function findAnswer(db: Db, request: IdempotentRequest): Promise<IdempotencyCheck | null> {
  const row = await db.idempotencyKey.findUnique({
    where: { apiKeyId_key: { apiKeyId: request.apiKeyId, key: request.key } },
  });
  if (row === null) return null;
  if (row.requestHash !== request.requestHash || row.status === null) return { kind: 'mismatch' };
  return {
    kind: 'answered',
    answer: { status: row.status, headers: (row.headers ?? {}) as Record<string, string>, body: row.body },
  };
}

/** The first answer stays: a second one for the same key is dropped. */
export async function storeAnswer(tx: Db, request: IdempotentRequest, answer: StoredAnswer): Promise<void> {
  await tx.$executeRaw`
    insert into idempotency_keys (api_key_id, key, request_hash, status, headers, body)
    values (${request.apiKeyId}::uuid, ${request.key}, ${request.requestHash}, ${answer.status},
      ${JSON.stringify(answer.headers)}::jsonb, ${JSON.stringify(answer.body ?? null)}::jsonb)
    on conflict (api_key_id, key) do nothing`;
}
