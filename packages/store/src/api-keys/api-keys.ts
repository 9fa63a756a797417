import { createHash, randomBytes } from 'node:crypto';
import type { Database, Db } from '../database.js';
import { inTransaction } from '../database.js';

/** Each scope includes the ones before it. */
export const API_KEY_SCOPES = ['read', 'write', 'admin'] as const;
export type ApiKeyScope = (typeof API_KEY_SCOPES)[number];

/** A key without the key itself. */
export interface ApiKeyRecord {
  id: string;
  name: string;
  /** First characters, to recognise a key in a list. */
  prefix: string;
  scopes: string[];
  createdAt: Date;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
}

const RECORD = {
  id: true,
  name: true,
  prefix: true,
  scopes: true,
  createdAt: true,
  lastUsedAt: true,
  revokedAt: true,
} as const;
const PREFIX_CHARS = 12;

/** @returns the record and the key, which cannot be read again: only its hash is kept. */
export async function createApiKey(
  db: Db,
  { name, scopes }: { name: string; scopes: readonly ApiKeyScope[] },
): Promise<{ record: ApiKeyRecord; key: string }> {
  const key = `ls_live_${randomBytes(32).toString('base64url')}`;
  const record = await db.apiKey.create({
    data: { name, scopes: [...scopes], keyHash: hashApiKey(key), prefix: key.slice(0, PREFIX_CHARS) },
    select: RECORD,
  });
  return { record, key };
}

/**
 * Looks a key up by its hash: how long that takes says nothing about the key.
 * @returns null for an unknown or revoked key.
 */
export async function findApiKey(db: Db, key: string): Promise<ApiKeyRecord | null> {
  const record = await db.apiKey.findUnique({ where: { keyHash: hashApiKey(key) }, select: RECORD });
  return record === null || record.revokedAt !== null ? null : record;
}

export function listApiKeys(db: Db): Promise<ApiKeyRecord[]> {
  return db.apiKey.findMany({ orderBy: { createdAt: 'asc' }, select: RECORD });
}

/** @returns false when there is no such key that was still valid. */
export async function revokeApiKey(db: Db, id: string): Promise<boolean> {
  const { count } = await db.apiKey.updateMany({ where: { id, revokedAt: null }, data: { revokedAt: new Date() } });
  return count > 0;
}

/** Notes a use at most once a minute per key: the time is for people who clean up, not for counting. */
export async function touchApiKey(db: Db, id: string): Promise<void> {
  await db.$executeRaw`
    update api_keys set last_used_at = now()
    where id = ${id}::uuid and (last_used_at is null or last_used_at < now() - interval '1 minute')`;
}

const BOOTSTRAP_NAME = 'bootstrap';

/**
 * Makes the key given by the environment an admin key. There is one such key at a time: another one in the environment revokes the
 * earlier. A revoked key stays revoked, and takes no other along.
 *
 * @returns false when this very key was revoked before.
 */
export function ensureBootstrapApiKey(db: Database, key: string): Promise<boolean> {
  const keyHash = hashApiKey(key);
  return inTransaction(db, async (tx) => {
    await tx.$executeRaw`
      insert into api_keys (name, key_hash, prefix, scopes)
      values (${BOOTSTRAP_NAME}, ${keyHash}, ${key.slice(0, 4)}, ${['read', 'write', 'admin']}::text[])
      on conflict (key_hash) do nothing`;
    if ((await findApiKey(tx, key)) === null) return false;
    await tx.$executeRaw`
      update api_keys set revoked_at = now() where name = ${BOOTSTRAP_NAME} and key_hash <> ${keyHash} and revoked_at is null`;
    return true;
  });
}

const hashApiKey = (key: string): string => createHash('sha256').update(key).digest('hex');
