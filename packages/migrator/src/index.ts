export { findSchemaDrift, type SchemaSources, toNextMigration } from './drift.js';
export { type MigrateOptions, migrate } from './migrate.js';
export { MigrationError } from './migration-error.js';
export { writeNextMigration } from './new-migration.js';
export { withScratchDatabase } from './scratch-database.js';
