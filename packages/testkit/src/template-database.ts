import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { migrate } from '@luma-sync/migrator';
import pg from 'pg';
import { withDatabase } from './service-urls.js';

export const migrationsDir = fileURLToPath(new URL('../../../prisma/migrations', import.meta.url));
/** Any number that nobody else uses for advisory locks on the server: "test" as four bytes. */
const lockId = 0x74657374;

let ensured: Promise<string> | null = null;

/**
 * The database that test databases are cloned from, made by the first that needs it. Its name holds a hash of the
 * migrations: after a change of them there is a new one.
 */
export function ensureTemplate(serverUrl: string): Promise<string> {
  ensured ??= makeTemplate(serverUrl);
  return ensured;
}

async function makeTemplate(serverUrl: string): Promise<string> {
  const name = `luma_sync_template_${hashMigrations()}`;
  const client = new pg.Client({ connectionString: serverUrl, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    await client.query(`set lock_timeout = '60s'`);
    await client.query('select pg_advisory_lock($1)', [lockId]);
    if (await isReady(client, name)) return name;
    await client.query(`drop database if exists ${name} with (force)`);
    await client.query(`create database ${name} template template0`);
    await migrate({ databaseUrl: withDatabase(serverUrl, name), migrationsDir });
    // The mark of a finished template: one that was left half-way does not have it.
    await client.query(`alter database ${name} is_template true`);
    return name;
  } finally {
    await client.end();
  }
}

async function isReady(client: pg.Client, name: string): Promise<boolean> {
  const { rowCount } = await client.query('select 1 from pg_database where datname = $1 and datistemplate', [name]);
  return rowCount === 1;
}

function hashMigrations(): string {
  const hash = createHash('sha256');
  const scripts = readdirSync(migrationsDir, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.sql'),
  );
  for (const path of scripts.sort()) hash.update(path).update(readFileSync(join(migrationsDir, path)));
  return hash.digest('hex').slice(0, 12);
}
