import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openTestDatabase } from '@luma-sync/testkit';
import { type Database, inTransaction, openDatabase } from '../database.js';
import { checkIdempotency, storeAnswer } from './idempotency.js';

let db: Database;
beforeAll(async () => {
  db = openDatabase({ url: (await openTestDatabase()).url });
});
afterAll(() => db.$disconnect());

const request = (key: string, requestHash = 'hash') => ({
  apiKeyId: '00000000-0000-4000-8000-000000000001',
  key,
  requestHash,
});
const answer = { status: 201, headers: { location: '/v1/x' }, body: { pool: { id: '1' } } };

describe('idempotency keys', () => {
  it('the first request works, later ones get its answer', async () => {
    await inTransaction(db, async (tx) => {
      expect(await checkIdempotency(tx, request('a'))).toEqual({ kind: 'first' });
      await storeAnswer(tx, request('a'), answer);
    });
    expect(await inTransaction(db, (tx) => checkIdempotency(tx, request('a')))).toEqual({ kind: 'answered', answer });
    expect(await inTransaction(db, (tx) => checkIdempotency(tx, request('a', 'other')))).toEqual({ kind: 'mismatch' });
  });

  it('while one works, another with the key is turned away', async () => {
    await inTransaction(db, async (tx) => {
      expect(await checkIdempotency(tx, request('b'))).toEqual({ kind: 'first' });
      expect(await inTransaction(db, (other) => checkIdempotency(other, request('b')))).toEqual({
        kind: 'in-progress',
      });
      expect(await inTransaction(db, (other) => checkIdempotency(other, request('c')))).toEqual({ kind: 'first' });
    });
  });

  it('work that fails leaves the key free', async () => {
    const failing = inTransaction(db, async (tx) => {
      await checkIdempotency(tx, request('d'));
      await storeAnswer(tx, request('d'), answer);
      throw new Error('crash before the commit');
    });
    await expect(failing).rejects.toThrow('crash');
    expect(await inTransaction(db, (tx) => checkIdempotency(tx, request('d')))).toEqual({ kind: 'first' });
  });
});
