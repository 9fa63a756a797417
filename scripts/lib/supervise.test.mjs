import { describe, expect, it } from '@jest/globals';
import { supervise } from './supervise.mjs';

/** A program that ends with these codes in turn, each after `lastsMs`; then it is told to stop. */
function play(codes, { lastsMs = 60_000 } = {}) {
  let nowMs = 0;
  const pauses = [];
  const run = { isStopping: false, stopped: new Promise(() => {}) };
  let starts = 0;
  const start = async () => {
    nowMs += lastsMs;
    const code = codes[starts];
    starts += 1;
    if (starts === codes.length) run.isStopping = true;
    return code;
  };
  const clock = {
    now: () => nowMs,
    rest: async (ms) => {
      pauses.push(ms);
      nowMs += ms;
    },
  };
  return { ended: supervise(run, 'it', start, clock), starts: () => starts, pauses };
}

describe('a program that is kept running', () => {
  it.each([
    ['killed', 137],
    ['ended with an error', 1],
  ])('is started again when it was %s', async (_how, code) => {
    const played = play([code, code, 0]);
    expect(await played.ended).toBe(0);
    expect(played.starts()).toBe(3);
    expect(played.pauses).toEqual([500, 1_000]);
  });

  it('is not started again when it ended well', async () => {
    const played = play([0, 1]);
    expect(await played.ended).toBe(0);
    expect(played.starts()).toBe(1);
  });

  it('is not started again when it was told to stop, however it ended', async () => {
    const played = play([137]);
    expect(await played.ended).toBe(137);
    expect(played.starts()).toBe(1);
  });

  it('is not started again when it never came up: it has said why', async () => {
    const played = play([1, 1], { lastsMs: 2_000 });
    expect(await played.ended).toBe(1);
    expect(played.starts()).toBe(1);
  });

  it('is given up when it ends again and again', async () => {
    const played = play(Array.from({ length: 20 }, () => 1));
    await expect(played.ended).rejects.toThrow(/ended 5 times within 10 minutes \(last: exit code 1\)/);
    expect(played.starts()).toBe(5);
  });

  it('is never given up for ends that lie far apart', async () => {
    const played = play(
      Array.from({ length: 20 }, () => 137),
      { lastsMs: 3_600_000 },
    );
    await played.ended;
    expect(played.starts()).toBe(20);
    expect(new Set(played.pauses)).toEqual(new Set([500]));
  });
});
