import { describe, expect, it } from '@jest/globals';
import { createRandom } from '@luma-sync/testkit';
import { planFaults, REDIS_LOSS_APART_MS } from './faults.js';
import { planLoad } from './load.js';
import { planPoison } from './poison.js';
import { type FaultProfile, PROFILES } from './profiles.js';
import { withPoison } from './with-poison.js';

const faultsOf = (seed: number, minutes = 5, profile: FaultProfile = PROFILES.storm) =>
  planFaults(createRandom(seed), { durationMs: minutes * 60_000, hasPostgres: true, profile });

describe('what breaks', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(faultsOf(7)).toEqual(faultsOf(7));
    expect(faultsOf(7)).not.toEqual(faultsOf(8));
  });

  it.each(['storm', 'heavy'] as const)('loses Redis’ memory no more often than the budget allows: %s', (name) => {
    for (let seed = 1; seed <= 200; seed += 1) {
      const losses = faultsOf(seed, 5, PROFILES[name]).filter(({ fault }) =>
        ['redis-flush', 'redis-kill', 'redis-away'].includes(fault.kind),
      );
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

describe('a profile', () => {
  const kindsOf = (profile: FaultProfile) => new Set(faultsOf(4, 1.5, profile).map(({ fault }) => fault.kind));

  it('of freezes has many freezes of 2 to 12 s, and nothing else', () => {
    expect(kindsOf(PROFILES.freeze)).toEqual(new Set(['freeze']));
    const lengths = faultsOf(4, 1.5, PROFILES.freeze).map(({ fault }) => (fault.kind === 'freeze' ? fault.forMs : 0));
    expect(lengths.length).toBeGreaterThan(15);
    expect(Math.min(...lengths)).toBeGreaterThanOrEqual(2_000);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(12_000);
  });

  it('of a heavy storm loses 3 % of the answers all the time, and freezes Redis beside its losses', () => {
    expect(kindsOf(PROFILES.heavy)).toContain('redis-freeze');
    const lost = faultsOf(4, 6, PROFILES.heavy).find(({ fault }) => fault.kind === 'luma' && fault.forMs === 360_000);
    expect(lost?.atMs).toBe(0);
  });
});

describe('the poison', () => {
  it('meets every death on both targets in twenty seeds', () => {
    const met = new Set(Array.from({ length: 20 }, (_, index) => planPoison(index + 1)).map(toKind));
    expect(met.size).toBe(8);
  });

  it('is one of 101 operations of its kind that are asked for at one moment', () => {
    for (const seed of [1, 5]) {
      const poison = planPoison(seed);
      const { acts, events } = withPoison(planLoad(createRandom(5), 60_000, 0.1), poison, 60_000);
      const kind = poison.target === 'event' ? 'put-event' : 'put-rsvp';
      const numbers = new Set([poison.event, ...poison.innocents]);
      const asked = acts.filter(({ act }) => act.kind === kind && numbers.has(act.event));
      expect(asked).toHaveLength(101);
      expect(new Set(asked.map(({ atMs }) => atMs)).size).toBe(1);
      expect(events.some(({ number }) => numbers.has(number))).toBe(false);
    }
  });

  const toKind = ({ target, death }: ReturnType<typeof planPoison>): string => `${target} ${death}`;
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
