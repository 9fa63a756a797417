import { randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';

/*
 * `lsk_` + 43 random characters + 6 characters of checksum, all of base62. The prefix lets scanners of secrets find a
 * key that leaked; the checksum tells a mistyped or made-up key without a query.
 */

const PREFIX = 'lsk_';
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 62 ** 43 is more than 2 ** 256. */
const RANDOM_CHARS = 43;
/** 62 ** 6 is more than 2 ** 32. */
const CHECKSUM_CHARS = 6;
/** Prefix, random characters and checksum. */
const SHAPE = /^lsk_[0-9A-Za-z]{49}$/;
/** Keys of before the checksum: 32 random bytes as base64url. */
const EARLIER_SHAPE = /^ls_live_[\w-]{43}$/;

export function newApiKey(): string {
  let key = PREFIX;
  for (let n = 0; n < RANDOM_CHARS; n += 1) key += ALPHABET[randomInt(ALPHABET.length)];
  return key + checksumOf(key);
}

/**
 * - `made`: the checksum fits, so the key was made by luma-sync;
 * - `earlier`: has the form of keys of before the checksum;
 * - `other`: can only be a key that the environment names (`BOOTSTRAP_API_KEY`), or a wrong one.
 */
export type ApiKeyForm = 'made' | 'earlier' | 'other';

export function toApiKeyForm(key: string): ApiKeyForm {
  if (SHAPE.test(key) && checksumOf(key.slice(0, -CHECKSUM_CHARS)) === key.slice(-CHECKSUM_CHARS)) return 'made';
  return EARLIER_SHAPE.test(key) ? 'earlier' : 'other';
}

function checksumOf(text: string): string {
  let rest = crc32(text);
  let digits = '';
  for (let n = 0; n < CHECKSUM_CHARS; n += 1) {
    digits = ALPHABET[rest % ALPHABET.length] + digits;
    rest = Math.floor(rest / ALPHABET.length);
  }
  return digits;
}
