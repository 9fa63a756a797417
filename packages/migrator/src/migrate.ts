import { toMigrationError } from './migration-error.js';
import { readMigrations } from './migration-files.js';
import { whileLocked } from './migration-lock.js';
import { withEngine } from './schema-engine.js';

/** Everything in the database counts: none of its tables is somebody else's. */
export const noFilters = { externalTables: [], externalEnums: [] };

export type MigrateOptions = {
  /** Of the database itself, not of a pooler in front of it: the lock lives in one session. */
  databaseUrl: string;
  /** Folder with one sub-folder per migration and `migration_lock.toml`. */
  migrationsDir: string;
  /** Gets one line per thing done. Default: silent. */
  log?: (line: string) => void;
};

/**
 * Applies the migrations that the database has not seen yet, in the order of their names, and notes them in
 * `_prisma_migrations` as `prisma migrate deploy` does. Running it again does nothing. Several processes may start it
 * at once: one migrates, the others wait for it.
 *
 * @returns The names of the migrations that this call applied.
 * @throws {MigrationError} No connection, a failing script (what came before it stays applied), or a foreign database.
 */
export async function migrate({
  databaseUrl,
  migrationsDir,
  log = () => {},
}: MigrateOptions): Promise<{ applied: string[] }> {
  try {
    const migrationsList = await readMigrations(migrationsDir);
    return await whileLocked(databaseUrl, log, async () => {
      const { appliedMigrationNames: applied } = await withEngine({ url: databaseUrl }, (engine) =>
        engine.applyMigrations({ migrationsList, filters: noFilters }),
      );
      for (const name of applied) log(`applied ${name}`);
      return { applied };
    });
  } catch (error) {
    throw toMigrationError(error);
  }
}
