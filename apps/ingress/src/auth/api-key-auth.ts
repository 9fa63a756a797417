import { type ApiKeyRecord, type ApiKeyScope, expandScopes } from '@luma-sync/store';
import { Problem } from '../http/problem.js';

/** @param key Undefined where none was sent in a readable form. */
export type FindKey = (key: string | undefined, address: string) => Promise<ApiKeyRecord | null>;

/**
 * @param header  `Authorization`, as received.
 * @param address Of the caller: wrong keys are counted by it.
 * @throws {Problem} 401 in one wording for a missing, malformed, unknown, expired or revoked key; 403 for one that may
 *   not do this.
 */
export async function authenticate(
  find: FindKey,
  { header, address }: { header: string | undefined; address: string },
  needed: readonly ApiKeyScope[],
): Promise<ApiKeyRecord> {
  const key = /^Bearer +([\x21-\x7e]{1,300})$/i.exec(header ?? '')?.[1];
  const record = await find(key, address);
  if (record === null || isExpired(record)) {
    throw new Problem(401, 'auth.invalid', 'send a valid API key as "Authorization: Bearer <key>"', {
      headers: { 'www-authenticate': 'Bearer' },
    });
  }
  requireScopes(record, needed);
  return record;
}

/** @throws {Problem} 403 `auth.scope`, with every scope that is missing. */
export function requireScopes({ scopes }: ApiKeyRecord, needed: readonly ApiKeyScope[], why?: string): void {
  const held = expandScopes(scopes);
  const missing = needed.filter((scope) => !held.has(scope));
  if (missing.length === 0) return;
  const names = missing.map((scope) => `"${scope}"`).join(', ');
  const title = `this key has not the scope ${names}${why === undefined ? '' : `, needed ${why}`}`;
  throw new Problem(403, 'auth.scope', title, { details: { missing: missing.join(' ') } });
}

const isExpired = ({ expiresAt }: ApiKeyRecord): boolean => expiresAt !== null && expiresAt <= new Date();
