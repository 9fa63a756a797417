import type { Db, Tx } from '../database.js';
import { Prisma } from '../generated/client.js';
import { poolWithin, type Reach } from '../reach/reach.js';

export interface CouponPool {
  id: string;
  name: string;
  calendarId: string | null;
  /** Our ids of the events whose guests get a code. */
  eventIds: string[];
  createdAt: Date;
  counts: {
    codes: number;
    /** Codes nobody has. */
    available: number;
    assigned: number;
    /** Assigned codes whose mail the provider has taken. */
    mailed: number;
    /** Assigned codes of which no mail was asked for. */
    notMailed: number;
    /** People for whom no code was left when their event's guests were last served. */
    waiting: number;
  };
}

export interface NewCouponPool {
  name: string;
  eventIds: readonly string[];
  calendarId: string | null;
}

export type CreateCouponPoolResult =
  | { kind: 'created'; pool: CouponPool }
  | { kind: 'name-taken' }
  | { kind: 'unknown-events'; eventIds: string[] }
  | { kind: 'unknown-calendar' };

/**
 * Makes an empty pool. Names are unique: of several callers with one name, one gets `created` and the others
 * `name-taken`.
 */
export async function createCouponPool(
  tx: Tx,
  { name, eventIds, calendarId }: NewCouponPool,
): Promise<CreateCouponPoolResult> {
  const wanted = [...new Set(eventIds)];
  // Locked until the commit, so that neither can go between this look and the rows that name them.
  const events = await tx.$queryRaw<{ id: string }[]>`
    select id from events where id = any(${wanted}::uuid[]) order by id for key share`;
  if (events.length < wanted.length) {
    const known = new Set(events.map(({ id }) => id));
    return { kind: 'unknown-events', eventIds: wanted.filter((id) => !known.has(id)) };
  }
  if (calendarId !== null) {
    const calendars = await tx.$queryRaw<{ id: string }[]>`
      select id from calendars where id = ${calendarId}::uuid for key share`;
    if (calendars.length === 0) return { kind: 'unknown-calendar' };
  }
  const [row] = await tx.$queryRaw<{ id: string }[]>`
    insert into coupon_pools (name, calendar_id) values (${name}, ${calendarId}::uuid)
    on conflict (name) do nothing
    returning id`;
  if (row === undefined) return { kind: 'name-taken' };
  await tx.couponPoolEvent.createMany({ data: wanted.map((eventId) => ({ poolId: row.id, eventId })) });
  const pool = await findCouponPool(tx, row.id);
  if (pool === null) throw new Error('a pool just inserted was not found');
  return { kind: 'created', pool };
}

export async function findCouponPool(db: Db, poolId: string): Promise<CouponPool | null> {
  const [pool] = await readPools(db, [poolId]);
  return pool ?? null;
}

/** All pools by name. A community has a handful, so there are no pages. */
export function listCouponPools(db: Db, reach: Reach = null): Promise<CouponPool[]> {
  return readPools(db, null, reach);
}

async function readPools(db: Db, ids: string[] | null, reach: Reach = null): Promise<CouponPool[]> {
  const rows = await db.$queryRaw<(Omit<CouponPool, 'counts'> & Omit<CouponPool['counts'], 'available'>)[]>`
    select p.id, p.name, p.calendar_id as "calendarId", p.created_at as "createdAt",
      array(select e.event_id from coupon_pool_events e where e.pool_id = p.id order by e.event_id) as "eventIds",
      (select count(*)::int from coupon_codes c where c.pool_id = p.id) as codes,
      coalesce(given.assigned, 0) as assigned, coalesce(given.mailed, 0) as mailed,
      coalesce(given.not_mailed, 0) as "notMailed",
      (select coalesce(sum(w.people), 0)::int from coupon_waits w where w.pool_id = p.id) as waiting
    from coupon_pools p left join (
      select a.pool_id, count(*)::int as assigned, count(*) filter (where m.state = 'sent')::int as mailed,
        count(*) filter (where m.id is null)::int as not_mailed
      from coupon_assignments a left join messages m on m.assignment_id = a.id
      where ${ids}::uuid[] is null or a.pool_id = any(${ids}::uuid[])
      group by a.pool_id
    ) given on given.pool_id = p.id
    where (${ids}::uuid[] is null or p.id = any(${ids}::uuid[])) and ${poolWithin(reach, Prisma.sql`p.id`)}
    order by p.name`;
  return rows.map(({ codes, assigned, mailed, notMailed, waiting, ...pool }) => ({
    ...pool,
    counts: { codes, available: codes - assigned, assigned, mailed, notMailed, waiting },
  }));
}

export function countPoolsOfEvent(db: Db, eventId: string): Promise<number> {
  return db.couponPoolEvent.count({ where: { eventId } });
}
