import { InterruptedError, LATE_ARRIVAL_MS, RetryAfterError, SLOT_WAIT_MS } from '@luma-sync/jobs';
import { type Budget, type BudgetSource, findBudgetProblems } from './budget.js';
import { type BudgetMemory, MARK_EVERY_MS } from './budget-memory.js';
import { PRIORITIES, RANK } from './core/constants.js';
import type { BudgetEngine, TakeAnswer, TakeCall } from './engine.js';
import type { LocalClock, Mark } from './local-clock.js';
import type { Acquired, AcquireRequest, BudgetUsage, RateLimiter } from './rate-limiter.js';
import { createSlot } from './slot.js';

export interface LimiterParts {
  engine: BudgetEngine;
  budgets: BudgetSource;
  memory: BudgetMemory | null;
  clock: LocalClock;
  /** From 0 up to 1. */
  random: () => number;
  /** An engine that has not answered by then counts as unreachable. */
  answerWithinMs: number;
}

/** Waits inside `acquire` by default: a longer one gives the worker's place back. */
const MAX_WAIT_MS = 2_000;
/** Figures and the memory of use come from a database: not as fast as the engine, and asked for rarely. */
const DATABASE_WITHIN_MS = 2_000;
/** Longer than opening a budget takes, with two questions to the database in between. */
const CLAIM_MS = 5_000;
/** How soon to ask again while another process opens the budget, and how often to ask at all. */
const OPENING_MS = 200;
const OPENING_ROUNDS_MAX = 6;
/** After an unreachable Redis; plus as much again at random. */
const UNAVAILABLE_WAIT_MS = 1_000;
/** Added at random to the end of a lock-out, at most: the first requests after it should not come as one crowd. */
const BLOCKED_JITTER_MS = 1_000;

