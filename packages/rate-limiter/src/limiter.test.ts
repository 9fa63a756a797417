import { beforeEach, describe, expect, it } from '@jest/globals';
import { InterruptedError, RetryAfterError } from '@luma-sync/jobs';
import type { Budget } from './budget.js';
import type { BudgetMemory } from './budget-memory.js';
import type { BudgetEngine } from './engine.js';
import { createLimiter, type LimiterParts } from './limiter.js';
import { createMemoryEngine, type MemoryEngine } from './memory/memory-engine.js';
import type { AcquireRequest, RateLimiter, Slot } from './rate-limiter.js';
import { VirtualTime } from './simulation/virtual-time.js';

const BUDGET: Budget = {
  windows: [{ limit: 4, windowMs: 60_000, headroom: 1, methods: 'all' }],
  requestTimeoutMaxMs: 30_000,
};
const COLD_MS = 60_000 + 30_000 + 1_001;

let time: VirtualTime;
let engine: MemoryEngine;
let calls: string[];

beforeEach(() => {
  time = new VirtualTime();
  engine = createMemoryEngine(() => Math.floor(time.now));
  calls = [];
});

/** A memory that knows the key to be idle, unless a test says otherwise. */
const idle = (idleForMs: number | null = Number.POSITIVE_INFINITY): BudgetMemory => ({
  idleForMs: async () => idleForMs,
  markUsed: async () => void calls.push('markUsed'),
  noteForgotten: async () => Number.POSITIVE_INFINITY,
});

function open(parts: Partial<LimiterParts> = {}): RateLimiter {
  const counted = new Proxy(parts.engine ?? engine, {
    get:
      (target, name: keyof BudgetEngine) =>
      (...args: never[]) => {
        calls.push(name);
        return (target[name] as (...all: never[]) => unknown)(...args);
      },
  });
  return createLimiter({
    budgets: { read: () => BUDGET },
    memory: idle(),
    clock: time.clock(),
    random: () => 0.5,
    answerWithinMs: 250,
    ...parts,
    engine: counted,
  });
}

const request = (options: Partial<AcquireRequest> = {}): AcquireRequest => ({
  account: 'account-1',
  method: 'read',
  priority: 'interactive',
  requestTimeoutMs: 10_000,
  ...options,
});
const acquire = (limiter: RateLimiter, options: Partial<AcquireRequest> = {}) =>
  time.waitFor(limiter.acquire(request(options)));
async function slotOf(limiter: RateLimiter, options: Partial<AcquireRequest> = {}): Promise<Slot> {
  const answer = await acquire(limiter, options);
  if (!answer.granted) throw new Error(`denied: ${JSON.stringify(answer)}`);
  return answer.slot;
}
async function spendAll(limiter: RateLimiter): Promise<void> {
  for (let i = 0; i < 3; i++) await time.waitFor((await slotOf(limiter)).settle());
}
const failure = (promise: Promise<unknown>): Promise<unknown> =>
  time.waitFor(
    promise.then(
      () => null,
      (error: unknown) => error,
    ),
  );

