import type { SchemaEngine } from '@prisma/schema-engine-wasm';
import { noFilters } from './migrate.js';
import { toMigrationError } from './migration-error.js';
import { readMigrations, readSchema } from './migration-files.js';
import { withEngine } from './schema-engine.js';
import { withScratchDatabase } from './scratch-database.js';

export type SchemaSources = {
  /** A Postgres server on which a database may be created; nothing in the database it names is touched. */
  databaseUrl: string;
  schemaPath: string;
  migrationsDir: string;
};

/**
 * Compares the migrations with the schema.
 *
 * @returns Null when they agree, otherwise the differences for a person to read.
 */
export async function findSchemaDrift(sources: SchemaSources): Promise<string | null> {
  return await compare(sources, false);
}

/**
 * The SQL that takes a database with all migrations to the schema: what the next migration should hold. Read it before
 * committing it: a renamed column, for one, comes out as one dropped and one added.
 *
 * @returns Null when there is nothing to do.
 */
export async function toNextMigration(sources: SchemaSources): Promise<string | null> {
  return await compare(sources, true);
}

async function compare(
  { databaseUrl, schemaPath, migrationsDir }: SchemaSources,
  script: boolean,
): Promise<string | null> {
  try {
    const [migrations, schema] = await Promise.all([readMigrations(migrationsDir), readSchema(schemaPath)]);
    return await withScratchDatabase(databaseUrl, (shadow) =>
      withEngine({ url: shadow, shadow }, (engine) => diff(engine, migrations, schema, script)),
    );
  } catch (error) {
    throw toMigrationError(error);
  }
}

async function diff(
  engine: SchemaEngine,
  migrations: Awaited<ReturnType<typeof readMigrations>>,
  schema: Awaited<ReturnType<typeof readSchema>>,
  script: boolean,
): Promise<string | null> {
  const { exitCode, stdout } = await engine.diff({
    from: { tag: 'migrations', ...migrations },
    to: { tag: 'schemaDatamodel', ...schema },
    script,
    exitCode: true,
    filters: noFilters,
  });
  return exitCode === 0 ? null : (stdout ?? '');
}
