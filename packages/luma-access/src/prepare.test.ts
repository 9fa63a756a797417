import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type Database, openKeyring, placeOf, SecretError } from '@luma-sync/store';
import { prepare } from './prepare.js';

const keyring = openKeyring(Buffer.alloc(32, 1).toString('base64'));
const others = openKeyring(Buffer.alloc(32, 2).toString('base64'));

/** A database that holds these calendars and nothing else. */
const holding = (calendars: object[]) => ({ calendar: { findMany: async () => calendars } }) as unknown as Database;

function begin(ensure: () => Promise<void>, db: Database = holding([])) {
  const lines: string[] = [];
  const log = { error: (fields: object, message: string) => void lines.push(`${message} ${JSON.stringify(fields)}`) };
  const stop = new AbortController();
  return { lines, stop, preparation: prepare({ db, keyring, ensure, log, signal: stop.signal }) };
}

describe('prepare', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('goes on until the database is there, and says each reason once, in words', async () => {
    const away = new Error('connect ECONNREFUSED 127.0.0.1:5432');
    const failures = [away, away, away, new SecretError('look at ENCRYPTION_KEY')];
    const { lines, preparation } = begin(async () => {
      const failure = failures.shift();
      if (failure !== undefined) throw failure;
    });
    expect(preparation.isDone()).toBe(false);
    await jest.advanceTimersByTimeAsync(5_000);
    await preparation.finished;
    expect(preparation.isDone()).toBe(true);
    expect(lines).toEqual(['Postgres does not answer at DATABASE_URL {}', 'look at ENCRYPTION_KEY {}']);
  });

  it('ends when the process does, not done', async () => {
    const { stop, preparation } = begin(() => Promise.reject(new Error('ECONNREFUSED')));
    await jest.advanceTimersByTimeAsync(100);
    stop.abort();
    await preparation.finished;
    expect(preparation.isDone()).toBe(false);
  });

  it('names calendars whose secrets it cannot open, and works for the others', async () => {
    const apiKeyCipher = others.encrypt('luma-key', placeOf('locked', 'apiKeyCipher'));
    const calendars = [
      { id: 'locked', name: 'Locked', apiKeyCipher, webhookSecretCipher: null },
      {
        id: 'open',
        name: 'Open',
        apiKeyCipher: keyring.encrypt('luma-key', placeOf('open', 'apiKeyCipher')),
        webhookSecretCipher: null,
      },
    ];
    const { lines, preparation } = begin(async () => {}, holding(calendars));
    await preparation.finished;
    expect(preparation.isDone()).toBe(true);
    expect(lines).toEqual([expect.stringMatching(/ENCRYPTION_KEY does not open.*"locked"/)]);
    expect(lines.join()).not.toContain('"open"');
  });
});
