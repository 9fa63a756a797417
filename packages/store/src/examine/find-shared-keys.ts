import type { Db } from '../database.js';

/** Names of calendars that hold the same Luma key, in groups: each does all work a second time. */
export async function findSharedKeys(db: Db): Promise<string[][]> {
  const rows = await db.$queryRaw<{ names: string[] }[]>`
    select array_agg(name order by name) as names from calendars
    where api_key_fingerprint is not null group by api_key_fingerprint having count(*) > 1 order by 1`;
  return rows.map(({ names }) => names);
}

/** Accounts that calendars spend from. */
export async function listKeyFingerprints(db: Db): Promise<{ fingerprint: string; names: string[] }[]> {
  return db.$queryRaw<{ fingerprint: string; names: string[] }[]>`
    select api_key_fingerprint as fingerprint, array_agg(name order by name) as names from calendars
    where api_key_fingerprint is not null group by api_key_fingerprint order by 2`;
}
