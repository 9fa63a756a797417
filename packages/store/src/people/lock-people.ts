import type { Db } from '../database.js';

/**
 * Holds what people are known by (addresses, the app's ids) until the caller's transaction ends, so that two who write
 * the same person take turns. Without it the second meets a unique key, and Postgres writes the address into its log
 * (`Key (email)=(...) already exists`).
 *
 * Call it before the look that decides what is written.
 */
export async function lockPeople(tx: Db, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  // In one order, so that two callers with several keys do not wait for each other.
  const ordered = [...new Set(keys)].sort();
  await tx.$executeRaw`
    select pg_advisory_xact_lock(hashtextextended('person ' || key, 0))
    from unnest(${ordered}::text[]) with ordinality as k(key, place) order by place`;
}
