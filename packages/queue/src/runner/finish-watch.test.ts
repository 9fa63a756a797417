import { afterEach, describe, expect, it } from '@jest/globals';
import { FinishWatch } from './finish-watch.js';

const TIMES = { stillMs: 60_000, lookMs: 5_000 };
let nowMs = 0;
let waiting: number | Error = 0;
let watch: FinishWatch;

function open(jobs: number | Error): void {
  nowMs = 0;
  waiting = jobs;
  const countWaiting = async () => {
    if (waiting instanceof Error) throw waiting;
    return waiting;
  };
  watch = new FinishWatch({ times: TIMES, countWaiting }, () => nowMs);
}
afterEach(() => watch.stop());

async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += TIMES.lookMs) {
    nowMs += TIMES.lookMs;
    await watch.look();
  }
}

describe('a queue stands still', () => {
  it('when work waits and nothing has moved for a minute; it says how much, and for how long', async () => {
    open(37);
    await pass(60_000);
    expect(watch.standstill).toBeNull();
    await pass(15_000);
    expect(watch.standstill).toEqual({ waiting: 37, stillMs: 70_000 });
    watch.moved();
    expect(watch.standstill).toBeNull();
  });
});

describe('a queue does not stand still', () => {
  it('while nothing waits for a worker: idle, paused, or all of it waits for its time', async () => {
    open(0);
    await pass(600_000);
    expect(watch.standstill).toBeNull();
  });

  it('while one run moves on now and then, however long it takes', async () => {
    open(5);
    for (let minute = 0; minute < 20; minute += 1) {
      await pass(55_000);
      watch.moved();
      expect(watch.standstill).toBeNull();
    }
  });

  it('while Redis is away: that is told by another check', async () => {
    open(new Error('no Redis'));
    await pass(600_000);
    expect(watch.standstill).toBeNull();
  });

  it('because its own process was stopped for long', async () => {
    open(5);
    await pass(10_000);
    nowMs += 600_000;
    await watch.look();
    expect(watch.standstill).toBeNull();
  });
});
