import { createHash } from 'node:crypto';
import type { Db, Tx } from '../database.js';
import { newApiKey } from './key-format.js';
import { findNameProblem } from './key-name.js';
import type { ScopeName } from './scopes.js';

/** A key without the key itself. */
export interface ApiKeyRecord {
  id: string;
  name: string;
  /** First characters, to recognise a key in a list. */
  prefix: string;
  scopes: string[];
  /** The only calendars it reaches; empty: all. */
  calendarIds: string[];
  expiresAt: Date | null;
  createdAt: Date;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
}

export interface NewApiKey {
  name: string;
  scopes: readonly ScopeName[];
  /** Absent or empty: every calendar. */
  calendarIds?: readonly string[] | undefined;
  expiresAt?: Date | null | undefined;
}

const RECORD = {
  id: true,
  name: true,
  prefix: true,
  scopes: true,
  calendarIds: true,
  expiresAt: true,
  createdAt: true,
  lastUsedAt: true,
  revokedAt: true,
} as const;
const PREFIX_CHARS = 12;
const BOOTSTRAP_PREFIX_CHARS = 4;

export type CreatedApiKey =
  /** `key` cannot be read again: only its hash is kept. */
  | { kind: 'created'; record: ApiKeyRecord; key: string }
  | { kind: 'malformed-name' }
  /** It is a name under which luma-sync itself acts. */
  | { kind: 'reserved-name' }
  | { kind: 'unknown-calendar'; calendarId: string };

/** Run it in a transaction with its audit entry. */
export async function createApiKey(tx: Db, input: NewApiKey): Promise<CreatedApiKey> {
  const { name, scopes, expiresAt = null } = input;
  const problem = findNameProblem(name);
  if (problem !== null) return { kind: `${problem}-name` };
  const calendarIds = [...new Set(input.calendarIds ?? [])];
  const known = await tx.calendar.findMany({ where: { id: { in: calendarIds } }, select: { id: true } });
  const unknown = calendarIds.find((id) => !known.some((calendar) => calendar.id === id));
  if (unknown !== undefined) return { kind: 'unknown-calendar', calendarId: unknown };
  const key = newApiKey();
  const record = await tx.apiKey.create({
    data: {
      name,
      scopes: [...new Set(scopes)],
      calendarIds,
      expiresAt,
      keyHash: hashApiKey(key),
      prefix: key.slice(0, PREFIX_CHARS),
    },
    select: RECORD,
  });
  return { kind: 'created', record, key };
}

/**
 * Looks a key up by its hash: how long that takes says nothing about the key.
 * @returns null for an unknown or revoked key. Whether it has expired is for the caller to judge, at the moment of each
 *   use.
 */
export async function findApiKey(db: Db, key: string): Promise<ApiKeyRecord | null> {
  const record = await db.apiKey.findUnique({ where: { keyHash: hashApiKey(key) }, select: RECORD });
  return record === null || record.revokedAt !== null ? null : record;
}

/** The valid keys whose form says nothing, by their hash: those that the environment names, one in practice. */
export async function findEnvironmentKeys(db: Db): Promise<Map<string, ApiKeyRecord>> {
  const rows = await db.apiKey.findMany({
    where: { name: BOOTSTRAP_NAME, revokedAt: null },
    select: { ...RECORD, keyHash: true },
    take: 100,
  });
  return new Map(rows.map(({ keyHash, ...record }) => [keyHash, record]));
}

export function listApiKeys(db: Db): Promise<ApiKeyRecord[]> {
  return db.apiKey.findMany({ orderBy: { createdAt: 'asc' }, select: RECORD });
}

/** @returns the key as it was, or null when there is none that was still valid. */
export async function revokeApiKey(tx: Db, id: string): Promise<ApiKeyRecord | null> {
  const [revoked] = await tx.apiKey.updateManyAndReturn({
    where: { id, revokedAt: null },
    data: { revokedAt: new Date() },
    select: RECORD,
  });
  return revoked ?? null;
}

/** Notes a use at most once a minute per key: the time is for people who clean up, not for counting. */
export async function touchApiKey(db: Db, id: string): Promise<void> {
  await db.$executeRaw`
    update api_keys set last_used_at = now()
    where id = ${id}::uuid and (last_used_at is null or last_used_at < now() - interval '1 minute')`;
}

const BOOTSTRAP_NAME = 'bootstrap';

/** What {@link ensureBootstrapApiKey} found or did. */
export interface BootstrapKey {
  /** False when this very key was revoked before. */
  isValid: boolean;
  /** Set when the key was not known before. */
  createdId: string | null;
  /** Earlier keys of the environment that this one took the place of. */
  revokedIds: string[];
}

/**
 * Makes the key given by the environment an admin key. There is one such key at a time: another one in the environment
 * revokes the earlier. A revoked key stays revoked, and takes no other along.
 */
export async function ensureBootstrapApiKey(
  tx: Tx,
  key: string,
  note: (tx: Db, made: BootstrapKey) => Promise<void> = async () => {},
): Promise<BootstrapKey> {
  const keyHash = hashApiKey(key);
  const [created] = await tx.$queryRaw<{ id: string }[]>`
    insert into api_keys (name, key_hash, prefix, scopes)
    values (${BOOTSTRAP_NAME}, ${keyHash}, ${key.slice(0, BOOTSTRAP_PREFIX_CHARS)}, ${['admin']}::text[])
    on conflict (key_hash) do nothing
    returning id`;
  if ((await findApiKey(tx, key)) === null) return { isValid: false, createdId: null, revokedIds: [] };
  const revoked = await tx.$queryRaw<{ id: string }[]>`
    update api_keys set revoked_at = now()
    where name = ${BOOTSTRAP_NAME} and key_hash <> ${keyHash} and revoked_at is null
    returning id`;
  const made = { isValid: true, createdId: created?.id ?? null, revokedIds: revoked.map(({ id }) => id) };
  if (made.createdId !== null || made.revokedIds.length > 0) await note(tx, made);
  return made;
}

const hashApiKey = (key: string): string => createHash('sha256').update(key).digest('hex');
