import { SecretError } from './secrets/keyring.js';
import { isStoreUnavailable, isStoreUnmigrated } from './store-error.js';

/**
 * What an operator has to do about a failure of the database or of what is stored in it; null for anything else. Names
 * no value.
 */
export function toStoreWords(error: unknown): string | null {
  if (error instanceof SecretError) return error.message;
  if (isStoreUnmigrated(error)) return 'the database is empty or of another version; run: luma-sync migrate';
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  if (code === 'P1000') return 'Postgres does not accept the user or password of DATABASE_URL';
  if (code === 'P1003') return 'DATABASE_URL names a database that does not exist';
  return isStoreUnavailable(error) ? 'Postgres does not answer at DATABASE_URL' : null;
}
