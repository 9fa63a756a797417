import { describe, expect, it } from '@jest/globals';
import { createRandom } from '@luma-sync/testkit';
import { planFaults, REDIS_LOSS_APART_MS } from './faults.js';
import { planLoad } from './load.js';

const faultsOf = (seed: number, minutes = 5) =>
  planFaults(createRandom(seed), { durationMs: minutes * 60_000, hasPostgres: true });

describe('what breaks', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(faultsOf(7)).toEqual(faultsOf(7));
    expect(faultsOf(7)).not.toEqual(faultsOf(8));
  });

  it('loses Redis’ memory no more often than the budget is made for', () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      const losses = faultsOf(seed).filter(({ fault }) => fault.kind.startsWith('redis-'));
      expect(losses.length).toBeGreaterThan(1);
      for (const [index, { atMs }] of losses.entries()) {
        const before = losses[index - 1];
        if (before === undefined) continue;
        const awayMs = before.fault.kind === 'redis-away' ? before.fault.forMs : 0;
        expect(atMs - before.atMs - awayMs).toBeGreaterThanOrEqual(REDIS_LOSS_APART_MS);
      }
    }
  });

  it('leaves a Postgres of others alone', () => {
    const faults = planFaults(createRandom(3), { durationMs: 300_000, hasPostgres: false });
    expect(faults.filter(({ fault }) => fault.kind === 'postgres-restart')).toEqual([]);
  });
});

describe('the load', () => {
  const load = planLoad(createRandom(5), 60_000, 1);
  const count = (kind: string): number => load.acts.filter(({ act }) => act.kind === kind).length;

  it('is the same for the same seed', () => {
    expect(planLoad(createRandom(5), 60_000, 1)).toEqual(load);
  });

  it('is 2,000 RSVP commands and 200 edits of at least 20 events when it is full', () => {
    expect(count('put-rsvp') + count('decide')).toBeGreaterThanOrEqual(2_000);
    expect(load.events.length).toBeGreaterThanOrEqual(20);
    // The first body of each event is no edit.
    expect(count('put-event')).toBe(200 + load.events.length);
  });

  it('has what happens to one record in one chain, in the order in which it was drawn', () => {
    const seen = new Map<string, string>();
    for (const { act, chain } of load.acts) {
      if (act.kind !== 'put-rsvp' && act.kind !== 'decide') continue;
      const key = `${act.event} ${act.person}`;
      expect(seen.get(key) ?? chain).toBe(chain);
      seen.set(key, chain);
    }
  });
});
