import { relative } from 'node:path';
import { prepare } from '../build.mjs';
import { loadMigrator, migrateDatabase, sources } from '../database.mjs';
import { root } from '../paths.mjs';
import { providePostgres } from '../postgres.mjs';
import { say, step, UserError } from '../steps.mjs';
import { withRun } from '../with-run.mjs';

/** Brings the database in DATABASE_URL up to date. */
export function migrate() {
  return withRun('migrate', async (run) => {
    if (!process.env.DATABASE_URL)
      throw new UserError('DATABASE_URL is missing: the address of the Postgres database to migrate');
    await prepare(run);
    await migrateDatabase(process.env.DATABASE_URL);
    return 0;
  });
}

/** Writes the migration that takes the present ones to prisma/schema.prisma. */
export function newMigration([name, ...others]) {
  return withRun('migration:new', async (run) => {
    if (name === undefined || others.length > 0)
      throw new UserError('name the migration: npm run migration:new -- add_coupon_pools');
    await prepare(run);
    const { writeNextMigration } = await loadMigrator();
    const postgres = await providePostgres(run);
    let file = null;
    await step('Next migration', async () => {
      file = await writeNextMigration({ ...sources, databaseUrl: postgres.url, name, now: new Date() });
      return file === null ? 'nothing to do: schema and migrations agree' : relative(root, file);
    });
    if (file !== null)
      say('\nRead it before committing it: a renamed column, for one, comes out as one dropped and one added.');
    return 0;
  });
}