describe('waiting for a slot', () => {
  it('asks twice and no more: once for the turn, once at it', async () => {
    const limiter = open();
    await spendAll(limiter);
    await time.runUntil(time.now + 59_000);
    calls = [];
    const from = time.now;
    await slotOf(limiter);
    expect(calls.filter((call) => call === 'take')).toHaveLength(2);
    expect(time.now - from).toBeGreaterThan(900);
    expect(time.now - from).toBeLessThan(1_100);
  });

  it('is told before it begins: why, and for how long', async () => {
    const limiter = open();
    const waits: unknown[] = [];
    const onWait = (wait: unknown) => void waits.push(wait);
    await slotOf(limiter, { onWait }).then((slot) => slot.release());
    expect(waits).toEqual([]);
    await spendAll(limiter);
    await time.runUntil(time.now + 59_000);
    const from = time.now;
    await slotOf(limiter, { onWait, maxWaitMs: 60_000 });
    expect(waits).toEqual([{ reason: 'budget', forMs: expect.any(Number) }]);
    expect(time.now - from).toBeGreaterThanOrEqual((waits as { forMs: number }[])[0]?.forMs ?? Number.NaN);
  });

  it('longer than allowed is not done: the time is told and the caller goes', async () => {
    const limiter = open();
    await spendAll(limiter);
    const from = time.now;
    const answer = await acquire(limiter);
    expect(answer).toMatchObject({ granted: false, reason: 'budget' });
    expect(time.now).toBe(from);
    expect(answer).toMatchObject({ retryAfterMs: expect.any(Number) });
    if (!answer.granted) expect(answer.retryAfterMs).toBeGreaterThan(59_000);
  });

  it('ends at once when the caller is interrupted', async () => {
    const limiter = open();
    await spendAll(limiter);
    await time.runUntil(time.now + 59_000);
    const stop = new AbortController();
    time.at(time.now + 100, () => stop.abort());
    const from = time.now;
    expect(await failure(limiter.acquire(request({ signal: stop.signal })))).toBeInstanceOf(InterruptedError);
    expect(time.now - from).toBe(100);
  });

  it('during a lock-out is told with something added, never taken away', async () => {
    const limiter = open();
    await slotOf(limiter);
    await time.waitFor(limiter.block('account-1', 60_000));
    const answer = await acquire(limiter);
    expect(answer).toEqual({ granted: false, retryAfterMs: 60_500, reason: 'blocked' });
  });
});

describe('a slot', () => {
  it('may be used for the time of the request and no longer, counted from before the question', async () => {
    const slot = await slotOf(open());
    expect(slot.remainingMs()).toBeLessThanOrEqual(10_000);
    await time.runUntil(time.now + 10_000);
    expect(slot.remainingMs()).toBeLessThanOrEqual(0);
  });

  it('counts the time its grant took to arrive', async () => {
    const slow: BudgetEngine = { ...engine, take: (call) => time.sleep(200).then(() => engine.take(call)) };
    const slot = await slotOf(open({ engine: slow }));
    expect(slot.remainingMs()).toBeLessThanOrEqual(9_800);
  });

  it('is settled or given back once, whatever comes after', async () => {
    const slot = await slotOf(open());
    await time.waitFor(slot.settle());
    await time.waitFor(slot.release());
    await time.waitFor(slot.settle());
    expect(calls.filter((call) => call === 'settle' || call === 'release')).toEqual(['settle']);
  });
});

describe('an engine that does not answer', () => {
  const silent = (): Promise<never> => new Promise(() => undefined);

  it('costs a quarter of a second and no attempt', async () => {
    const from = time.now;
    const error = await failure(open({ engine: { ...engine, take: silent } }).acquire(request()));
    expect(error).toBeInstanceOf(RetryAfterError);
    expect(error).toMatchObject({ code: 'limiter.unavailable', verdict: 'wait' });
    expect(time.now - from).toBe(250);
  });

  it('and then does give a slot gets it back, since nobody waits for it', async () => {
    const limiter = open();
    await slotOf(limiter);
    const late: BudgetEngine = { ...engine, take: (call) => time.sleep(400).then(() => engine.take(call)) };
    await failure(open({ engine: late }).acquire(request()));
    await time.runUntil(time.now + 1_000);
    expect((await time.waitFor(limiter.usage('account-1'))).windows[0]?.spent).toBe(1);
  });

  it('does not make settling fail: the slot ages from its deadline', async () => {
    const slot = await slotOf(open({ engine: { ...engine, settle: silent } }));
    await expect(time.waitFor(slot.settle())).resolves.toBeUndefined();
  });

  it('and throws is as good as silent', async () => {
    const broken = { ...engine, take: () => Promise.reject(new Error('ECONNREFUSED')) };
    expect(await failure(open({ engine: broken }).acquire(request()))).toMatchObject({ code: 'limiter.unavailable' });
  });
});

