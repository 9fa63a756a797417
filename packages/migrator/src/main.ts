import { fileURLToPath } from 'node:url';
import { migrate } from './migrate.js';
import { MigrationError } from './migration-error.js';

/*
 * A process that brings the database in DATABASE_URL up to date and ends: what a deployment runs before its other
 * processes. Exit code 0 when the database is up to date, 1 with one line on what is wrong otherwise.
 */

const migrationsDir = fileURLToPath(new URL('../../../prisma/migrations', import.meta.url));

// A full disk or a reader that is gone must not stop a migration that has begun.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

function print(stream: NodeJS.WriteStream, line: string): void {
  stream.write(`${line}\n`);
}

async function main(): Promise<number> {
  const databaseUrl = process.env.DATABASE_URL?.trim() ?? '';
  if (databaseUrl === '') {
    print(process.stderr, 'migrate: DATABASE_URL is missing: the address of the Postgres database to migrate');
    return 1;
  }
  try {
    const { applied } = await migrate({
      databaseUrl,
      migrationsDir,
      log: (line) => print(process.stdout, `migrate: ${line}`),
    });
    if (applied.length === 0) print(process.stdout, 'migrate: up to date');
    return 0;
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error;
    print(process.stderr, `migrate: ${error.message}`);
    return 1;
  }
}

process.exitCode = await main();
