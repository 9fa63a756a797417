import { describe, expect, it } from '@jest/globals';
import type { ApiKeyRecord } from '@luma-sync/store';
import { authenticate } from './api-key-auth.js';
import { ApiKeyCache } from './api-key-cache.js';

const record = (scopes: string[]): ApiKeyRecord => ({
  id: '1',
  name: 'app',
  prefix: 'ls_live_abcd',
  scopes,
  createdAt: new Date(0),
  lastUsedAt: null,
  revokedAt: null,
});
const cacheOf = (known: Record<string, ApiKeyRecord>) => new ApiKeyCache(async (key) => known[key] ?? null);

describe('authenticate', () => {
  const cache = cacheOf({
    reader: record(['read']),
    writer: record(['write']),
    boss: record(['admin']),
    none: record([]),
  });

  it.each([undefined, '', 'Bearer', 'Bearer ', 'Basic reader', 'reader', 'Bearer unknown', 'Bearer two keys'])(
    'says the same about "%s" as about any wrong key',
    async (header) => {
      await expect(authenticate(cache, header, 'read')).rejects.toMatchObject({ status: 401, code: 'auth.invalid' });
    },
  );

  it.each([
    ['reader', 'read', true],
    ['reader', 'write', false],
    ['writer', 'read', true],
    ['writer', 'write', true],
    ['writer', 'admin', false],
    ['boss', 'admin', true],
    ['none', 'read', false],
  ] as const)('%s may %s: %s', async (key, scope, allowed) => {
    const asking = authenticate(cache, `Bearer ${key}`, scope);
    if (allowed) await expect(asking).resolves.toMatchObject({ id: '1' });
    else await expect(asking).rejects.toMatchObject({ status: 403, code: 'auth.scope' });
  });
});

describe('ApiKeyCache', () => {
  it('asks once in ten seconds, for wrong keys too, and then again', async () => {
    let now = 0;
    const asked: string[] = [];
    const cache = new ApiKeyCache(
      async (key) => {
        asked.push(key);
        return null;
      },
      () => now,
    );
    await cache.get('wrong');
    now = 9_999;
    await cache.get('wrong');
    expect(asked).toHaveLength(1);
    now = 10_001;
    await cache.get('wrong');
    expect(asked).toHaveLength(2);
  });

  it('keeps a bounded number of keys', async () => {
    const asked: string[] = [];
    const cache = new ApiKeyCache(async (key) => {
      asked.push(key);
      return null;
    });
    for (let n = 0; n < 1_500; n += 1) await cache.get(`key ${n}`);
    await cache.get('key 1499');
    expect(asked).toHaveLength(1_500);
    await cache.get('key 0');
    expect(asked).toHaveLength(1_501);
  });

  it('does not remember a failure to ask', async () => {
    let fails = true;
    const cache = new ApiKeyCache(async () => {
      if (fails) throw new Error('away');
      return record(['read']);
    });
    await expect(cache.get('key')).rejects.toThrow('away');
    fails = false;
    await expect(cache.get('key')).resolves.not.toBeNull();
  });
});
