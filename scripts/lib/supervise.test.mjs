import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { supervise, superviseServices } from './supervise.mjs';

/** A program that ends with these codes in turn, each after `lastsMs`; then it is told to stop. */
function play(codes, { lastsMs = 60_000, ...options } = {}) {
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
    ...options,
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

describe('a service', () => {
  it.each([
    ['ended as if it had been told to', 0],
    ['ended with an error soon after its start', 1],
    ['was killed', 137],
  ])('is started again when it %s', async (_how, code) => {
    const played = play([code, code], { lastsMs: 2_000, isService: true });
    await played.ended;
    expect(played.starts()).toBe(2);
    expect(played.pauses).toEqual([500]);
  });

  it('is given up when it ends again and again, and its log is named', async () => {
    const codes = Array.from({ length: 20 }, () => 0);
    const played = play(codes, { isService: true, log: 'redis.log' });
    await expect(played.ended).rejects.toMatchObject({
      message: 'it ended 5 times within 10 minutes (last: exit code 0); given up',
      log: 'redis.log',
    });
  });

  const spawnService = (source) => spawn(process.execPath, ['-e', source], { stdio: 'ignore' });

  it('is a real process: when it is killed the next one is up, and no third one after the run has ended', async () => {
    const children = [];
    const restart = () => {
      const child = spawnService('setInterval(() => {}, 1000)');
      children.push(child);
      if (children.length === 2) child.once('spawn', restarted);
      return child;
    };
    let restarted;
    const isRestarted = new Promise((resolve) => (restarted = resolve));
    const run = { isStopping: false, stopped: new Promise(() => {}) };
    const failed = superviseServices(run, [{ name: 'it', child: restart(), restart, log: 'it.log' }]);
    children[0].kill('SIGKILL');
    await Promise.race([isRestarted, failed]);
    run.isStopping = true;
    const isOver = once(children[1], 'exit');
    children[1].kill('SIGKILL');
    await isOver;
    expect(children).toHaveLength(2);
  });

  it('ends the run when it is given up', async () => {
    const run = { isStopping: false, stopped: new Promise(() => {}) };
    const restart = () => spawnService('process.exit(3)');
    // Each pause is over at once.
    run.stopped = Promise.resolve();
    const services = [{ name: 'it', child: restart(), restart, log: 'it.log' }];
    await expect(superviseServices(run, services)).rejects.toThrow(/it ended 5 times .*exit code 3.*given up/);
  });
});
