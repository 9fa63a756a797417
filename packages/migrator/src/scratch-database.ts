import { randomBytes } from 'node:crypto';
import pg from 'pg';

/**
 * Runs `work` with the URL of an empty database on the same server and drops it afterwards.
 *
 * @throws What Postgres says when the user may not create databases (code `42501`).
 */
export async function withScratchDatabase<T>(serverUrl: string, work: (url: string) => Promise<T>): Promise<T> {
  const name = `luma_sync_scratch_${randomBytes(6).toString('hex')}`;
  const client = new pg.Client({ connectionString: serverUrl, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    await client.query(`create database ${name} template template0`);
    const url = new URL(serverUrl);
    url.pathname = `/${name}`;
    return await work(url.href);
  } finally {
    await client.query(`drop database if exists ${name} with (force)`);
    await client.end();
  }
}
