import type { Db } from '../database.js';

/**
 * Names of calendars with a key whose list of events was last read longer ago than `hours`, or never since they were
 * added. Calendars that are paused, or switched off, do not count.
 */
export async function findSilentCalendars(db: Db, hours: number): Promise<string[]> {
  const rows = await db.$queryRaw<{ name: string }[]>`
    select name from calendars
    where api_key_fingerprint is not null and sync_enabled and status <> 'paused'
      and coalesce(last_synced_at, created_at) < now() - ${hours} * interval '1 hour'
    order by name`;
  return rows.map(({ name }) => name);
}
