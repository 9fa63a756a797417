import { describe, expect, it } from '@jest/globals';
import type { Priority } from '@luma-sync/jobs';
import { toBudget } from './budget.js';
import { createLimiter } from './limiter.js';
import { createMemoryEngine } from './memory/memory-engine.js';
import { SeededRandom } from './simulation/seeded-random.js';
import { VirtualTime } from './simulation/virtual-time.js';

const WINDOW_MS = 60_000;
const budget = toBudget({ limitPerMinute: 200, headroom: 10 });

/** Saturating bulk from many loops, and people in between, at Luma's figures; in virtual time. */
async function run(options: {
  roundTripMs: [number, number];
  bulkLoops: number;
  peoplePerSecond: number;
  windows: number;
}) {
  const random = new SeededRandom(1);
  const time = new VirtualTime();
  const limiter = createLimiter({
    engine: createMemoryEngine(() => Math.floor(time.now)),
    budgets: { read: () => budget },
    memory: {
      idleForMs: async () => Number.POSITIVE_INFINITY,
      markUsed: async () => undefined,
      noteForgotten: async () => Number.POSITIVE_INFINITY,
    },
    clock: time.clock(),
    random: () => random.next(),
    answerWithinMs: 250,
  });
  const start = time.now;
  const end = start + options.windows * WINDOW_MS;
  const sentAt: number[] = [];
  const waits: number[] = [];
  let questions = 0;

  const request = async (priority: Priority): Promise<void> => {
    const askedAt = time.now;
    for (;;) {
      questions++;
      const answer = await limiter.acquire({ account: 'a', method: 'read', priority, requestTimeoutMs: 30_000 });
      if (answer.granted) {
        sentAt.push(time.now);
        if (priority === 'interactive') waits.push(time.now - askedAt);
        await time.sleep(random.between(...options.roundTripMs));
        return answer.slot.settle();
      }
      await time.sleep(answer.retryAfterMs + random.between(0, 5));
    }
  };
  for (let i = 0; i < options.bulkLoops; i++) {
    void (async () => {
      while (time.now < end) await request('bulk');
    })();
  }
  for (let at = start; at < end; at += (-Math.log(1 - random.next()) * 1_000) / options.peoplePerSecond) {
    time.at(at, () => void request('interactive'));
  }
  await time.runUntil(end);
  // The first window starts from an empty budget; the others are the steady state.
  const counted = sentAt.filter((at) => at >= start + WINDOW_MS && at < end).length;
  waits.sort((a, b) => a - b);
  return {
    use: counted / ((options.windows - 1) * 190),
    p95: waits[Math.floor(waits.length * 0.95)] ?? 0,
    questionsPerRequest: questions / sentAt.length,
  };
}

describe('the budget is not wasted', () => {
  it.each([
    ['ordinary round trips', [20, 300] as [number, number], 0.98],
    ['slow ones', [0, 3_000] as [number, number], 0.96],
  ])(
    'under saturating bulk, with %s',
    async (_what, roundTripMs, atLeast) => {
      const { use, p95, questionsPerRequest } = await run({
        roundTripMs,
        bulkLoops: 16,
        peoplePerSecond: 0.3,
        windows: 6,
      });
      expect(use).toBeGreaterThanOrEqual(atLeast);
      // A person is not stuck behind bulk work.
      expect(p95).toBeLessThan(1_000);
      // Waiting is not polling.
      expect(questionsPerRequest).toBeLessThan(3);
    },
    300_000,
  );

  it('when more wait than the budget has slots', async () => {
    const { use, p95 } = await run({ roundTripMs: [20, 300], bulkLoops: 400, peoplePerSecond: 0.3, windows: 4 });
    expect(use).toBeGreaterThanOrEqual(0.98);
    expect(p95).toBeLessThan(1_000);
  }, 300_000);
});
