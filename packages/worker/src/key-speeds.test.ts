import { describe, expect, it } from '@jest/globals';
import type { SlotGate } from '@luma-sync/luma-client';
import { createKeySpeeds, oneAtATimeWhenSlow } from './key-speeds.js';

const SLOW_MS = 5_000;

/** On a clock that a test moves. */
function open() {
  let nowMs = 0;
  let calls: { atMs: number; call: () => void }[] = [];
  const lines: string[] = [];
  const speeds = createKeySpeeds({
    slowMs: SLOW_MS,
    log: { warn: (_fields, message) => lines.push(message), info: (_fields, message) => lines.push(message) },
    clock: {
      nowMs: () => nowMs,
      after: (ms, call) => {
        const entry = { atMs: nowMs + ms, call };
        calls.push(entry);
        return () => {
          calls = calls.filter((other) => other !== entry);
        };
      },
    },
  });
  let changes = 0;
  speeds.onChange(() => {
    changes += 1;
  });
  const pass = (ms: number): void => {
    nowMs += ms;
    const due = calls.filter(({ atMs }) => atMs <= nowMs);
    calls = calls.filter(({ atMs }) => atMs > nowMs);
    for (const { call } of due) call();
  };
  const request = (account: string, tookMs: number): void => {
    const end = speeds.begin(account, 'sync');
    pass(tookMs);
    end();
  };
  return { speeds, changes: () => changes, lines, pass, request };
}

describe('the breaker of a key', () => {
  it('opens while a request is still without an answer, once, and leaves other keys alone', () => {
    const { speeds, lines, pass } = open();
    const ends = [speeds.begin('a', 'sync'), speeds.begin('a', 'sync'), speeds.begin('b', 'sync')];
    ends[2]?.();
    pass(SLOW_MS - 1);
    expect(speeds.slowOnes()).toEqual([]);
    pass(1);
    expect(speeds.slowOnes()).toEqual(['a']);
    expect([speeds.speedOf('a'), speeds.speedOf('b')]).toEqual(['slow', 'quick']);
    for (const end of ends.slice(0, 2)) end();
    expect(lines).toHaveLength(1);
  });

  it('stays closed for answers that are in time, however many', () => {
    const { speeds, request } = open();
    for (let n = 0; n < 50; n += 1) request('a', SLOW_MS - 1);
    expect(speeds.speedOf('a')).toBe('quick');
  });

  it('closes after three quick answers in a row; a slow one, or one in between, begins the count anew', () => {
    const { speeds, lines, request } = open();
    request('a', 25_000);
    for (const tookMs of [100, 100, 4_000, 100, 100, 25_000, 100, 100]) {
      request('a', tookMs);
      expect(speeds.speedOf('a')).toBe('slow');
    }
    request('a', 100);
    expect(speeds.speedOf('a')).toBe('quick');
    expect(lines).toHaveLength(2);
  });

  it('lets one request out at a time while it is open', () => {
    const { speeds, pass, request } = open();
    const end = speeds.begin('a', 'sync');
    expect(speeds.mustWait('a', 'sync')).toBe(false);
    pass(SLOW_MS);
    expect(speeds.mustWait('a', 'sync')).toBe(true);
    end();
    expect(speeds.mustWait('a', 'sync')).toBe(false);
    for (let n = 0; n < 3; n += 1) request('a', 10);
    speeds.begin('a', 'sync');
    expect(speeds.mustWait('a', 'sync')).toBe(false);
  });

  it("lets a person's request out beside one of the background, and not beside another person's", () => {
    const { speeds, pass } = open();
    const end = speeds.begin('a', 'bulk');
    pass(SLOW_MS);
    expect(speeds.mustWait('a', 'sync')).toBe(true);
    expect(speeds.mustWait('a', 'interactive')).toBe(false);
    const endOfPerson = speeds.begin('a', 'interactive');
    expect(speeds.mustWait('a', 'interactive')).toBe(true);
    endOfPerson();
    expect(speeds.mustWait('a', 'interactive')).toBe(false);
    end();
  });
});

describe('the slots of a slow key', () => {
  it('are given one after the other, without asking the limiter for those that have to wait', async () => {
    const { speeds, pass } = open();
    let asked = 0;
    const limiter: SlotGate = {
      acquire: async () => {
        asked += 1;
        return { granted: false, retryAfterMs: 1, reason: 'budget' };
      },
      block: async () => {},
    };
    const slots = oneAtATimeWhenSlow(limiter, speeds, SLOW_MS);
    const acquire = () => slots.acquire({ account: 'a', method: 'read', priority: 'sync', requestTimeoutMs: 30_000 });
    const end = speeds.begin('a', 'sync');
    await acquire();
    expect(asked).toBe(1);
    pass(SLOW_MS);
    expect(await acquire()).toEqual({ granted: false, retryAfterMs: SLOW_MS, reason: 'slow' });
    expect(asked).toBe(1);
    end();
    await acquire();
    expect(asked).toBe(2);
  });
});

describe('a key', () => {
  it('is new until it answers, or a run of it is short; quick while it does, and new again after a rest', () => {
    const { speeds, changes, pass, request } = open();
    expect(speeds.speedOf('a')).toBe('new');
    request('a', 4_000);
    speeds.noteRun('b', 900);
    speeds.noteRun('c', 1_000);
    expect(['a', 'b', 'c'].map((key) => speeds.speedOf(key))).toEqual(['quick', 'quick', 'new']);
    expect(changes()).toBeGreaterThan(1);
    pass(15_000);
    expect(['a', 'b'].map((key) => speeds.speedOf(key))).toEqual(['new', 'new']);
  });

  it('is late while a request has no answer for a second, whatever else it answers', () => {
    const { speeds, pass, request } = open();
    const end = speeds.begin('a', 'sync');
    pass(999);
    expect(speeds.isLate('a')).toBe(false);
    pass(1);
    request('a', 10);
    expect(speeds.isLate('a')).toBe(true);
    end();
    expect(speeds.isLate('a')).toBe(false);
  });
});
