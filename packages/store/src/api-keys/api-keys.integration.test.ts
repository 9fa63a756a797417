import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openTestDatabase } from '@luma-sync/testkit';
import { retryingTransaction } from '../contention.js';
import { type Database, openDatabase } from '../database.js';
import {
  createApiKey,
  ensureBootstrapApiKey,
  findApiKey,
  listApiKeys,
  type NewApiKey,
  revokeApiKey,
} from './api-keys.js';
import { toApiKeyForm } from './key-format.js';

let db: Database;
beforeAll(async () => {
  db = openDatabase({ url: (await openTestDatabase()).url });
});
afterAll(() => db.$disconnect());

async function make(input: NewApiKey) {
  const made = await createApiKey(db, input);
  if (made.kind !== 'created') throw new Error(made.kind);
  return made;
}

describe('API keys', () => {
  it('opens with the key that was shown once, and not after it was revoked', async () => {
    const { record, key } = await make({ name: 'app', scopes: ['read', 'write'] });
    expect(toApiKeyForm(key)).toBe('made');
    expect(await findApiKey(db, key)).toMatchObject({ id: record.id, scopes: ['read', 'write'] });
    expect(await findApiKey(db, `${key}x`)).toBeNull();
    expect(await revokeApiKey(db, record.id)).toMatchObject({ id: record.id });
    expect(await revokeApiKey(db, record.id)).toBeNull();
    expect(await findApiKey(db, key)).toBeNull();
  });

  it('keeps only a hash', async () => {
    const { key } = await make({ name: 'hashed', scopes: ['read'] });
    const rows = await db.$queryRaw<{ text: string }[]>`select to_jsonb(k)::text as text from api_keys k`;
    expect(rows.map(({ text }) => text).join()).not.toContain(key);
  });

  it('cannot have a name under which luma-sync itself acts', async () => {
    for (const name of ['bootstrap', 'luma-sync', 'Bootstrap', 'ｌｕｍａ', 'operator', 'schedule', 'webhook'])
      expect([name, (await createApiKey(db, { name, scopes: ['read'] })).kind]).toEqual([name, 'reserved-name']);
    for (const name of ['', ' app', 'a\u202eb', 'a\nb', 'x'.repeat(61)])
      expect([name, (await createApiKey(db, { name, scopes: ['read'] })).kind]).toEqual([name, 'malformed-name']);
  });

  it('is bound to calendars that exist', async () => {
    const calendarIds = [crypto.randomUUID()];
    expect((await createApiKey(db, { name: 'bound', scopes: ['read'], calendarIds })).kind).toBe('unknown-calendar');
  });

  it('the environment has one admin key at a time, and a revoked one stays so', async () => {
    await Promise.all([
      retryingTransaction(db, (tx) => ensureBootstrapApiKey(tx, 'bootstrap-key-one')),
      retryingTransaction(db, (tx) => ensureBootstrapApiKey(tx, 'bootstrap-key-one')),
    ]);
    expect(await findApiKey(db, 'bootstrap-key-one')).toMatchObject({ scopes: ['admin'] });
    await retryingTransaction(db, (tx) => ensureBootstrapApiKey(tx, 'bootstrap-key-two'));
    expect(await findApiKey(db, 'bootstrap-key-one')).toBeNull();
    const two = await findApiKey(db, 'bootstrap-key-two');
    await revokeApiKey(db, two?.id ?? '');
    expect((await retryingTransaction(db, (tx) => ensureBootstrapApiKey(tx, 'bootstrap-key-two'))).isValid).toBe(false);
    expect(await findApiKey(db, 'bootstrap-key-two')).toBeNull();
    expect((await listApiKeys(db)).filter(({ name }) => name === 'bootstrap')).toHaveLength(2);
  });

  it('an older process that starts again does not close the key that took the place of its own', async () => {
    expect((await retryingTransaction(db, (tx) => ensureBootstrapApiKey(tx, 'bootstrap-key-old'))).isValid).toBe(true);
    expect((await retryingTransaction(db, (tx) => ensureBootstrapApiKey(tx, 'bootstrap-key-new'))).isValid).toBe(true);
    expect((await retryingTransaction(db, (tx) => ensureBootstrapApiKey(tx, 'bootstrap-key-old'))).isValid).toBe(false);
    expect(await findApiKey(db, 'bootstrap-key-new')).not.toBeNull();
  });
});
