import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { MigrationDirectory, MigrationList, SchemasContainer } from '@prisma/schema-engine-wasm';

const lockFileName = 'migration_lock.toml';
const scriptName = 'migration.sql';

/** Reads the migrations the way Prisma's command line does: one folder each, applied in the order of their names. */
export async function readMigrations(migrationsDir: string): Promise<MigrationList> {
  const entries = await readdir(migrationsDir, { withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  return {
    baseDir: migrationsDir,
    lockfile: { path: lockFileName, content: await readFile(join(migrationsDir, lockFileName), 'utf8') },
    shadowDbInitScript: '',
    migrationDirectories: await Promise.all(names.map((name) => readMigration(migrationsDir, name))),
  };
}

async function readMigration(migrationsDir: string, name: string): Promise<MigrationDirectory> {
  const value = await readFile(join(migrationsDir, name, scriptName), 'utf8');
  return { path: name, migrationFile: { path: scriptName, content: { tag: 'ok', value } } };
}

export async function readSchema(schemaPath: string): Promise<SchemasContainer> {
  return { files: [{ path: basename(schemaPath), content: await readFile(schemaPath, 'utf8') }] };
}
