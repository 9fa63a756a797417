import type { Db } from '../database.js';

/** @returns milliseconds since any process used the key, by Postgres's clock; `Infinity` when none ever did. */
export async function idleForMs(db: Db, account: string): Promise<number> {
  const [row] = await db.$queryRaw<{ idleMs: number }[]>`
    select (extract(epoch from now() - used_at) * 1000)::float8 as "idleMs" from budget_activity where account = ${account}`;
  return row?.idleMs ?? Number.POSITIVE_INFINITY;
}

/** Notes that the key is in use. Two processes at once leave one row. */
export async function markAccountUsed(db: Db, account: string): Promise<void> {
  await db.$executeRaw`
    insert into budget_activity (account, used_at) values (${account}, now())
    on conflict (account) do update set used_at = greatest(budget_activity.used_at, excluded.used_at)`;
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
