import { type Database, type Db, inTransaction } from '../database.js';

/** @returns milliseconds since any process used the key, by Postgres's clock; `Infinity` when none ever did. */
export async function idleForMs(db: Db, account: string): Promise<number> {
  const [row] = await db.$queryRaw<{ idleMs: number }[]>`
    select (extract(epoch from now() - used_at) * 1000)::float8 as "idleMs" from budget_activity
      where account = ${account}`;
  return row?.idleMs ?? Number.POSITIVE_INFINITY;
}

/** Notes that the key is in use. Two processes at once leave one row. */
export async function markAccountUsed(db: Db, account: string): Promise<void> {
  await db.$executeRaw`
    insert into budget_activity (account, used_at) values (${account}, now())
    on conflict (account) do update set used_at = greatest(budget_activity.used_at, excluded.used_at)`;
}

/**
 * Notes that Redis forgot what the key had spent.
 * @returns milliseconds since that was noted last, by Postgres's clock; `Infinity` when it never was. Of two at once
 *   one sees the other.
 */
export async function noteBudgetForgotten(db: Database, account: string): Promise<number> {
  await db.$executeRaw`
    insert into budget_activity (account, used_at) values (${account}, clock_timestamp()) on conflict (account) do
      nothing`;
  return inTransaction(db, async (tx) => {
    const [row] = await tx.$queryRaw<{ agoMs: number | null }[]>`
      select (extract(epoch from clock_timestamp() - forgotten_at) * 1000)::float8 as "agoMs"
      from budget_activity where account = ${account} for update`;
    await tx.$executeRaw`update budget_activity set forgotten_at = clock_timestamp() where account = ${account}`;
    return row?.agoMs == null ? Number.POSITIVE_INFINITY : Math.max(0, row.agoMs);
  });
}

/** Figures an operator set for calendars with this key; the smallest counts when several share it. */
export async function findBudgetOverride(db: Db, account: string): Promise<{ limit: number; windowMs: number } | null> {
  const rows = await db.calendar.findMany({
    where: { apiKeyFingerprint: account, budgetLimit: { not: null } },
    select: { budgetLimit: true, budgetWindowMs: true },
    orderBy: { budgetLimit: 'asc' },
    take: 1,
  });
  const [row] = rows;
  return row?.budgetLimit == null ? null : { limit: row.budgetLimit, windowMs: row.budgetWindowMs ?? 60_000 };
}