describe('a budget that nobody remembers', () => {
  it('spends only the headroom for one window and one deadline', async () => {
    const limiter = open({ memory: null });
    await slotOf(limiter);
    expect(await acquire(limiter)).toMatchObject({ granted: false, reason: 'cold-start' });
    expect((await time.waitFor(limiter.usage('account-1'))).coldForMs).toBe(COLD_MS);
    await time.runUntil(time.now + COLD_MS + 1);
    for (let i = 0; i < 3; i++) await slotOf(limiter);
  });

  it.each([
    ['idle long enough', COLD_MS + 15_000, 0],
    ['idle, but not as long as a mark may be late', COLD_MS + 14_999, COLD_MS],
    ['of unknown use', null, COLD_MS],
  ])('starts as it may when another memory says: %s', async (_what, idleForMs, coldForMs) => {
    const limiter = open({ memory: idle(idleForMs) });
    await slotOf(limiter);
    expect((await time.waitFor(limiter.usage('account-1'))).coldForMs).toBe(coldForMs);
  });

  it('is opened by the first to ask, in the same call', async () => {
    await slotOf(open());
    expect(calls).toEqual(['take', 'claim', 'open', 'take', 'markUsed', 'holds']);
  });

  it('that was lost while somebody waited for a turn is slow again', async () => {
    const limiter = open({ memory: idle(1_000) });
    await time.waitFor(engine.open('account-1', 0));
    await spendAll(limiter);
    await time.runUntil(time.now + 59_000);
    time.at(time.now + 500, () => engine.lose());
    await slotOf(limiter); // the one of the headroom
    expect(await acquire(limiter)).toMatchObject({ granted: false, reason: 'cold-start' });
  });
});

describe('a budget that is lost again', () => {
  /** A memory on the test's clock: knows when it was told last. */
  const remembering = (): BudgetMemory => {
    const at = { used: Number.NEGATIVE_INFINITY, forgotten: Number.NEGATIVE_INFINITY };
    const agoOf = (what: keyof typeof at): number => time.now - at[what];
    return {
      idleForMs: async () => agoOf('used'),
      markUsed: async () => void Object.assign(at, { used: time.now }),
      noteForgotten: async () => {
        const agoMs = agoOf('forgotten');
        at.forgotten = time.now;
        return agoMs;
      },
    };
  };

  it('within the slow start of the first loss gives nothing until that is over, and then the headroom', async () => {
    const limiter = open({ memory: remembering() });
    await slotOf(limiter);
    engine.lose();
    await slotOf(limiter); // the one of the headroom
    expect(await acquire(limiter)).toMatchObject({ granted: false, reason: 'cold-start' });
    await time.runUntil(time.now + 20_000);
    engine.lose();
    const answer = await acquire(limiter);
    expect(answer).toEqual({ granted: false, reason: 'cold-start', retryAfterMs: COLD_MS - 20_000 });
    await time.runUntil(time.now + COLD_MS - 20_000);
    await slotOf(limiter);
    expect(await acquire(limiter)).toMatchObject({ granted: false, reason: 'cold-start' });
  });

  it('after that gives the headroom at once', async () => {
    const limiter = open({ memory: remembering() });
    await slotOf(limiter);
    engine.lose();
    await slotOf(limiter);
    await time.runUntil(time.now + COLD_MS + 1);
    await slotOf(limiter);
    engine.lose();
    await slotOf(limiter);
    expect(await acquire(limiter)).toMatchObject({ granted: false, reason: 'cold-start' });
  });

  it('waits a moment for the process that is about to open it', async () => {
    const memory = remembering();
    await memory.markUsed('account-1');
    const slow: MemoryEngine = { ...engine, open: (...args) => time.sleep(100).then(() => engine.open(...args)) };
    const slots = Promise.all([
      open({ memory, engine: slow }).acquire(request()),
      time.sleep(20).then(() => open({ memory }).acquire(request())),
    ]);
    const granted = (await time.waitFor(slots)).filter((answer) => answer.granted);
    expect(granted).toHaveLength(1); // the one of the headroom, and no stand-still for a loss that was no second one
    expect(calls.filter((call) => call === 'open')).toHaveLength(1);
  });

  it('is not opened on an answer from before: neither by its claim, which is gone, nor without', async () => {
    const idleAtFirst: BudgetMemory = {
      ...remembering(),
      idleForMs: async () => {
        engine.lose();
        await engine.open('account-1', 60_000); // another one was quicker, and knows better
        await engine.lose();
        return Number.POSITIVE_INFINITY;
      },
    };
    const limiter = open({ memory: idleAtFirst });
    expect(await failure(limiter.acquire(request()))).toMatchObject({ code: 'limiter.unavailable' });
    expect((await time.waitFor(open().usage('account-1'))).isKnown).toBe(false);
  });
});

