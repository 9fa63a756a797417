import type { ApiKeyRecord, ApiKeyScope } from '@luma-sync/store';
import { Problem } from '../http/problem.js';
import type { ApiKeyCache } from './api-key-cache.js';

/** Each scope opens what the ones before it do. */
const RANK: Record<ApiKeyScope, number> = { read: 1, write: 2, admin: 3 };

/**
 * @param header `Authorization`, as received.
 * @throws {Problem} 401 in one wording for a missing, malformed, unknown or revoked key; 403 for one that may not do this.
 */
export async function authenticate(
  cache: ApiKeyCache,
  header: string | undefined,
  needed: ApiKeyScope,
): Promise<ApiKeyRecord> {
  const key = /^Bearer +([\x21-\x7e]{1,300})$/i.exec(header ?? '')?.[1];
  const record = key === undefined ? null : await cache.get(key);
  if (record === null) {
    throw new Problem(401, 'auth.invalid', 'send a valid API key as "Authorization: Bearer <key>"', {
      headers: { 'www-authenticate': 'Bearer' },
    });
  }
  if (rankOf(record) < RANK[needed]) {
    throw new Problem(403, 'auth.scope', `this key has not the scope "${needed}"`);
  }
  return record;
}

const rankOf = ({ scopes }: ApiKeyRecord): number =>
  Math.max(0, ...scopes.map((scope) => RANK[scope as ApiKeyScope] ?? 0));
