import { pathToFileURL } from 'node:url';
import { inRoot } from './paths.mjs';
import { step, UserError } from './steps.mjs';

export const sources = { schemaPath: inRoot('prisma', 'schema.prisma'), migrationsDir: inRoot('prisma', 'migrations') };

/** The migrator as compiled: it can be loaded after `prepare` only. */
export async function loadMigrator() {
  return await import(pathToFileURL(inRoot('packages', 'migrator', 'dist', 'index.js')).href);
}

export async function migrateDatabase(databaseUrl) {
  const { migrate, MigrationError } = await loadMigrator();
  await step('Migrations', async () => {
    try {
      const { applied } = await migrate({ databaseUrl, migrationsDir: sources.migrationsDir });
      return applied.length === 0 ? 'up to date' : `${applied.length} applied`;
    } catch (error) {
      if (error instanceof MigrationError) throw new UserError(error.message, { cause: error });
      throw error;
    }
  });
}
