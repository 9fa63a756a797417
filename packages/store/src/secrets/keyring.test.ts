import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fingerprintApiKey, openKeyring, SecretError } from './keyring.js';

const PLACE = { table: 'calendars', column: 'api_key_cipher', row: 'a' };
const newKey = (): string => randomBytes(32).toString('base64');

describe('keyring', () => {
  it('gives back exactly what went in, and never the same cipher twice', () => {
    const ring = openKeyring(newKey());
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (plain) => {
        const cipher = ring.encrypt(plain, PLACE);
        expect(ring.decrypt(cipher, PLACE)).toBe(plain);
        expect(ring.encrypt(plain, PLACE)).not.toBe(cipher);
      }),
    );
  });

  it('after a rotation the first key encrypts and the older one still opens what it closed', () => {
    const [older, newer] = [newKey(), newKey()];
    const before = openKeyring(older).encrypt('secret-luma-key', PLACE);
    const rotated = openKeyring(`${newer}, ${older}`);
    expect(rotated.decrypt(before, PLACE)).toBe('secret-luma-key');
    const after = rotated.encrypt('secret-luma-key', PLACE);
    expect(openKeyring(newer).decrypt(after, PLACE)).toBe('secret-luma-key');
    expect(() => openKeyring(older).decrypt(after, PLACE)).toThrow(SecretError);
  });

  it('refuses a cipher with any changed character', () => {
    const ring = openKeyring(newKey());
    const cipher = ring.encrypt('secret-luma-key', PLACE);
    for (let at = 0; at < cipher.length; at += 1) {
      const other = cipher[at] === 'A' ? 'w' : 'A';
      // The last character of a base64url group may hold unused bits, and "another" text with the same bytes is no
      // change.
      const changed = `${cipher.slice(0, at)}${other}${cipher.slice(at + 1)}`;
      const parts = (text: string) => text.split('.').map((part) => Buffer.from(part, 'base64url').toString('hex'));
      if (at > 11 && parts(changed).join() === parts(cipher).join()) continue;
      expect(() => ring.decrypt(changed, PLACE)).toThrow(SecretError);
    }
  });

  it.each([
    ['row', { ...PLACE, row: 'b' }],
    ['column', { ...PLACE, column: 'webhook_secret_cipher' }],
    ['table', { ...PLACE, table: 'people' }],
  ])('opens no cipher that was copied to another %s', (_, place) => {
    const ring = openKeyring(newKey());
    expect(() => ring.decrypt(ring.encrypt('secret-luma-key', PLACE), place)).toThrow(/belongs to another record/);
  });

  it('still opens what was encrypted before ciphers were bound to their place', () => {
    const ring = openKeyring(Buffer.alloc(32, 7).toString('base64'));
    const unbound = 'v1.4bb06f8e.AwMDAwMDAwMDAwMD.mMM1Tp_vd1HRMrKSNGOQJQ.VpvAcT9ccy4PLSJxgDKG';
    expect(ring.decrypt(unbound, PLACE)).toBe('secret-luma-key');
    expect(unbound.startsWith(ring.currentPrefix)).toBe(false);
  });

  it.each(['', 'short', `${newKey()},short`, `${randomBytes(31).toString('base64')}`, '*'.repeat(44)])(
    'refuses a ring with a wrong key: %s',
    (keys) => {
      expect(() => openKeyring(keys)).toThrow(SecretError);
    },
  );

  it('says nothing about the keys it refuses', () => {
    expect(() => openKeyring('my-password')).toThrow(/^key 1 of ENCRYPTION_KEY is not 32 bytes in base64$/);
  });

  it('names a budget the same way for the same key only', () => {
    expect(fingerprintApiKey('a')).toBe('ca978112ca1bbdca');
    expect(fingerprintApiKey('b')).not.toBe(fingerprintApiKey('a'));
  });
});
