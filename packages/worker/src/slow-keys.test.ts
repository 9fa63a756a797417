import { describe, expect, it } from '@jest/globals';
import { createKeyBreakers } from './slow-keys.js';

const SLOW_MS = 5_000;

/** Breakers on a clock that a test moves. */
function open() {
  let nowMs = 0;
  let calls: { atMs: number; call: () => void }[] = [];
  const lines: string[] = [];
  const breakers = createKeyBreakers({
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
  const changes: string[][] = [];
  breakers.onChange(() => changes.push(breakers.list()));
  const pass = (ms: number): void => {
    nowMs += ms;
    const due = calls.filter(({ atMs }) => atMs <= nowMs);
    calls = calls.filter(({ atMs }) => atMs > nowMs);
    for (const { call } of due) call();
  };
  const request = (account: string, tookMs: number): void => {
    const end = breakers.begin(account);
    pass(tookMs);
    end();
  };
  return { breakers, changes, lines, pass, request };
}

describe('the breaker of a key', () => {
  it('opens while a request is still without an answer, once, and leaves other keys alone', () => {
    const { breakers, changes, lines, pass } = open();
    const ends = [breakers.begin('a'), breakers.begin('a'), breakers.begin('b')];
    ends[2]?.();
    pass(SLOW_MS - 1);
    expect(breakers.has('a')).toBe(false);
    pass(1);
    expect(breakers.list()).toEqual(['a']);
    for (const end of ends.slice(0, 2)) end();
    expect(changes).toEqual([['a']]);
    expect(lines).toHaveLength(1);
  });

  it('stays closed for answers that are in time, however many', () => {
    const { breakers, request } = open();
    for (let n = 0; n < 50; n += 1) request('a', SLOW_MS - 1);
    expect(breakers.list()).toEqual([]);
  });

  it('closes after three quick answers in a row; a slow one, or one in between, begins the count anew', () => {
    const { breakers, changes, lines, request } = open();
    request('a', 25_000);
    for (const tookMs of [100, 100, 4_000, 100, 100, 25_000, 100, 100]) {
      request('a', tookMs);
      expect(breakers.has('a')).toBe(true);
    }
    request('a', 100);
    expect(breakers.list()).toEqual([]);
    expect(changes).toEqual([['a'], []]);
    expect(lines).toHaveLength(2);
  });
});
