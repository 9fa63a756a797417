import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

/*
 * Secrets of other parties (Luma's API keys and webhook secrets) are stored encrypted with AES-256-GCM in the text form
 * `v2.<keyId>.<iv>.<tag>.<ciphertext>`, the last three base64url. `keyId` says which key of the ring opens it, so keys
 * can be rotated: a new one is put in front and encrypts from then on, the old ones stay behind it to decrypt.
 *
 * `v2` is bound to its place: table, column and row are authenticated with the text (additional authenticated data). A
 * cipher that is copied to another row or column cannot be opened there. `v1` had no place; it is still opened, and
 * `rotateSecrets` writes it anew as `v2`.
 */

const VERSION = 'v2';
const UNBOUND_VERSION = 'v1';
/** GCM's own recommendation; other lengths are hashed down first. */
const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

/** Where a secret is stored: names as in Postgres. */
export interface SecretPlace {
  table: string;
  column: string;
  /** The row's id. */
  row: string;
}

export interface Keyring {
  /** Begins every cipher that {@link encrypt} makes now; what begins otherwise has not been rotated yet. */
  readonly currentPrefix: string;
  /** Encrypts with the first key. The same text gives another cipher each time. */
  encrypt(plain: string, place: SecretPlace): string;
  /** @throws {SecretError} when no key of the ring opens it, when it was changed, or when it was stored elsewhere. */
  decrypt(cipher: string, place: SecretPlace): string;
}

/** Says which setting to look at; never holds key material or plain text. */
export class SecretError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'SecretError';
  }
}

/**
 * @param encryptionKey Comma-separated keys of 32 bytes each in base64: the first encrypts, all decrypt.
 * @throws {SecretError} for an empty list or a key of another length.
 */
export function openKeyring(encryptionKey: string): Keyring {
  const keys = parseKeys(encryptionKey);
  const [first] = keys;
  if (first === undefined) throw new SecretError('ENCRYPTION_KEY holds no key');
  return {
    currentPrefix: `${VERSION}.${first.id}.`,
    encrypt: (plain, place) => encryptWith(first, plain, place),
    decrypt: (cipher, place) => decryptWith(keys, cipher, place),
  };
}

interface RingKey {
  id: string;
  bytes: Buffer;
}

function parseKeys(encryptionKey: string): RingKey[] {
  return encryptionKey
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part, index) => {
      const bytes = Buffer.from(part, 'base64');
      // Node skips what is not base64, so a wrong key would silently become a shorter one.
      if (bytes.length !== KEY_BYTES || !/^[A-Za-z0-9+/_-]+={0,2}$/.test(part)) {
        throw new SecretError(`key ${index + 1} of ENCRYPTION_KEY is not ${KEY_BYTES} bytes in base64`);
      }
      return { id: sha256Hex(bytes).slice(0, 8), bytes };
    });
}

function encryptWith(key: RingKey, plain: string, place: SecretPlace): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key.bytes, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(toBoundData(place));
  const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
  return [VERSION, key.id, toText(iv), toText(cipher.getAuthTag()), toText(body)].join('.');
}

function decryptWith(keys: readonly RingKey[], text: string, place: SecretPlace): string {
  const [version, keyId, iv, tag, body, ...rest] = text.split('.');
  const isKnown = version === VERSION || version === UNBOUND_VERSION;
  if (!isKnown || iv === undefined || tag === undefined || body === undefined || rest.length > 0) {
    throw new SecretError('a stored secret has an unknown form');
  }
  const key = keys.find((candidate) => candidate.id === keyId);
  if (key === undefined)
    throw new SecretError(
      'a stored secret was encrypted with a key that ENCRYPTION_KEY does not hold; put that key behind the new ' +
        'one, comma-separated',
    );
  try {
    const decipher = createDecipheriv('aes-256-gcm', key.bytes, fromText(iv), { authTagLength: TAG_BYTES });
    if (version === VERSION) decipher.setAAD(toBoundData(place));
    decipher.setAuthTag(fromText(tag));
    return Buffer.concat([decipher.update(fromText(body)), decipher.final()]).toString('utf8');
  } catch (cause) {
    throw new SecretError('a stored secret was changed after it was encrypted, or belongs to another record', cause);
  }
}

/** JSON keeps the parts apart: no two places give the same bytes. */
const toBoundData = ({ table, column, row }: SecretPlace): Buffer =>
  Buffer.from(JSON.stringify([table, column, row]), 'utf8');

/** Names the budget a key of Luma's spends from, without telling the key: the first 16 hex digits of its SHA-256. */
export function fingerprintApiKey(apiKey: string): string {
  return sha256Hex(apiKey).slice(0, 16);
}

const sha256Hex = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
const toText = (bytes: Buffer): string => bytes.toString('base64url');
const fromText = (text: string): Buffer => Buffer.from(text, 'base64url');
