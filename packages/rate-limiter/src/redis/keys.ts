/**
 * Redis keys of one budget, all under one hash tag so that a cluster keeps them on one node (a script may not reach
 * across nodes).
 *
 * state:    hash; run (id of the Redis process that remembers), clock, seq, stillUntil, coldUntil, claim, claimRun,
 *           claimUntil (who is about to open it), blockedUntil, serverLimit, serverLimitUntil,
 *           book1, book2 (booked lane by rank)
 * tickets:  sorted set `rank:seq:method` by promised turn
 * back0..2: sorted sets of waits sent back to their queue, by the time they come again
 * all, read, write: sorted sets of slots `seq:holdMs` by the time they count until; every slot is in `all` and in its
 *           method's
 */
export function toBudgetKeys(prefix: string, account: string): string[] {
  const base = `${prefix}{budget:${account}}`;
  return ['state', 'tickets', 'back0', 'back1', 'back2', 'all', 'read', 'write'].map((part) => `${base}:${part}`);
}

export const BUDGET_KEY_COUNT = 8;