/** The part both limiters share: short waits, the two calls, what to do when the engine forgot or does not answer. */
export function createLimiter(parts: LimiterParts): RateLimiter {
  const { engine, clock, memory } = parts;
  const markedAt = new Map<string, Mark>();
  const accounts = new Set<string>();

  async function acquire(request: AcquireRequest): Promise<Acquired> {
    const budget = await readBudget(request.account);
    const call = toTakeCall(request, budget);
    accounts.add(request.account);
    const first = await takeKnown(call, budget, request.signal);
    if (first.answer.kind !== 'turn') return conclude(first, request, budget);
    // Now, not at the turn: a mark from before a slot is given needs no second look.
    await markUsed(request.account);
    request.onWait?.({ reason: first.answer.reason, forMs: first.answer.inMs });
    await clock.sleep(first.answer.inMs, request.signal);
    return conclude(await takeKnown({ ...call, ticket: first.answer.ticket }, budget, request.signal), request, budget);
  }

  /** One `take`; when the engine remembers nothing, it is opened first, by one of those who ask. */
  async function takeKnown(call: TakeCall, budget: Budget, signal: AbortSignal | undefined): Promise<Taken> {
    for (let round = 1; ; round++) {
      if (signal?.aborted) throw new InterruptedError('interrupted while waiting for a slot');
      const askedAt = clock.mark();
      const answer = await answered('take', engine.take(call), {
        // Nobody waits for this one any more: give it back instead of letting it age.
        onLate: (late) => {
          if (late.kind === 'granted') void engine.release(call.account, late.slotId).catch(() => undefined);
        },
      });
      if (answer.kind !== 'unknown' && answer.kind !== 'opening') return { answer, askedAt };
      // Redis loses its memory again and again, or who wanted to open the budget is slow.
      if (round === OPENING_ROUNDS_MAX) throw unavailable('nobody remembers the budget, and opening it takes long');
      if (answer.kind === 'unknown') await openBudget(call.account, budget);
      else await clock.sleep(OPENING_MS, signal);
    }
  }

  /**
   * The claim comes first: only then does what the memory says hold for what this opens. An answer from before could be
   * older than slots that were given, and forgotten, since.
   */
  async function openBudget(account: string, budget: Budget): Promise<void> {
    const claim = `${parts.random()}`;
    if (!(await answered('claim', engine.claim(account, claim, CLAIM_MS)))) return;
    const { coldMs, stillMs } = await toStart(account, budget);
    await answered('open', engine.open(account, coldMs, stillMs, claim));
  }

  /**
   * What may count at the server although nobody remembers it. After a first loss: up to the capacity, for `coldMs`, so
   * that the headroom is free. After a second one within that time, the headroom may be spent as well: nothing is free
   * until the first is over.
   */
  async function toStart(account: string, budget: Budget): Promise<{ coldMs: number; stillMs: number }> {
    const coldMs = toColdMs(budget);
    if (memory === null) return { coldMs, stillMs: 0 };
    const idleForMs = await answered('idleForMs', memory.idleForMs(account), { withinMs: DATABASE_WITHIN_MS });
    if (idleForMs !== null && idleForMs >= coldMs + MARK_EVERY_MS) return { coldMs: 0, stillMs: 0 };
    const noting = memory.noteForgotten(account);
    const agoMs = (await answered('noteForgotten', noting, { withinMs: DATABASE_WITHIN_MS })) ?? 0;
    return { coldMs, stillMs: Math.ceil(Math.max(0, coldMs - agoMs)) };
  }

  async function conclude({ answer, askedAt }: Taken, request: AcquireRequest, budget: Budget): Promise<Acquired> {
    if (answer.kind === 'denied') {
      const jitterMs = answer.reason === 'blocked' ? Math.floor(parts.random() * BLOCKED_JITTER_MS) : 0;
      return { granted: false, retryAfterMs: answer.retryAfterMs + jitterMs, reason: answer.reason };
    }
    if (answer.kind !== 'granted') throw unavailable(`a second answer of kind ${answer.kind}`);
    const slot = createSlot({
      id: answer.slotId,
      account: request.account,
      window: budget.windows[0],
      engine,
      answered,
      // Measured from before the question was asked: the engine's own start is later, so this ends too early, never too
      // late.
      remainingMs: () => answer.startInMs + request.requestTimeoutMs - clock.elapsedMs(askedAt),
    });
    try {
      const isNews = await markUsed(request.account);
      // Had Redis forgotten the slot before the mark was written, the next to open the budget would take the key for
      // idle.
      if (isNews && !(await answered('holds', engine.holds(request.account, slot.id)))) {
        throw unavailable('the slot was forgotten before its use was noted');
      }
      if (answer.startInMs > 0) await clock.sleep(answer.startInMs, request.signal);
      if (request.signal?.aborted) throw new InterruptedError('interrupted while waiting for a slot');
    } catch (error) {
      await slot.release();
      throw error;
    }
    return { granted: true, slot };
  }

  /** @returns whether a mark was written just now. */
  async function markUsed(account: string): Promise<boolean> {
    if (memory === null) return false;
    const last = markedAt.get(account);
    if (last !== undefined && clock.elapsedMs(last) < MARK_EVERY_MS) return false;
    const mark = clock.mark();
    await answered('markUsed', memory.markUsed(account), { withinMs: DATABASE_WITHIN_MS });
    markedAt.set(account, mark);
    return true;
  }

  /** Bounds every question in time and turns every failure into the one error a worker can wait on. */
  async function answered<T>(
    what: string,
    asked: Promise<T>,
    { withinMs = parts.answerWithinMs, onLate }: { withinMs?: number; onLate?: (late: T) => void } = {},
  ): Promise<T> {
    const ended = new AbortController();
    const TOO_LATE = Symbol('too late');
    try {
      const timeout = clock.sleep(withinMs, ended.signal).then(
        (): typeof TOO_LATE => TOO_LATE,
        (): typeof TOO_LATE => TOO_LATE,
      );
      const first = await Promise.race([asked, timeout]);
      if (first !== TOO_LATE) return first;
    } catch (error) {
      throw unavailable(`${what} failed`, error);
    } finally {
      ended.abort();
    }
    asked.then(onLate, () => undefined);
    throw unavailable(`${what} was not answered within ${withinMs} ms`);
  }

  /** Read anew each time: figures may change while running. */
  async function readBudget(account: string): Promise<Budget> {
    if (!ACCOUNT_PATTERN.test(account)) {
      throw new RangeError('an account is named by its fingerprint: letters, digits and . _ : - only');
    }
    const read = async (): Promise<Budget> => parts.budgets.read(account);
    const budget = await answered('budgets.read', read(), { withinMs: DATABASE_WITHIN_MS });
    const problems = findBudgetProblems(budget);
    if (problems.length > 0) throw new RangeError(`budget of ${account}: ${problems.join('; ')}`);
    return budget;
  }

  function unavailable(why: string, cause?: unknown): RetryAfterError {
    const waitMs = Math.round(UNAVAILABLE_WAIT_MS * (1 + parts.random()));
    return new RetryAfterError('limiter.unavailable', `no slot: ${why}`, { waitMs, cause });
  }

  return {
    acquire,
    block: async (account, forMs) => {
      if (!Number.isFinite(forMs) || forMs < 0) throw new RangeError(`a block of ${forMs} ms makes no sense`);
      await answered('block', engine.block(account, Math.ceil(forMs)));
    },
    accounts: () => [...accounts],
    usage: async (account) => {
      const budget = await readBudget(account);
      return toUsage(budget, await answered('inspect', engine.inspect(account, budget.windows)));
    },
  };
}

