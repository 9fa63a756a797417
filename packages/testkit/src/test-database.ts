import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { atEnd } from './at-end.js';
import { getDatabaseUrl, withDatabase } from './service-urls.js';
import { ensureTemplate } from './template-database.js';

export type TestDatabase = {
  name: string;
  url: string;
  /** Ends every session of the database and drops it. Happens by itself at the end of the file. */
  close(): Promise<void>;
};

/**
 * A fresh database with all migrations applied, cloned from a template. With `KEEP_TEST_DB=1` it stays, and its name is
 * printed.
 */
export async function openTestDatabase(): Promise<TestDatabase> {
  const serverUrl = getDatabaseUrl();
  const template = await ensureTemplate(serverUrl);
  const name = `luma_sync_test_${randomBytes(6).toString('hex')}`;
  await runOnServer(serverUrl, `create database ${name} template ${template}`);
  return { name, url: withDatabase(serverUrl, name), close: atEnd(() => dispose(serverUrl, name)) };
}

async function dispose(serverUrl: string, name: string): Promise<void> {
  if (process.env.KEEP_TEST_DB === '1') {
    process.stderr.write(`kept the test database ${name}\n`);
    return;
  }
  await runOnServer(serverUrl, `drop database if exists ${name} with (force)`);
}

async function runOnServer(serverUrl: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
