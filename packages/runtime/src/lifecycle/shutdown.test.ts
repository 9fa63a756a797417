import { EventEmitter } from 'node:events';
import { describe, expect, it, jest } from '@jest/globals';
import { type GiveUp, runUntilSignal } from './run-until-signal.js';
import { Shutdown } from './shutdown.js';

const silent = { info: () => {}, warn: () => {}, fatal: () => {} };
const never = (): Promise<never> => new Promise(() => {});

describe('Shutdown', () => {
  it('closes what was added last first, one after the other', async () => {
    const seen: string[] = [];
    const shutdown = new Shutdown({ log: silent });
    shutdown.add('database', () => void seen.push('database'));
    shutdown.add('worker', async () => {
      seen.push('worker stops');
      await new Promise(setImmediate);
      seen.push('worker stopped');
    });
    expect(shutdown.isStopping).toBe(false);
    const running = shutdown.run();
    expect(shutdown.isStopping).toBe(true);
    await Promise.all([running, shutdown.run()]);
    expect(seen).toEqual(['worker stops', 'worker stopped', 'database']);
  });

  it('goes on after a closer that fails or hangs, and names it', async () => {
    const warn = jest.fn();
    const closeDatabase = jest.fn();
    const shutdown = new Shutdown({ log: { ...silent, warn } });
    shutdown.add('database', closeDatabase);
    shutdown.add('queue', () => {
      throw new Error('lost');
    });
    shutdown.add('worker', never, 5);
    await shutdown.run();
    expect(closeDatabase).toHaveBeenCalledTimes(1);
    expect(warn.mock.calls.map(([fields]) => Object(fields).part)).toEqual(['worker', 'queue']);
  });

  it('calls the remaining closers when the time for all is used up', async () => {
    const closed = jest.fn();
    const shutdown = new Shutdown({ log: silent, totalLimitMs: 10 });
    shutdown.add('last', closed);
    shutdown.add('second', never);
    shutdown.add('first', never);
    await shutdown.run();
    expect(closed).toHaveBeenCalledTimes(1);
  });
});

function openProcess(close: () => unknown = () => {}) {
  const events = new EventEmitter();
  let nowMs = 0;
  let giveUp: GiveUp = () => {};
  const fatal = jest.fn();
  const exited = new Promise<number>((resolve) => {
    const shutdown = new Shutdown({ log: silent, totalLimitMs: 500 });
    shutdown.add('part', close);
    giveUp = runUntilSignal({
      shutdown,
      log: { ...silent, fatal },
      process: { on: (name, listener) => events.on(name, listener), exit: resolve },
      nowMs: () => nowMs,
    });
  });
  return {
    send: (name: string, ...args: unknown[]) => events.emit(name, ...args),
    wait: (ms: number) => (nowMs += ms),
    giveUp: (reason: string) => giveUp(reason),
    fatal,
    exited,
  };
}

describe('runUntilSignal', () => {
  it('closes everything and exits with 0 on SIGTERM', async () => {
    const close = jest.fn();
    const own = openProcess(close);
    own.send('SIGTERM');
    expect(await own.exited).toBe(0);
    expect(close).toHaveBeenCalledTimes(1);
  });

  it('closes everything and exits with 1 when a part gives up, and says why', async () => {
    const close = jest.fn();
    const own = openProcess(close);
    own.giveUp('the worker takes no jobs');
    expect(await own.exited).toBe(1);
    expect(close).toHaveBeenCalledTimes(1);
    expect(own.fatal).toHaveBeenCalledWith({}, 'the worker takes no jobs');
  });

  it('exits at once on a second signal', async () => {
    const own = openProcess(never);
    own.send('SIGINT');
    own.wait(1_000);
    own.send('SIGINT');
    expect(await own.exited).toBe(130);
  });

  it('takes a Ctrl-C that arrives twice for one', async () => {
    let release = (): void => {};
    const own = openProcess(() => new Promise<void>((resolve) => (release = resolve)));
    own.send('SIGINT');
    own.wait(20);
    own.send('SIGINT');
    release();
    expect(await own.exited).toBe(0);
  });

  it.each(['unhandledRejection', 'uncaughtException'])(
    'closes everything and exits with 1 after an %s',
    async (name) => {
      const close = jest.fn();
      const own = openProcess(close);
      own.send(name, new Error('nobody thought of this'));
      expect(await own.exited).toBe(1);
      expect(close).toHaveBeenCalledTimes(1);
    },
  );
});
