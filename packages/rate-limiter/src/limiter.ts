import { InterruptedError, LATE_ARRIVAL_MS, SLOT_WAIT_MS } from '@luma-sync/jobs';
import { type BoundedAsk, createBoundedAsk, DATABASE_WITHIN_MS } from './bounded-ask.js';
import { type Budget, type BudgetSource, findBudgetProblems } from './budget.js';
import { type BudgetMemory, MARK_EVERY_MS } from './budget-memory.js';
import { PRIORITIES, RANK } from './core/constants.js';
import type { BudgetEngine, TakeAnswer, TakeCall } from './engine.js';
import type { LocalClock, Mark } from './local-clock.js';
import { openBudget } from './open-budget.js';
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
/** How soon to ask again while another process opens the budget, and how often to ask at all. */
const OPENING_MS = 200;
const OPENING_ROUNDS_MAX = 6;
/** Added at random to the end of a lock-out, at most: the first requests after it should not come as one crowd. */
const BLOCKED_JITTER_MS = 1_000;

/** The part both limiters share: short waits, the two calls, what to do when the engine forgot or does not answer. */
export const createLimiter = (parts: LimiterParts): RateLimiter => new Limiter(parts);

class Limiter implements RateLimiter {
  readonly #parts: LimiterParts;
  readonly #ask: BoundedAsk;
  readonly #markedAt = new Map<string, Mark>();
  readonly #accounts = new Set<string>();

  constructor(parts: LimiterParts) {
    this.#parts = parts;
    this.#ask = createBoundedAsk(parts.clock, parts.random, parts.answerWithinMs);
  }

  async acquire(request: AcquireRequest): Promise<Acquired> {
    const budget = await this.#readBudget(request.account);
    const call = toTakeCall(request, budget);
    this.#accounts.add(request.account);
    const first = await this.#takeKnown(call, budget, request.signal);
    if (first.answer.kind !== 'turn') return this.#conclude(first, request, budget);
    // Now, not at the turn: a mark from before a slot is given needs no second look.
    await this.#markUsed(request.account);
    request.onWait?.({ reason: first.answer.reason, forMs: first.answer.inMs });
    await this.#parts.clock.sleep(first.answer.inMs, request.signal);
    return this.#conclude(
      await this.#takeKnown({ ...call, ticket: first.answer.ticket }, budget, request.signal),
      request,
      budget,
    );
  }

  async block(account: string, forMs: number): Promise<void> {
    if (!Number.isFinite(forMs) || forMs < 0) throw new RangeError(`a block of ${forMs} ms makes no sense`);
    await this.#ask.answered('block', this.#parts.engine.block(account, Math.ceil(forMs)));
  }

  accounts(): string[] {
    return [...this.#accounts];
  }

  async usage(account: string): Promise<BudgetUsage> {
    const budget = await this.#readBudget(account);
    return toUsage(budget, await this.#ask.answered('inspect', this.#parts.engine.inspect(account, budget.windows)));
  }

  /** One `take`; when the engine remembers nothing, it is opened first, by one of those who ask. */
  async #takeKnown(call: TakeCall, budget: Budget, signal: AbortSignal | undefined): Promise<Taken> {
    for (let round = 1; ; round++) {
      if (signal?.aborted) throw new InterruptedError('interrupted while waiting for a slot');
      const askedAt = this.#parts.clock.mark();
      const answer = await this.#ask.answered('take', this.#parts.engine.take(call), {
        // Nobody waits for this one any more: give it back instead of letting it age.
        onLate: (late) => {
          if (late.kind === 'granted')
            void this.#parts.engine.release(call.account, late.slotId).catch(() => undefined);
        },
      });
      if (answer.kind !== 'unknown' && answer.kind !== 'opening') return { answer, askedAt };
      // Redis loses its memory again and again, or who wanted to open the budget is slow.
      if (round === OPENING_ROUNDS_MAX)
        throw this.#ask.unavailable('nobody remembers the budget, and opening it takes long');
      if (answer.kind === 'unknown') await openBudget({ ...this.#parts, ask: this.#ask }, call.account, budget);
      else await this.#parts.clock.sleep(OPENING_MS, signal);
    }
  }

  async #conclude({ answer, askedAt }: Taken, request: AcquireRequest, budget: Budget): Promise<Acquired> {
    if (answer.kind === 'denied') {
      const jitterMs = answer.reason === 'blocked' ? Math.floor(this.#parts.random() * BLOCKED_JITTER_MS) : 0;
      return { granted: false, retryAfterMs: answer.retryAfterMs + jitterMs, reason: answer.reason };
    }
    if (answer.kind !== 'granted') throw this.#ask.unavailable(`a second answer of kind ${answer.kind}`);
    const slot = createSlot({
      id: answer.slotId,
      account: request.account,
      window: budget.windows[0],
      engine: this.#parts.engine,
      ask: this.#ask,
      // Measured from before the question was asked: the engine's own start is later, so this ends too early, never too
      // late.
      remainingMs: () => answer.startInMs + request.requestTimeoutMs - this.#parts.clock.elapsedMs(askedAt),
    });
    try {
      const isNews = await this.#markUsed(request.account);
      // Had Redis forgotten the slot before the mark was written, the next to open the budget would take the key for
      // idle.
      if (isNews && !(await this.#ask.answered('holds', this.#parts.engine.holds(request.account, slot.id)))) {
        throw this.#ask.unavailable('the slot was forgotten before its use was noted');
      }
      if (answer.startInMs > 0) await this.#parts.clock.sleep(answer.startInMs, request.signal);
      if (request.signal?.aborted) throw new InterruptedError('interrupted while waiting for a slot');
    } catch (error) {
      await slot.release();
      throw error;
    }
    return { granted: true, slot };
  }

  /** @returns whether a mark was written just now. */
  async #markUsed(account: string): Promise<boolean> {
    if (this.#parts.memory === null) return false;
    const last = this.#markedAt.get(account);
    if (last !== undefined && this.#parts.clock.elapsedMs(last) < MARK_EVERY_MS) return false;
    const mark = this.#parts.clock.mark();
    await this.#ask.answered('markUsed', this.#parts.memory.markUsed(account), { withinMs: DATABASE_WITHIN_MS });
    this.#markedAt.set(account, mark);
    return true;
  }

  /** Read anew each time: figures may change while running. */
  async #readBudget(account: string): Promise<Budget> {
    if (!ACCOUNT_PATTERN.test(account)) {
      throw new RangeError('an account is named by its fingerprint: letters, digits and . _ : - only');
    }
    const read = async (): Promise<Budget> => this.#parts.budgets.read(account);
    const budget = await this.#ask.answered('budgets.read', read(), { withinMs: DATABASE_WITHIN_MS });
    const problems = findBudgetProblems(budget);
    if (problems.length > 0) throw new RangeError(`budget of ${account}: ${problems.join('; ')}`);
    return budget;
  }
}

interface Taken {
  answer: Exclude<TakeAnswer, { kind: 'unknown' | 'opening' }>;
  askedAt: Mark;
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
