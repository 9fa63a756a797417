import type { Db } from '../database.js';

export interface PostgresDisk {
  /** Of the server's machine; null where the user may not see it. */
  dataDirectory: string | null;
  /** All databases of the server and its write-ahead log, as far as it may be seen. */
  usedBytes: number;
}

export async function measurePostgresDisk(db: Db): Promise<PostgresDisk> {
  const [row] = await db.$queryRaw<{ isAllowed: boolean; usedBytes: number }[]>`
    select pg_has_role(current_user, 'pg_read_all_settings', 'member') as "isAllowed",
      (select sum(pg_database_size(oid)) from pg_database where has_database_privilege(oid, 'connect'))::float8 as
        "usedBytes"`;
  const usedBytes = row?.usedBytes ?? 0;
  if (row?.isAllowed !== true) return { dataDirectory: null, usedBytes };
  const [setting] = await db.$queryRaw<{ directory: string | null }[]>`
    select current_setting('data_directory', true) as directory`;
  return { dataDirectory: setting?.directory ?? null, usedBytes };
}

export interface NewestSlots {
  /** When this database was first made ready; a slot from before then was never due. */
  since: Date | null;
  newest: Map<string, Date>;
}

/** The newest slot of each schedule that was fired, or marked as missed. */
export async function findNewestSlots(db: Db): Promise<NewestSlots> {
  const rows = await db.$queryRaw<{ name: string; slot: Date }[]>`
    select name, max(slot) as slot from schedule_slots group by name`;
  const [first] = await db.$queryRaw<{ since: Date | null }[]>`
    select min(finished_at) as since from _prisma_migrations`;
  return { since: first?.since ?? null, newest: new Map(rows.map(({ name, slot }) => [name, slot])) };
}
