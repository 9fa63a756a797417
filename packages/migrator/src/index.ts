export { findSchemaDrift, type SchemaSources, toNextMigration } from './drift.js';
export { type MigrateOptions, migrate } from './migrate.js';
export { MigrationError } from './migration-error.js';
export { writeNextMigration } from './new-migration.js';
/** @public The scripts load it. */
export { withScratchDatabase } from './scratch-database.js';