interface Taken {
  answer: Exclude<TakeAnswer, { kind: 'unknown' | 'opening' }>;
  askedAt: Mark;
}

/** As long as a request that nobody remembers may still be under way, and one window after it. */
function toColdMs(budget: Budget): number {
  return (
    Math.max(...budget.windows.map((window) => window.windowMs)) + budget.requestTimeoutMaxMs + LATE_ARRIVAL_MS + 1
  );
}

function toTakeCall(request: AcquireRequest, budget: Budget): TakeCall {
  const { requestTimeoutMs, maxWaitMs = MAX_WAIT_MS } = request;
  if (!(requestTimeoutMs > 0 && requestTimeoutMs <= budget.requestTimeoutMaxMs)) {
    throw new RangeError(
      `requestTimeoutMs must be above 0 and at most ${budget.requestTimeoutMaxMs}: ${requestTimeoutMs}`,
    );
  }
  if (!(maxWaitMs >= 0 && maxWaitMs <= SLOT_WAIT_MS))
    throw new RangeError(`maxWaitMs must be from 0 to 60,000: ${maxWaitMs}`);
  return {
    account: request.account,
    windows: budget.windows,
    method: request.method,
    rank: RANK[request.priority],
    holdMs: Math.ceil(requestTimeoutMs) + LATE_ARRIVAL_MS,
    maxWaitMs: Math.floor(maxWaitMs),
    ticket: null,
  };
}

/**
 * Accounts become part of keys: a fingerprint, and never by mistake the key itself (Luma's keys are reported to begin
 * so).
 */
const ACCOUNT_PATTERN = /^(?!secret-)[A-Za-z0-9._:-]{1,128}$/;

function toUsage(budget: Budget, facts: Awaited<ReturnType<BudgetEngine['inspect']>>): BudgetUsage {
  const [interactive = 0, sync = 0, bulk = 0] = PRIORITIES.map((priority) => facts.waiting[RANK[priority]] ?? 0);
  return {
    windows: budget.windows.map((window, index) => ({
      limit: window.limit,
      windowMs: window.windowMs,
      methods: window.methods,
      ...(facts.windows[index] ?? { capacity: 0, spent: 0, inFlight: 0 }),
    })),
    waiting: { interactive, sync, bulk },
    blockedForMs: facts.blockedForMs,
    coldForMs: facts.coldForMs,
    isKnown: facts.isKnown,
  };
}
