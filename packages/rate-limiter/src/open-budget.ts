import { LATE_ARRIVAL_MS } from '@luma-sync/jobs';
import { type BoundedAsk, DATABASE_WITHIN_MS } from './bounded-ask.js';
import type { Budget } from './budget.js';
import { type BudgetMemory, MARK_EVERY_MS } from './budget-memory.js';
import type { BudgetEngine } from './engine.js';

/** Longer than opening a budget takes, with two questions to the database in between. */
const CLAIM_MS = 5_000;

export interface OpeningParts {
  engine: BudgetEngine;
  memory: BudgetMemory | null;
  random: () => number;
  ask: BoundedAsk;
}

/**
 * The claim comes first: only then does what the memory says hold for what this opens. An answer from before could be
 * older than slots that were given, and forgotten, since.
 */
export async function openBudget(
  { engine, memory, random, ask }: OpeningParts,
  account: string,
  budget: Budget,
): Promise<void> {
  const claim = `${random()}`;
  if (!(await ask.answered('claim', engine.claim(account, claim, CLAIM_MS)))) return;
  const { coldMs, stillMs } = await toStart({ memory, ask }, account, budget);
  await ask.answered('open', engine.open(account, coldMs, stillMs, claim));
}

/**
 * What may count at the server although nobody remembers it. After a first loss: up to the capacity, for `coldMs`, so
 * that the headroom is free. After a second one within that time, the headroom may be spent as well: nothing is free
 * until the first is over.
 */
async function toStart(
  { memory, ask }: Pick<OpeningParts, 'memory' | 'ask'>,
  account: string,
  budget: Budget,
): Promise<{ coldMs: number; stillMs: number }> {
  const coldMs = toColdMs(budget);
  if (memory === null) return { coldMs, stillMs: 0 };
  const idleForMs = await ask.answered('idleForMs', memory.idleForMs(account), { withinMs: DATABASE_WITHIN_MS });
  if (idleForMs !== null && idleForMs >= coldMs + MARK_EVERY_MS) return { coldMs: 0, stillMs: 0 };
  const noting = memory.noteForgotten(account);
  const agoMs = (await ask.answered('noteForgotten', noting, { withinMs: DATABASE_WITHIN_MS })) ?? 0;
  return { coldMs, stillMs: Math.ceil(Math.max(0, coldMs - agoMs)) };
}

/** As long as a request that nobody remembers may still be in flight, and one window after it. */
function toColdMs(budget: Budget): number {
  return (
    Math.max(...budget.windows.map((window) => window.windowMs)) + budget.requestTimeoutMaxMs + LATE_ARRIVAL_MS + 1
  );
}