describe('the memory of use', () => {
  it('is told in time: a slot that was forgotten before its use was noted is not handed out', async () => {
    let idleForMs: number = Number.POSITIVE_INFINITY;
    const memory: BudgetMemory = {
      ...idle(),
      idleForMs: async () => idleForMs,
      markUsed: async () => {
        engine.lose(); // and another one takes the key for idle
        await time.sleep(5);
        await open({ memory: idle() }).acquire(request());
        idleForMs = 0;
      },
    };
    expect(await failure(open({ memory }).acquire(request()))).toMatchObject({ code: 'limiter.unavailable' });
    expect((await time.waitFor(open().usage('account-1'))).windows[0]?.spent).toBe(1);
  });

  it('costs a waiter no third question: it is told during the wait', async () => {
    const limiter = open();
    await spendAll(limiter);
    await time.runUntil(time.now + 59_000);
    calls = [];
    await slotOf(limiter);
    expect(calls.filter((call) => call !== 'settle')).toEqual(['take', 'markUsed', 'take']);
  });

  it('is told before a slot is handed out, and not with each one', async () => {
    const limiter = open();
    await slotOf(limiter);
    await slotOf(limiter);
    expect(calls.filter((call) => call === 'markUsed')).toHaveLength(1);
    await time.runUntil(time.now + 15_000);
    await slotOf(limiter);
    expect(calls.filter((call) => call === 'markUsed')).toHaveLength(2);
  });

  it('that cannot be told stops the request, and the slot is given back', async () => {
    const memory = { ...idle(), markUsed: () => Promise.reject(new Error('no database')) };
    const limiter = open({ memory });
    expect(await failure(limiter.acquire(request()))).toMatchObject({ code: 'limiter.unavailable' });
    expect((await time.waitFor(limiter.usage('account-1'))).windows[0]?.spent).toBe(0);
  });
});

describe('figures and arguments', () => {
  it.each([
    ['an account that looks like a key', { account: 'secret-abc' }],
    ['an account that would break a key', { account: 'a}b' }],
    ['a request longer than the budget allows', { requestTimeoutMs: 30_001 }],
    ['a wait without measure', { maxWaitMs: Number.NaN }],
  ])('that make no sense are refused: %s', async (_what, wrong) => {
    expect(await failure(open().acquire(request(wrong)))).toBeInstanceOf(RangeError);
    expect(calls).toEqual([]);
  });

  it.each([
    [{ limit: 0 }, 'windows.0.limit'],
    [{ headroom: 4 }, 'windows.0.headroom'],
    [{ windowMs: 0.5 }, 'windows.0.windowMs'],
    [{ methods: 'read' as const }, 'no window counts a write'],
  ])('that contradict themselves are refused with the field: %j', async (wrong, field) => {
    const window = { limit: 4, windowMs: 60_000, headroom: 1, methods: 'all' as const, ...wrong };
    const budgets = { read: () => ({ ...BUDGET, windows: [window] }) };
    expect(await failure(open({ budgets }).acquire(request()))).toMatchObject({
      message: expect.stringContaining(field),
    });
  });

  it('that cannot be read mean no slot and no attempt', async () => {
    const budgets = { read: () => Promise.reject(new Error('no database')) };
    expect(await failure(open({ budgets }).acquire(request()))).toMatchObject({ code: 'limiter.unavailable' });
  });

  it('are read before each slot, so they can change while running', async () => {
    let limit = 2;
    const limiter = open({
      budgets: { read: () => ({ ...BUDGET, windows: [{ limit, windowMs: 60_000, headroom: 1, methods: 'all' }] }) },
    });
    await slotOf(limiter);
    expect(await acquire(limiter)).toMatchObject({ granted: false });
    limit = 3;
    await slotOf(limiter);
  });
});
