import { createHmac, randomBytes } from 'node:crypto';
import { normalizeEmail, spellingsOf } from '@luma-sync/domain';
import type { Db } from '../database.js';
import type { Keyring } from '../secrets/keyring.js';

const KEY_BYTES = 32;
/** There is one. */
const KEY_ID = '00000000-0000-4000-8000-000000000001';
const KEY_PLACE = { table: 'address_hash_keys', column: 'key_cipher', row: KEY_ID };

/** An address, or Luma's id of a guest, whose person was erased. It is not stored itself. */
export interface ErasedAddress {
  hash: string;
  /** The person it belonged to: what is left of them is a row without any data, if a code was given to them. */
  personId: string | null;
}

/**
 * Knows erased people by a keyed hash of their mail address and of Luma's ids of their entries. The key is random, made
 * with the first erasure, and stored encrypted: without ENCRYPTION_KEY nobody can try addresses against the hashes, and
 * a new ENCRYPTION_KEY leaves the hashes as they are.
 */
export interface ErasedAddresses {
  /** The erased ones among these addresses and ids, by the text as it was given. */
  find(db: Db, addresses: readonly string[]): Promise<Map<string, ErasedAddress>>;
  /** The hash of an address that is about to be erased. */
  hash(db: Db, address: string): Promise<string>;
}

/** Nobody was erased: for what has no key, as tests of other things. */
export const NOBODY_ERASED: Pick<ErasedAddresses, 'find'> = { find: async () => new Map() };

export function createErasedAddresses(keyring: Keyring): ErasedAddresses {
  let key: Buffer | null = null;
  const findKey = async (db: Db): Promise<Buffer | null> => {
    if (key !== null) return key;
    const [row] = await db.$queryRaw<{ cipher: string }[]>`select key_cipher as cipher from address_hash_keys`;
    if (row !== undefined) key = Buffer.from(keyring.decrypt(row.cipher, KEY_PLACE), 'base64');
    return key;
  };
  const makeKey = async (db: Db): Promise<Buffer> => {
    const cipher = keyring.encrypt(randomBytes(KEY_BYTES).toString('base64'), KEY_PLACE);
    await db.$executeRaw`insert into address_hash_keys (id, key_cipher) values (${KEY_ID}::uuid, ${cipher})
        on conflict do nothing`;
    const made = await findKey(db);
    if (made === null) throw new Error('the key that was just stored is not there');
    return made;
  };
  return {
    async find(db, addresses) {
      const given = addresses.length === 0 ? null : await findKey(db);
      if (given === null) return new Map();
      const byHash = new Map(addresses.flatMap((address) => toHashes(given, address).map((hash) => [hash, address])));
      const rows = await db.$queryRaw<ErasedAddress[]>`
        select hash, person_id as "personId" from erased_addresses where hash = any(${[...byHash.keys()]}::text[])`;
      return new Map(rows.map((row) => [byHash.get(row.hash) ?? '', row]));
    },
    hash: async (db, address) => toHash((await findKey(db)) ?? (await makeKey(db)), address),
  };
}

const toHash = (key: Buffer, address: string): string =>
  createHmac('sha256', key).update(normalizeEmail(address)).digest('base64url');

/** Also of the spellings under which an address was erased before it had one alone. */
const toHashes = (key: Buffer, address: string): string[] =>
  [...new Set([...spellingsOf(address), address.trim().toLowerCase()])].map((spelling) =>
    createHmac('sha256', key).update(spelling).digest('base64url'),
  );

/** Counts that these were shown again. */
export async function countSeen(db: Db, erased: Iterable<ErasedAddress>): Promise<void> {
  const hashes = [...erased].map(({ hash }) => hash);
  if (hashes.length === 0) return;
  await db.$executeRaw`
    update erased_addresses set times_seen = times_seen + 1, last_seen_at = now() where hash = any(${hashes}::text[])`;
}
