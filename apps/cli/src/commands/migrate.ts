import { migrate as applyMigrations } from '@luma-sync/migrator';
import { environment, parseConfig } from '@luma-sync/runtime/config';
import type { Command } from 'commander';
import type { CliContext } from '../cli-context.js';
import { MIGRATIONS_DIR } from '../migrations-dir.js';

export function addMigrate(program: Command, { env, print }: CliContext): void {
  program
    .command('migrate')
    .description('bring the database up to date; doing it again does nothing')
    .action(async () => {
      const { DATABASE_URL: databaseUrl } = parseConfig(environment.pick({ DATABASE_URL: true }), env);
      const { applied } = await applyMigrations({ databaseUrl, migrationsDir: MIGRATIONS_DIR, log: print });
      print(applied.length === 0 ? 'The database is up to date.' : `Applied ${applied.length} migrations.`);
    });
}
