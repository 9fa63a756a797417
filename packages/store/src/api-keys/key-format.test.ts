import { describe, expect, it } from '@jest/globals';
import { newApiKey, toApiKeyForm } from './key-format.js';

describe('an API key', () => {
  it('is random, has one length, and says by itself that it was made here', () => {
    const keys = Array.from({ length: 500 }, newApiKey);
    expect(new Set(keys).size).toBe(500);
    for (const key of keys) expect([key.length, toApiKeyForm(key)]).toEqual([53, 'made']);
  });

  it('with any one character mistyped is not one', () => {
    const key = newApiKey();
    for (let at = 0; at < key.length; at += 1) {
      const wrong = `${key.slice(0, at)}${key[at] === 'x' ? 'y' : 'x'}${key.slice(at + 1)}`;
      expect([at, toApiKeyForm(wrong)]).toEqual([at, 'other']);
    }
    for (const wrong of ['', 'lsk_', key.slice(1), `${key}x`, `${key}\n`, key.toUpperCase()])
      expect(toApiKeyForm(wrong)).toBe('other');
  });

  it('of before the checksum is known by its form', () => {
    expect(toApiKeyForm(`ls_live_${'aB3_-'.repeat(8)}xyz`)).toBe('earlier');
    expect(toApiKeyForm('ls_live_short')).toBe('other');
  });
});
