import type { Database } from '../database.js';
import { Prisma } from '../generated/client.js';
import { ERASED } from './personal-tables.js';

/** Bodies of one statement: read within seconds, whatever the size of the table. */
const PAGE = 2_000;

/** Deliveries whose body names the person, page by page along the index of those that have a body. */
export async function countNamedDeliveries(db: Database, pattern: string): Promise<number> {
  return scan(
    db,
    (page) => Prisma.sql`select d.id from webhook_deliveries d join ${page} using (id) where d.raw_body ~* ${pattern}`,
  );
}

/**
 * Removes these bodies; one that waited to be applied is not applied any more. What it said of others is seen by the
 * next pull.
 */
export async function eraseNamedDeliveries(db: Database, pattern: string): Promise<number> {
  return scan(
    db,
    (page) => Prisma.sql`
      update webhook_deliveries d set raw_body = null, error = coalesce(d.error, ${ERASED}),
        state = case when d.state = 'pending' then 'ignored' else d.state end
      from ${page} where page.id = d.id and d.raw_body ~* ${pattern} returning d.id`,
  );
}

export function readNamedDeliveries(db: Database, pattern: string): Promise<{ row: unknown }[]> {
  return db.$queryRaw<{ row: unknown }[]>`
    select to_jsonb(d) as row from webhook_deliveries d where d.raw_body is not null and d.raw_body ~* ${pattern}
      order by d.received_at`;
}

interface Place {
  at: Date;
  id: string;
}

async function scan(db: Database, visit: (page: Prisma.Sql) => Prisma.Sql): Promise<number> {
  let count = 0;
  let after: Place = { at: new Date(0), id: '00000000-0000-0000-0000-000000000000' };
  for (;;) {
    const [read] = await db.$queryRaw<{ named: number; at: Date | null; id: string | null }[]>`
      with page as materialized (
        select id, received_at from webhook_deliveries
        where raw_body is not null and (received_at, id) > (${after.at}::timestamptz, ${after.id}::uuid)
        order by received_at, id limit ${PAGE}
      ), named as (${visit(Prisma.sql`page`)})
      select (select count(*)::int from named) as named, last.received_at as at, last.id
      from (select 1) as one left join lateral (select received_at, id from page order by received_at desc, id desc
        limit 1) as last on true`;
    count += read?.named ?? 0;
    if (read === undefined || read.at === null || read.id === null) return count;
    after = { at: read.at, id: read.id };
  }
}
