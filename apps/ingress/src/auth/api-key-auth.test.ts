import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { type ApiKeyRecord, newApiKey } from '@luma-sync/store';
import { authenticate } from './api-key-auth.js';
import { ApiKeyCache } from './api-key-cache.js';
import { WrongKeyLimit } from './wrong-key-limit.js';

const record = (scopes: string[], over: Partial<ApiKeyRecord> = {}): ApiKeyRecord => ({
  id: '1',
  name: 'app',
  prefix: 'lsk_abcd',
  scopes,
  calendarIds: [],
  expiresAt: null,
  createdAt: new Date(0),
  lastUsedAt: null,
  revokedAt: null,
  ...over,
});
const known: Record<string, ApiKeyRecord> = {
  reader: record(['read']),
  writer: record(['write']),
  boss: record(['admin']),
  none: record([]),
  later: record(['a scope of a later version']),
  expired: record(['admin'], { expiresAt: new Date(1) }),
  valid: record(['admin'], { expiresAt: new Date(Date.now() + 3_600_000) }),
};
const find = async (key: string | undefined) => (key === undefined ? null : (known[key] ?? null));
const given = (header: string | undefined) => ({ header, address: '192.0.2.1' });

describe('authenticate', () => {
  it.each([
    undefined,
    '',
    'Bearer',
    'Bearer ',
    'Basic reader',
    'reader',
    'Bearer unknown',
    'Bearer two keys',
    'Bearer expired',
  ])('says the same about "%s" as about any wrong key', async (header) => {
    await expect(authenticate(find, given(header), ['events:read'])).rejects.toMatchObject({
      status: 401,
      code: 'auth.invalid',
    });
  });

  it.each([
    ['reader', ['events:read'], true],
    ['reader', ['events:read', 'people:read'], true],
    ['reader', ['events:write'], false],
    ['writer', ['events:read'], true],
    ['writer', ['events:write'], true],
    ['writer', ['events:write', 'mail'], false],
    ['writer', ['irreversible'], false],
    ['writer', ['admin'], false],
    ['boss', ['admin'], true],
    ['boss', ['mail', 'irreversible'], true],
    ['valid', ['admin'], true],
    ['none', ['events:read'], false],
    ['later', ['events:read'], false],
  ] as const)('%s may %s: %s', async (key, scopes, allowed) => {
    const asking = authenticate(find, given(`Bearer ${key}`), scopes);
    if (allowed) await expect(asking).resolves.toMatchObject({ id: '1' });
    else await expect(asking).rejects.toMatchObject({ status: 403, code: 'auth.scope' });
  });
});

function cacheOf(over: {
  find?: (key: string) => Promise<ApiKeyRecord | null>;
  ofEnvironment?: string[];
  now?: () => number;
}) {
  const asked = { keys: 0, lists: 0 };
  const cache = new ApiKeyCache(
    {
      async find(key) {
        asked.keys += 1;
        return over.find === undefined ? null : over.find(key);
      },
      async listOfEnvironment() {
        asked.lists += 1;
        return new Map((over.ofEnvironment ?? []).map((key) => [hash(key), record(['admin'])]));
      },
    },
    over.now,
  );
  return { cache, asked };
}
const hash = (key: string) => createHash('sha256').update(key).digest('hex');

describe('ApiKeyCache', () => {
  it('asks once in ten seconds, for unknown keys too, and then again', async () => {
    let now = 0;
    const { cache, asked } = cacheOf({ now: () => now });
    const key = newApiKey();
    await cache.get(key);
    now = 9_999;
    await cache.get(key);
    expect(asked.keys).toBe(1);
    now = 10_001;
    await cache.get(key);
    expect(asked.keys).toBe(2);
  });

  /** Guards against callers who make the database work with keys that cannot be any. */
  it('asks nothing about a mistyped key or one of another program', async () => {
    const { cache, asked } = cacheOf({ ofEnvironment: ['the key of the environment'], now: () => 0 });
    expect(await cache.get('the key of the environment')).toMatchObject({ scopes: ['admin'] });
    for (const wrong of [`${newApiKey().slice(0, -1)}!`, 'ghp_of_another_program', 'lsk_short'])
      for (let n = 0; n < 100; n += 1) expect(await cache.get(`${wrong}${n}`)).toBeNull();
    expect(asked).toEqual({ keys: 0, lists: 1 });
  });

  it('finds the key of the environment a second after it was made', async () => {
    let now = 0;
    const ofEnvironment: string[] = [];
    const { cache } = cacheOf({ ofEnvironment, now: () => now });
    expect(await cache.get('made in a moment')).toBeNull();
    ofEnvironment.push('made in a moment');
    now = 1_001;
    expect(await cache.get('made in a moment')).not.toBeNull();
  });

  it('keeps a bounded number of keys', async () => {
    const { cache, asked } = cacheOf({});
    const keys = Array.from({ length: 1_500 }, newApiKey);
    for (const key of keys) await cache.get(key);
    await cache.get(keys.at(-1) ?? '');
    expect(asked.keys).toBe(1_500);
    await cache.get(keys[0] ?? '');
    expect(asked.keys).toBe(1_501);
  });

  it('does not remember a failure to ask', async () => {
    let fails = true;
    const key = newApiKey();
    const { cache } = cacheOf({
      async find() {
        if (fails) throw new Error('away');
        return record(['read']);
      },
    });
    await expect(cache.get(key)).rejects.toThrow('away');
    fails = false;
    await expect(cache.get(key)).resolves.not.toBeNull();
  });

  it('asks nothing about keys it never saw open anything while their address is over its limit', async () => {
    let now = 0;
    const good = newApiKey();
    const { cache, asked } = cacheOf({ find: async (key) => (key === good ? record(['read']) : null), now: () => now });
    await cache.get(good);
    now = 20_000;
    expect(await cache.get(good, { isOnlyKnown: true })).not.toBeNull();
    expect(await cache.get(newApiKey(), { isOnlyKnown: true })).toBeNull();
    expect(asked.keys).toBe(2);
  });
});

describe('WrongKeyLimit', () => {
  it('closes an address after so many wrong keys, and opens it a minute later', () => {
    let now = 0;
    const limit = new WrongKeyLimit(3, () => now);
    for (let n = 0; n < 3; n += 1) limit.note('192.0.2.1');
    expect(limit.isOver('192.0.2.1')).toBe(false);
    expect(() => limit.note('192.0.2.1')).toThrow(expect.objectContaining({ status: 429 }));
    expect(limit.isOver('192.0.2.1')).toBe(true);
    expect(limit.isOver('192.0.2.2')).toBe(false);
    now = 60_001;
    expect(limit.isOver('192.0.2.1')).toBe(false);
    limit.note('192.0.2.1');
  });

  it('counts a network of IPv6 as one caller', () => {
    const limit = new WrongKeyLimit(1);
    limit.note('2001:db8:0:1::1');
    expect(() => limit.note('2001:db8:0:1::2')).toThrow(expect.objectContaining({ status: 429 }));
  });
});
