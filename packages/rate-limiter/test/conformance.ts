import { beforeEach, describe, expect, it } from '@jest/globals';
import type { BudgetWindow } from '../src/budget.js';
import type { TakeAnswer, TakeCall } from '../src/engine.js';
import type { SimulatedEngine } from '../src/simulation/simulate.js';

/** An engine whose clock stands until the test moves it. */
export interface ConformanceWorld {
  engine: SimulatedEngine;
  now(): number;
  advance(ms: number): void;
}

const HOLD_MS = 5_000;
const MINUTE: BudgetWindow = { limit: 5, windowMs: 60_000, headroom: 2, methods: 'all' };

/** What every engine promises. Each driver's test calls this with its own world. */
export function describeEngine(name: string, openWorld: () => ConformanceWorld | Promise<ConformanceWorld>): void {
  describe(`the budget engine: ${name}`, () => {
    let world: ConformanceWorld;
    let windows: BudgetWindow[];

    beforeEach(async () => {
      world = await openWorld();
      windows = [MINUTE];
      await world.engine.open('a', 0);
    });

    const take = (options: Partial<TakeCall> = {}): Promise<TakeAnswer> =>
      world.engine.take({
        account: 'a',
        windows,
        method: 'read',
        rank: 0,
        holdMs: HOLD_MS,
        maxWaitMs: 2_000,
        ticket: null,
        ...options,
      });
    const granted = async (options: Partial<TakeCall> = {}): Promise<string> => {
      const answer = await take(options);
      if (answer.kind !== 'granted') throw new Error(`expected a slot: ${JSON.stringify(answer)}`);
      return answer.slotId;
    };
    const settle = (slotId: string, server: { limit?: number; remaining?: number } = {}) =>
      world.engine.settle({
        account: 'a',
        slotId,
        window: windows[0] ?? MINUTE,
        serverLimit: server.limit ?? null,
        serverRemaining: server.remaining ?? null,
      });
    const spendAll = async (): Promise<string[]> => [await granted(), await granted(), await granted()];

    it('gives out the limit less the headroom, and no more', async () => {
      await spendAll();
      expect(await take()).toMatchObject({ kind: 'denied', reason: 'budget' });
    });

    it('frees a slot one window after its answer, not after its grant', async () => {
      const [first = ''] = await spendAll();
      world.advance(4_000);
      await settle(first);
      world.advance(57_000); // more than a window after the grant, not yet one after the answer
      expect(await take({ maxWaitMs: 0 })).toMatchObject({ kind: 'denied', reason: 'budget' });
      world.advance(3_001);
      expect(await take()).toMatchObject({ kind: 'granted' });
    });

    it('frees a slot without an answer one window after its deadline', async () => {
      await spendAll();
      world.advance(HOLD_MS + 60_000 - 1_000);
      expect(await take({ maxWaitMs: 0 })).toMatchObject({ kind: 'denied' });
      world.advance(1_001);
      expect(await take()).toMatchObject({ kind: 'granted' });
    });

    it('takes a settled slot for settled: a second answer changes nothing', async () => {
      const [first = ''] = await spendAll();
      await settle(first);
      world.advance(30_000);
      await settle(first);
      world.advance(30_001);
      expect(await take()).toMatchObject({ kind: 'granted' });
    });

    it('frees a slot that was given back at once', async () => {
      const [first = ''] = await spendAll();
      await world.engine.release('a', first);
      expect(await take()).toMatchObject({ kind: 'granted' });
    });

    it('does not mix the budgets of two accounts', async () => {
      await spendAll();
      await world.engine.open('b', 0);
      expect(await take({ account: 'b' })).toMatchObject({ kind: 'granted' });
    });

    it('tells a waiter when its turn comes, and keeps the turn', async () => {
      for (const slot of await spendAll()) await settle(slot);
      world.advance(59_000);
      const answer = await take();
      expect(answer).toEqual({ kind: 'turn', ticket: expect.any(String), inMs: 1_001, reason: 'budget' });
      world.advance(1_001);
      if (answer.kind !== 'turn') throw new Error('no turn');
      expect(await take({ ticket: answer.ticket })).toMatchObject({ kind: 'granted' });
    });

    it('serves equals in the order of their asking', async () => {
      for (const slot of await spendAll()) {
        await settle(slot);
        world.advance(300);
      }
      world.advance(58_500);
      const tickets: string[] = [];
      for (let i = 0; i < 3; i++) {
        const answer = await take();
        if (answer.kind === 'turn') tickets.push(answer.ticket);
      }
      expect(tickets).toHaveLength(3);
      world.advance(601); // one lane is free: it belongs to the first
      expect(await take({ ticket: tickets[1] ?? '' })).toMatchObject({ kind: 'denied' });
      expect(await take({ maxWaitMs: 0 })).toMatchObject({ kind: 'denied' });
      expect(await take({ ticket: tickets[0] ?? '' })).toMatchObject({ kind: 'granted' });
    });

    it('serves a person before bulk that waits already', async () => {
      for (const slot of await spendAll()) await settle(slot);
      world.advance(59_500);
      const bulk = await take({ rank: 2 });
      const person = await take({ rank: 0 });
      if (bulk.kind !== 'turn' || person.kind !== 'turn') throw new Error(JSON.stringify([bulk, person]));
      expect(person.inMs).toBeLessThanOrEqual(bulk.inMs);
      world.advance(501);
      expect(await take({ rank: 0, ticket: person.ticket })).toMatchObject({ kind: 'granted' });
    });

    it('gives bulk its slots evenly instead of all at once', async () => {
      windows = [{ ...MINUTE, limit: 60, headroom: 0 }];
      const takeAllThereAre = async (): Promise<number> => {
        for (let count = 0; ; count++) {
          const answer = await take({ rank: 2, maxWaitMs: 0 });
          if (answer.kind !== 'granted') return count;
          await settle(answer.slotId);
        }
      };
      const burst = await takeAllThereAre();
      expect(burst).toBeLessThanOrEqual(8);
      let spent = burst;
      for (let second = 1; second < 55; second++) {
        world.advance(1_000);
        spent += await takeAllThereAre();
      }
      expect(spent).toBeGreaterThanOrEqual(50);
    });

    it('lets a person have what bulk may not take yet', async () => {
      windows = [{ ...MINUTE, limit: 60, headroom: 0 }];
      for (let i = 0; i < 20; i++) await take({ rank: 2, maxWaitMs: 0 });
      expect(await take({ rank: 2, maxWaitMs: 0 })).toMatchObject({ kind: 'denied', reason: 'paced' });
      expect(await take({ rank: 0 })).toMatchObject({ kind: 'granted' });
    });

    it('serves bulk once in a window even when people would take everything', async () => {
      for (const slot of await spendAll()) await settle(slot);
      let isServed = false;
      let retryAt = world.now();
      const end = world.now() + 125_000;
      while (world.now() < end && !isServed) {
        // People come every 50 ms and take whatever they are given; those that wait for bulk come back when told.
        for (let people = 0; people < 5; people++) {
          const person = await take({ rank: 0, maxWaitMs: 0 });
          if (person.kind === 'granted') await settle(person.slotId);
        }
        if (world.now() >= retryAt) {
          const bulk = await take({ rank: 2, maxWaitMs: 0 });
          if (bulk.kind === 'granted') isServed = true;
          if (bulk.kind === 'denied') retryAt = world.now() + bulk.retryAfterMs;
        }
        world.advance(50);
      }
      expect(isServed).toBe(true);
      expect(end - world.now()).toBeGreaterThan(125_000 - 65_000);
    });

    it('lets nobody through during a lock-out, and never shortens one', async () => {
      await world.engine.block('a', 60_000);
      await world.engine.block('a', 1_000);
      world.advance(59_999);
      expect(await take()).toEqual({ kind: 'denied', retryAfterMs: 1, reason: 'blocked' });
      world.advance(1);
      expect(await take()).toMatchObject({ kind: 'granted' });
    });

    it('spends only the headroom after it forgot everything, for as long as it was told', async () => {
      await world.engine.lose();
      expect(await take()).toEqual({ kind: 'unknown' });
      await world.engine.open('a', 66_000);
      await granted();
      await granted();
      expect(await take()).toMatchObject({ kind: 'denied', reason: 'cold-start' });
      world.advance(66_000);
      expect(await take()).toMatchObject({ kind: 'granted' });
    });

    it('spends nothing after a second loss until the first is over', async () => {
      await world.engine.lose();
      await world.engine.open('a', 66_000, 40_000);
      expect(await take()).toEqual({ kind: 'denied', retryAfterMs: 40_000, reason: 'cold-start' });
      world.advance(40_000);
      await granted();
      await granted();
      expect(await take()).toMatchObject({ kind: 'denied', reason: 'cold-start' });
      world.advance(26_000);
      expect(await take()).toMatchObject({ kind: 'granted' });
    });

    it('is opened by one: the others hear so, until it is open or took too long', async () => {
      await world.engine.lose();
      expect(await world.engine.claim('a', 'one', 5_000)).toBe(true);
      expect(await world.engine.claim('a', 'other', 5_000)).toBe(false);
      expect(await take()).toEqual({ kind: 'opening' });
      await world.engine.open('a', 0, 0, 'other');
      expect(await take()).toEqual({ kind: 'opening' });
      world.advance(5_000);
      await world.engine.open('a', 0, 0, 'one');
      expect(await take()).toEqual({ kind: 'unknown' });
      expect(await world.engine.claim('a', 'third', 5_000)).toBe(true);
      await world.engine.open('a', 0, 0, 'third');
      await granted();
      expect(await world.engine.claim('a', 'fourth', 5_000)).toBe(false);
    });

    it('does not take a claim from before a loss for one from after it', async () => {
      await world.engine.lose();
      await world.engine.claim('a', 'one', 5_000);
      await world.engine.lose();
      await world.engine.open('a', 0, 0, 'one');
      expect(await take()).toEqual({ kind: 'unknown' });
    });

    it('knows which slots it holds', async () => {
      const slot = await granted();
      expect(await world.engine.holds('a', slot)).toBe(true);
      await world.engine.lose();
      expect(await world.engine.holds('a', slot)).toBe(false);
      await world.engine.open('a', 0);
      expect(await world.engine.holds('a', slot)).toBe(false);
    });

    it('opens once: a second opening does not cut a slow start short', async () => {
      await world.engine.lose();
      await world.engine.open('a', 66_000);
      await world.engine.open('a', 0);
      expect(await world.engine.inspect('a', windows)).toMatchObject({ isKnown: true, coldForMs: 66_000 });
    });

    it('does not take a slot from before a loss for one from after it', async () => {
      const before = await granted();
      await world.engine.lose();
      world.advance(10);
      await world.engine.open('a', 0);
      const after = await granted();
      await settle(before);
      expect(after).not.toBe(before);
      expect(await world.engine.inspect('a', windows)).toMatchObject({ windows: [{ spent: 1, inFlight: 1 }] });
    });

    it('counts reads and writes apart when asked to', async () => {
      windows = [
        { limit: 2, windowMs: 60_000, headroom: 0, methods: 'read' },
        { limit: 1, windowMs: 60_000, headroom: 0, methods: 'write' },
      ];
      await granted({ method: 'write' });
      expect(await take({ method: 'write' })).toMatchObject({ kind: 'denied' });
      await granted({ method: 'read' });
      await granted({ method: 'read' });
      expect(await take({ method: 'read' })).toMatchObject({ kind: 'denied' });
    });

    it('keeps every window that counts the request', async () => {
      windows = [
        { limit: 3, windowMs: 1_000, headroom: 0, methods: 'all' },
        { limit: 4, windowMs: 60_000, headroom: 0, methods: 'all' },
      ];
      for (const slot of await spendAll()) await settle(slot);
      world.advance(1_001);
      await settle(await granted());
      expect(await take({ maxWaitMs: 0 })).toMatchObject({ kind: 'denied', reason: 'budget' });
    });

    it('follows a figure that is changed while running', async () => {
      await spendAll();
      windows = [{ ...MINUTE, limit: 6 }];
      await granted();
      windows = [{ ...MINUTE, limit: 4 }];
      world.advance(HOLD_MS + 60_001);
      await granted();
      await granted();
      expect(await take({ maxWaitMs: 0 })).toMatchObject({ kind: 'denied' });
    });

    it('remembers what was spent when a window is made longer', async () => {
      windows = [{ ...MINUTE, windowMs: 1_000 }];
      for (const slot of await spendAll()) await settle(slot);
      world.advance(2_000);
      windows = [MINUTE];
      expect(await take({ maxWaitMs: 0 })).toMatchObject({ kind: 'denied' });
    });

    it("lets the server's own figure lower ours, and never raise it", async () => {
      await settle(await granted(), { limit: 1_000, remaining: 999 });
      expect((await world.engine.inspect('a', windows)).windows[0]?.capacity).toBe(3);
      await settle(await granted(), { limit: 4, remaining: 2 });
      expect((await world.engine.inspect('a', windows)).windows[0]?.capacity).toBe(2);
      expect(await take({ maxWaitMs: 0 })).toMatchObject({ kind: 'denied' });
    });

    it("counts another's requests on the same key, once", async () => {
      windows = [{ ...MINUTE, limit: 12 }];
      await settle(await granted(), { limit: 12, remaining: 8 }); // 4 counted there, 1 of them ours
      expect((await world.engine.inspect('a', windows)).windows[0]?.spent).toBe(4);
      await settle(await granted(), { limit: 12, remaining: 7 });
      expect((await world.engine.inspect('a', windows)).windows[0]?.spent).toBe(5);
      world.advance(60_001);
      expect((await world.engine.inspect('a', windows)).windows[0]?.spent).toBe(0);
    });

    it('does not take its own slow requests for those of another', async () => {
      windows = [{ ...MINUTE, limit: 12 }];
      const early = await granted();
      await settle(early);
      world.advance(58_000);
      const slow = await granted(); // counted there while `early` still was
      world.advance(4_000);
      await settle(slow, { limit: 12, remaining: 10 });
      expect((await world.engine.inspect('a', windows)).windows[0]?.spent).toBe(1);
    });

    it('drops the ticket of a waiter that never came', async () => {
      for (const slot of await spendAll()) await settle(slot);
      world.advance(59_000);
      for (let i = 0; i < 3; i++) expect(await take()).toMatchObject({ kind: 'turn' });
      world.advance(1_001 + 501);
      expect(await take({ maxWaitMs: 0 })).toMatchObject({ kind: 'granted' });
    });

    it('says who waits', async () => {
      for (const slot of await spendAll()) await settle(slot);
      world.advance(59_000);
      await take({ rank: 0 });
      await take({ rank: 2, maxWaitMs: 0 });
      expect((await world.engine.inspect('a', windows)).waiting).toEqual([1, 0, 1]);
    });
  });
}
