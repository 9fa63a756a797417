import { afterEach, describe, expect, it } from '@jest/globals';
import type { RunIdentity } from '../runner/ledger.js';
import { type AloneEnd, type AloneRunner, IsolatedLane, type IsolationLedger } from './lane.js';

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

class FakeLedger implements IsolationLedger {
  readonly due: string[] = [];
  expected = 0;
  silent = 0;
  readonly deferred: string[] = [];
  look = async () => ({ due: this.due.length, expected: this.expected });
  isolateSilent = async () => {
    this.silent += 1;
  };
  claim = async () => this.due.shift() ?? null;
  defer = async (id: string) => {
    this.deferred.push(id);
  };
  recordDeath = async () => true;
}

class FakeRunner implements AloneRunner {
  isReady = false;
  prepared = 0;
  problem: string | null = null;
  readonly ran: string[] = [];
  private finish: (end: AloneEnd) => void = () => {};
  prepare = async () => {
    this.prepared += 1;
    this.isReady = this.problem === null;
    return this.problem;
  };
  run = ({ id }: RunIdentity) => {
    this.ran.push(id);
    return new Promise<AloneEnd>((resolve) => {
      this.finish = resolve;
    });
  };
  end(): void {
    this.finish({ kind: 'ended', result: { kind: 'settled' } });
  }
  close = async () => this.end();
}

async function until(condition: () => boolean): Promise<void> {
  for (let turns = 0; !condition(); turns += 1) {
    if (turns > 10_000) throw new Error('the condition was never met');
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

describe('IsolatedLane', () => {
  let lane: IsolatedLane | undefined;
  afterEach(async () => lane?.close());

  function open(runners: number, steadyMs = 0) {
    const ledger = new FakeLedger();
    const all = Array.from({ length: runners }, () => new FakeRunner());
    const times = { pollMs: 2, expectMs: 1, troubleMs: 2, steadyMs };
    lane = new IsolatedLane({ ledger, runners: all, log, processId: 'test', times });
    const [first, second] = all as [FakeRunner, FakeRunner];
    return { ledger, first, second, lane };
  }

  it('starts no process while nothing is due', async () => {
    const { ledger, first, lane } = open(1);
    let looks = 0;
    ledger.look = async () => {
      looks += 1;
      return { due: 0, expected: 0 };
    };
    lane.start();
    await until(() => looks > 5);
    expect(first.prepared).toBe(0);
    expect(ledger.silent).toBe(0);
  });

  it('starts the process ahead and isolates what lapsed while an operation is expected', async () => {
    const { ledger, first, lane } = open(1);
    ledger.expected = 1;
    lane.start();
    await until(() => first.prepared === 1 && ledger.silent > 2);
    expect(first.ran).toEqual([]);
    ledger.due.push('a');
    await until(() => first.ran.length === 1);
  });

  it('isolates nothing while Postgres has not answered for long enough', async () => {
    const { ledger, first, lane } = open(1, 60_000);
    ledger.expected = 1;
    let looks = 0;
    ledger.look = async () => {
      looks += 1;
      if (looks === 1) throw new Error('Postgres is away');
      return { due: 0, expected: 1 };
    };
    lane.start();
    await until(() => looks > 10);
    expect(first.prepared).toBe(1);
    expect(ledger.silent).toBe(0);
  });

  it('claims nothing before its process is ready', async () => {
    const { ledger, first, lane } = open(1);
    first.problem = 'exit code 1';
    ledger.due.push('a');
    lane.start();
    await until(() => first.prepared > 2);
    expect(ledger.due).toEqual(['a']);
    first.problem = null;
    await until(() => first.ran.length === 1);
  });

  it('uses a second process only while the first one is at work and more is due', async () => {
    const { ledger, first, second, lane } = open(2);
    ledger.due.push('a');
    ledger.expected = 3;
    lane.start();
    await until(() => first.ran.length === 1 && ledger.silent > 5);
    expect(second.prepared).toBe(0);
    ledger.due.push('b');
    await until(() => second.ran.length === 1);
    expect(first.ran).toEqual(['a']);
    expect(second.ran).toEqual(['b']);
  });
});
