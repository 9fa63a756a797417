import { describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { getDatabaseUrl, openTestDatabase, type TestDatabase, waitFor } from './index.js';

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

const exists = async ({ name }: TestDatabase): Promise<boolean> =>
  (await query(getDatabaseUrl(), `select 1 from pg_database where datname = '${name}'`)).length === 1;

describe('openTestDatabase', () => {
  it('gives each caller a migrated database of its own', async () => {
    const [first, second] = await Promise.all([openTestDatabase(), openTestDatabase()]);
    await query(first.url, `insert into organizations (slug, name) values ('one', 'One')`);
    expect(await query(first.url, 'select slug from organizations')).toEqual([{ slug: 'one' }]);
    expect(await query(second.url, 'select slug from organizations')).toEqual([]);
  });

  it('drops the database even while somebody is connected to it', async () => {
    const database = await openTestDatabase();
    const session = new pg.Client({ connectionString: database.url });
    const ended = new Promise((resolve) => session.on('error', resolve));
    await session.connect();
    await database.close();
    await ended;
    await waitFor(async () => !(await exists(database)), { what: 'the database to be gone' });
  });
});

describe('getDatabaseUrl', () => {
  it('says in one line what to do when there is no database', () => {
    const url = process.env.DATABASE_URL;
    delete process.env.DATABASE_URL;
    try {
      expect(getDatabaseUrl).toThrow(/^DATABASE_URL is missing: run `npm test`.*$/);
    } finally {
      process.env.DATABASE_URL = url;
    }
  });
});
