import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type SchemaSources, toNextMigration } from './drift.js';

/**
 * Writes the next migration's folder, named by the given moment (UTC) and name, as Prisma's command line would.
 *
 * @param name Words of what changes; anything but letters, digits and `_` becomes `_`.
 * @returns Path of the script, or null when schema and migrations agree already.
 */
export async function writeNextMigration(sources: SchemaSources & { name: string; now: Date }): Promise<string | null> {
  const sql = await toNextMigration(sources);
  if (sql === null) return null;
  const stamp = sources.now.toISOString().replace(/\D/g, '').slice(0, 14);
  const dir = join(sources.migrationsDir, `${stamp}_${sources.name.toLowerCase().replace(/\W+/g, '_')}`);
  await mkdir(dir);
  const file = join(dir, 'migration.sql');
  await writeFile(file, sql);
  return file;
}
