import type { Db } from '../database.js';

export interface LowPool {
  id: string;
  name: string;
  codes: number;
  available: number;
  /** People for whom no code was left, and the events they are guests of. */
  waiting: number;
  waitingEvents: string[];
}

/** Of a pool's codes, this part at least is left when it is not low. */
const LOW_PART = 0.1;

/** Coupon pools of events that are not over, with a tenth of their codes left or less. Emptiest first. */
export function findLowPools(db: Db): Promise<LowPool[]> {
  return db.$queryRaw<LowPool[]>`
    select id, name, codes, available, waiting, "waitingEvents" from (
      select p.id, p.name,
        (select count(*)::int from coupon_codes c where c.pool_id = p.id) as codes,
        (select count(*)::int from coupon_codes c where c.pool_id = p.id
          and not exists (select 1 from coupon_assignments a where a.code_id = c.id)) as available,
        (select coalesce(sum(w.people), 0)::int from coupon_waits w where w.pool_id = p.id) as waiting,
        array(select e.title from coupon_waits w join events e on e.id = w.event_id
          where w.pool_id = p.id order by e.starts_at, e.id limit 5) as "waitingEvents"
      from coupon_pools p
      where exists (
        select 1 from coupon_pool_events l join events e on e.id = l.event_id
        where l.pool_id = p.id and e.ends_at > now() and e.approval <> 'cancelled')
    ) pools
    where available <= codes * ${LOW_PART}::float8
    order by available, name`;
}

/** Names of pools that are for no event: guest pulls hand out codes of the pools of their event alone. */
export async function findUnusedPools(db: Db): Promise<string[]> {
  const pools = await db.couponPool.findMany({
    where: { events: { none: {} } },
    select: { name: true },
    orderBy: { name: 'asc' },
  });
  return pools.map(({ name }) => name);
}
