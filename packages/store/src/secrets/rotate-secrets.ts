import type { Db } from '../database.js';
import { Prisma } from '../generated/client.js';
import { type Keyring, SecretError, type SecretPlace } from './keyring.js';

/**
 * Every column that holds an encrypted text, and how a person knows its row. A test compares this with the database.
 */
export const SECRET_COLUMNS = [
  { table: 'calendars', column: 'api_key_cipher', label: 'name' },
  { table: 'calendars', column: 'webhook_secret_cipher', label: 'name' },
  { table: 'calendars', column: 'previous_webhook_secret_cipher', label: 'name' },
  { table: 'address_hash_keys', column: 'key_cipher', label: `'hashes of erased addresses'` },
] as const;

type SecretColumn = (typeof SECRET_COLUMNS)[number];

/** What rotation did with one column, or would do. */
export interface SecretColumnState {
  table: string;
  column: string;
  /** Under the first key of the ring and bound to their place before this call. */
  current: number;
  /** Written anew under the first key; with `isDryRun` those that would be. */
  rotated: number;
  unreadable: UnreadableSecret[];
}

export interface UnreadableSecret extends SecretPlace {
  /** Name of the calendar, say. */
  label: string;
  reason: string;
}

/** Rows read at once: few enough that memory stays flat. */
const BATCH = 200;

/**
 * Writes every stored secret anew under the first key of the ring, bound to its place. A secret that changes meanwhile
 * is left to the process that changed it. May be interrupted and repeated at any point; a second run finds nothing to
 * do.
 */
export async function rotateSecrets(
  db: Db,
  keyring: Keyring,
  { isDryRun = false }: { isDryRun?: boolean } = {},
): Promise<SecretColumnState[]> {
  const states: SecretColumnState[] = [];
  for (const column of SECRET_COLUMNS) states.push(await rotateColumn(db, keyring, column, isDryRun));
  return states;
}

async function rotateColumn(
  db: Db,
  keyring: Keyring,
  column: SecretColumn,
  isDryRun: boolean,
): Promise<SecretColumnState> {
  const { table } = column;
  const state: SecretColumnState = { table, column: column.column, current: 0, rotated: 0, unreadable: [] };
  let after: string | null = null;
  for (;;) {
    const rows: StoredSecret[] = await readBatch(db, column, after);
    for (const { id, label, cipher } of rows) {
      const place = { table, column: column.column, row: id };
      const plain = tryOpen(keyring, cipher, place);
      if (plain instanceof SecretError) state.unreadable.push({ ...place, label, reason: plain.message });
      else if (cipher.startsWith(keyring.currentPrefix)) state.current += 1;
      else if (isDryRun || (await replace(db, place, cipher, keyring.encrypt(plain, place)))) state.rotated += 1;
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < BATCH) return state;
    after = last.id;
  }
}

interface StoredSecret {
  id: string;
  label: string;
  cipher: string;
}

function readBatch(db: Db, { table, column, label }: SecretColumn, after: string | null): Promise<StoredSecret[]> {
  return db.$queryRaw<StoredSecret[]>`
    select id, ${Prisma.raw(label)} as label, ${Prisma.raw(column)} as cipher from ${Prisma.raw(table)}
    where ${Prisma.raw(column)} is not null and (${after}::uuid is null or id > ${after}::uuid)
    order by id limit ${BATCH}`;
}

function tryOpen(keyring: Keyring, cipher: string, place: SecretPlace): string | SecretError {
  try {
    return keyring.decrypt(cipher, place);
  } catch (error) {
    if (error instanceof SecretError) return error;
    throw error;
  }
}

/** @returns false when another process wrote the secret meanwhile, under the first key of its own ring. */
async function replace(db: Db, { table, column, row }: SecretPlace, before: string, after: string): Promise<boolean> {
  const changed = await db.$executeRaw`
    update ${Prisma.raw(table)} set ${Prisma.raw(column)} = ${after}
    where id = ${row}::uuid and ${Prisma.raw(column)} = ${before}`;
  return changed > 0;
}
