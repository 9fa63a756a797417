import type { Database } from '@luma-sync/store';

/** What a command is given; a test passes its own. */
export interface CliContext {
  env: NodeJS.ProcessEnv;
  print(line: string): void;
}

/** Ends the command with exit code 1 and this one line. */
export class CliError extends Error {
  override name = 'CliError';
}

/** Opens the database for one command and closes it whatever happens. @throws {ConfigError} without DATABASE_URL */
export async function withDatabase<T>({ env }: CliContext, work: (db: Database) => Promise<T>): Promise<T> {
  const { environment, parseConfig } = await import('@luma-sync/runtime/config');
  const { openDatabase } = await import('@luma-sync/store');
  const { DATABASE_URL: url } = parseConfig(environment.pick({ DATABASE_URL: true }), env);
  const db = openDatabase({ url, poolMax: 2, applicationName: 'luma-sync-cli' });
  try {
    return await work(db);
  } finally {
    await db.$disconnect();
  }
}
