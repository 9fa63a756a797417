import { readdir } from 'node:fs/promises';
import type { Database } from '@luma-sync/store';
import { type Finding, ok, wrong } from './finding.js';

/** The oldest version we try. */
const VERSION_MIN = 150_000;

/**
 * Postgres, its version and the migrations. The database is ready for other checks when none of the findings is wrong.
 */
export async function checkPostgres(db: Database, migrationsDir: string): Promise<Finding[]> {
  let version: number;
  try {
    const [row] = await db.$queryRaw<
      { version: number }[]
    >`select current_setting('server_version_num')::int as version`;
    version = row?.version ?? 0;
  } catch {
    return [wrong('Postgres', 'no answer at DATABASE_URL; does it run, and are address, user and password right?')];
  }
  const major = Math.floor(version / 10_000);
  const server =
    version >= VERSION_MIN
      ? ok(`Postgres ${major}`)
      : wrong(`Postgres ${major}`, 'is too old; version 15 or newer is needed');
  return [server, await checkMigrations(db, migrationsDir)];
}

async function checkMigrations(db: Database, migrationsDir: string): Promise<Finding> {
  const entries = await readdir(migrationsDir, { withFileTypes: true });
  const wanted = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  let applied: Set<string>;
  try {
    const rows = await db.$queryRaw<{ name: string }[]>`
      select migration_name as name from _prisma_migrations where finished_at is not null and rolled_back_at is null`;
    applied = new Set(rows.map(({ name }) => name));
  } catch {
    return wrong('Migrations', 'the database is empty; run: luma-sync migrate');
  }
  const missing = wanted.filter((name) => !applied.has(name));
  if (missing.length > 0) return wrong('Migrations', `${missing.length} are missing; run: luma-sync migrate`);
  return ok('Migrations', `all ${wanted.length} applied`);
}
