import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openTestDatabase } from '@luma-sync/testkit';
import { type Database, openDatabase } from '../database.js';
import { createApiKey, ensureBootstrapApiKey, findApiKey, listApiKeys, revokeApiKey } from './api-keys.js';

let db: Database;
beforeAll(async () => {
  db = openDatabase({ url: (await openTestDatabase()).url });
});
afterAll(() => db.$disconnect());

describe('API keys', () => {
  it('opens with the key that was shown once, and not after it was revoked', async () => {
    const { record, key } = await createApiKey(db, { name: 'app', scopes: ['read', 'write'] });
    expect(key).toMatch(/^ls_live_[\w-]{43}$/);
    expect(await findApiKey(db, key)).toMatchObject({ id: record.id, scopes: ['read', 'write'] });
    expect(await findApiKey(db, `${key}x`)).toBeNull();
    expect(await revokeApiKey(db, record.id)).toBe(true);
    expect(await revokeApiKey(db, record.id)).toBe(false);
    expect(await findApiKey(db, key)).toBeNull();
  });

  it('keeps only a hash', async () => {
    const { key } = await createApiKey(db, { name: 'hashed', scopes: ['read'] });
    const rows = await db.$queryRaw<{ text: string }[]>`select to_jsonb(k)::text as text from api_keys k`;
    expect(rows.map(({ text }) => text).join()).not.toContain(key);
  });

  it('the environment has one admin key at a time, and a revoked one stays so', async () => {
    await Promise.all([ensureBootstrapApiKey(db, 'bootstrap-key-one'), ensureBootstrapApiKey(db, 'bootstrap-key-one')]);
    expect(await findApiKey(db, 'bootstrap-key-one')).toMatchObject({ scopes: ['read', 'write', 'admin'] });
    await ensureBootstrapApiKey(db, 'bootstrap-key-two');
    expect(await findApiKey(db, 'bootstrap-key-one')).toBeNull();
    const two = await findApiKey(db, 'bootstrap-key-two');
    await revokeApiKey(db, two?.id ?? '');
    expect(await ensureBootstrapApiKey(db, 'bootstrap-key-two')).toBe(false);
    expect(await findApiKey(db, 'bootstrap-key-two')).toBeNull();
    expect((await listApiKeys(db)).filter(({ name }) => name === 'bootstrap')).toHaveLength(2);
  });

  it('an older process that starts again does not close the key that took the place of its own', async () => {
    expect(await ensureBootstrapApiKey(db, 'bootstrap-key-old')).toBe(true);
    expect(await ensureBootstrapApiKey(db, 'bootstrap-key-new')).toBe(true);
    expect(await ensureBootstrapApiKey(db, 'bootstrap-key-old')).toBe(false);
    expect(await findApiKey(db, 'bootstrap-key-new')).not.toBeNull();
  });
});
