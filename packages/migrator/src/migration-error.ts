/** A migration that cannot be applied, or a database that cannot be reached. The message says what to do. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';

  constructor(
    message: string,
    /**
     * `P3009` and the like, as listed at https://www.prisma.io/docs/orm/reference/error-reference, or Postgres's own
     * code.
     */
    readonly code: string | null,
    cause: unknown,
  ) {
    super(message, { cause });
  }
}

/** Where the engine's report ends and its own call stack begins. */
const engineStack = /\n {1,40}(?:\d{1,9}: |at )/;
const engineTitle = 'external connector error';

const advice: Record<string, string> = {
  '42501': 'the database user lacks a right; comparing schema and migrations takes one that may create databases',
  P3005: 'the database already holds tables that are not luma-sync’s: give luma-sync a database of its own',
  P3009:
    'an earlier migration failed half-way; see the row without finished_at in "_prisma_migrations", repair what ' +
    'it left, then `prisma migrate resolve`',
};

export function toMigrationError(error: unknown): MigrationError {
  if (error instanceof MigrationError) return error;
  const report = error instanceof Error ? error.message : String(error);
  const words = report.split(engineStack)[0]?.replace(engineTitle, '').trim() ?? '';
  const failed = report.match(/migration_name="([^"]+)"/)?.[1];
  if (failed !== undefined) return new MigrationError(`migration ${failed} failed: ${words}`, 'P3018', error);
  const code = codeOf(error);
  const hint = code === null ? undefined : advice[code];
  return new MigrationError([hint, words || code].filter(Boolean).join(': '), code, error);
}

function codeOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}
