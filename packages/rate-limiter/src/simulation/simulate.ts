import { LATE_ARRIVAL_MS, type Priority } from '@luma-sync/jobs';
import type { Budget, BudgetWindow, RequestMethod } from '../budget.js';
import type { BudgetMemory } from '../budget-memory.js';
import type { BudgetEngine } from '../engine.js';
import { createLimiter } from '../limiter.js';
import type { RateLimiter, Slot } from '../rate-limiter.js';
import { CountingServer } from './counting-server.js';
import { SeededRandom } from './seeded-random.js';
import { VirtualTime } from './virtual-time.js';

/** What a simulation needs of an engine: the operations by a given clock, and a way to forget everything. */
export interface SimulatedEngine extends BudgetEngine {
  lose(): void | Promise<void>;
}

export interface SimulationResult {
  seed: number;
  /** One line on the figures that the seed chose. */
  scenario: string;
  /** Promises that were broken; empty when all held. */
  broken: string[];
  arrivals: number;
}

interface Scenario {
  budget: Budget;
  processes: number;
  loopsPerProcess: number;
  requestTimeoutMs: number;
  roundTripMaxMs: number;
  stallChance: number;
  crashEveryMs: number;
  lostAnswerChance: number;
  refusalChance: number;
  /** How often the engine forgets everything; more than once only with a second memory. */
  losses: number;
  /**
   * A second memory, as Postgres is: then the first start finds the key idle, and may lose the engine's memory at once.
   */
  hasMemory: boolean;
  clockStepsBack: boolean;
  durationMs: number;
}

/**
 * One random run: several processes, requests that are counted anywhere between their sending and their answer, stalls
 * between any two steps, crashes, lost answers, 429s, a clock that steps back, an engine that forgets. The server's
 * count is checked over every window, against the capacity; against the whole limit when memory was lost.
 */
export async function simulate(
  seed: number,
  createEngine: (clock: () => number) => SimulatedEngine,
): Promise<SimulationResult> {
  const random = new SeededRandom(seed);
  const scenario = toScenario(random);
  const world = new World(scenario, random, createEngine);
  const broken = await world.run();
  const { budget, ...rest } = scenario;
  const windows = budget.windows.map((w) => `${w.limit}-${w.headroom}/${w.windowMs}ms ${w.methods}`).join(', ');
  return { seed, scenario: `${windows} ${JSON.stringify(rest)}`, broken, arrivals: world.server.total };
}

function toScenario(random: SeededRandom): Scenario {
  const windowMs = random.integer(1_000, 8_000);
  const toWindow = (methods: BudgetWindow['methods'], scale = 1): BudgetWindow => {
    const limit = random.integer(2, 25) * scale;
    return { limit, headroom: random.integer(0, Math.min(4, limit - 1)), windowMs: windowMs * scale, methods };
  };
  const windows = random.pick<BudgetWindow[]>([
    [toWindow('all')],
    [toWindow('all')],
    [toWindow('all'), toWindow('all', 3)],
    [toWindow('read'), toWindow('write')],
    [toWindow('all', 2), toWindow('write')],
  ]);
  const requestTimeoutMs = random.integer(500, 5_000);
  return {
    budget: { windows, requestTimeoutMaxMs: requestTimeoutMs },
    processes: random.integer(1, 4),
    loopsPerProcess: random.integer(1, 5),
    requestTimeoutMs,
    roundTripMaxMs: random.pick([50, 300, 1_000, 4_000]),
    stallChance: random.pick([0, 0.02, 0.2]),
    crashEveryMs: random.pick([0, 5_000, 20_000]),
    lostAnswerChance: random.pick([0, 0.05, 0.3]),
    refusalChance: random.pick([0, 0, 0.02]),
    ...toLosses(random),
    clockStepsBack: random.chance(0.3),
    durationMs: windowMs * 8,
  };
}

function toLosses(random: SeededRandom): Pick<Scenario, 'losses' | 'hasMemory'> {
  const hasMemory = random.chance(0.5);
  if (random.chance(0.6)) return { hasMemory, losses: 0 };
  return { hasMemory, losses: hasMemory ? random.integer(1, 4) : 1 };
}

class World {
  readonly server = new CountingServer();
  readonly #time: VirtualTime;
  readonly #engine: SimulatedEngine;
  readonly #broken: string[] = [];
  #clockOffset = 0;
  #blockedUntil = 0;
  readonly #noted = { used: Number.NEGATIVE_INFINITY, forgotten: Number.NEGATIVE_INFINITY };

  constructor(
    private readonly scenario: Scenario,
    private readonly random: SeededRandom,
    createEngine: (clock: () => number) => SimulatedEngine,
  ) {
    this.#time = new VirtualTime();
    this.#engine = createEngine(() => Math.floor(this.#time.now - this.#clockOffset));
  }

  async run(): Promise<string[]> {
    const { scenario, random } = this;
    const start = this.#time.now;
    const end = start + scenario.durationMs;
    // A budget that was known to be idle, so that the run is about its steady state and not about the cold start.
    if (!scenario.hasMemory) await this.#engine.open('account', scenario.losses > 0 && random.chance(0.5) ? 10_000 : 0);
    for (let p = 0; p < scenario.processes; p++) this.#startProcess(end);
    for (const afterMs of this.#drawLosses()) {
      this.#time.at(start + afterMs, async () => {
        await this.#engine.lose();
        this.#blockedUntil = 0; // a lock-out is forgotten too; only the headroom goes out then
      });
    }
    if (scenario.clockStepsBack) {
      this.#time.at(start + random.between(0.2, 0.8) * scenario.durationMs, () => {
        this.#clockOffset = random.integer(1, 5_000);
      });
    }
    await this.#time.runUntil(end + scenario.requestTimeoutMs + 20_000);
    for (const window of scenario.budget.windows) {
      const allowed = scenario.losses > 0 ? window.limit : window.limit - window.headroom;
      const { count, from } = this.server.worst(window);
      if (count > allowed) {
        this.#broken.push(
          `${count} arrivals in ${window.windowMs} ms from ${from - start} ms on, ${allowed} allowed ` +
            `(${window.methods})`,
        );
      }
    }
    return this.#broken;
  }

  /** Some while the first slots of all are on their way, some soon after another, some at any time. */
  #drawLosses(): number[] {
    const { random, scenario } = this;
    const [{ windowMs } = { windowMs: 1_000 }] = scenario.budget.windows;
    const losses: number[] = [];
    for (let i = 0; i < scenario.losses; i++) {
      const last = losses.at(-1);
      if (last !== undefined && random.chance(0.5)) losses.push(last + random.between(0.02, 0.6) * windowMs);
      else if (scenario.hasMemory && random.chance(0.3)) losses.push(random.between(0, 50));
      else losses.push(random.between(0.1, 0.7) * scenario.durationMs);
    }
    return losses;
  }

  /** A process works until it crashes; then nothing of it happens any more, and another takes its place. */
  #startProcess(end: number): void {
    const { random, scenario } = this;
    const process = { isAlive: true };
    const limiter = createLimiter({
      engine: this.#overNetwork(),
      budgets: { read: () => scenario.budget },
      memory: scenario.hasMemory ? this.#secondMemory() : null,
      clock: this.#time.clock(random.integer(-1_000_000, 1_000_000)),
      random: () => random.next(),
      answerWithinMs: 250,
    });
    for (let i = 0; i < scenario.loopsPerProcess; i++) void this.#loop(limiter, process, end);
    if (scenario.crashEveryMs > 0) {
      const diesAt = this.#time.now + random.between(0.2, 1.8) * scenario.crashEveryMs;
      this.#time.at(diesAt, () => {
        process.isAlive = false;
        if (this.#time.now < end) this.#startProcess(end);
      });
    }
  }

  async #loop(limiter: RateLimiter, process: { isAlive: boolean }, end: number): Promise<void> {
    const { random, scenario } = this;
    while (process.isAlive && this.#time.now < end) {
      const method = random.pick<RequestMethod>(['read', 'write']);
      const request = {
        account: 'account',
        method,
        priority: random.pick<Priority>(['interactive', 'sync', 'bulk']),
        requestTimeoutMs: scenario.requestTimeoutMs,
      };
      try {
        const answer = await limiter.acquire(request);
        await this.#stall();
        if (!answer.granted) await this.#time.sleep(answer.retryAfterMs);
        else if (process.isAlive) await this.#send(limiter, answer.slot, method, process);
      } catch {
        // The limiter was unavailable: wait and come again.
        await this.#time.sleep(random.between(1, 1_000));
      }
      if (random.chance(0.3)) await this.#time.sleep(random.between(0, scenario.roundTripMaxMs));
    }
  }

  async #send(limiter: RateLimiter, slot: Slot, method: RequestMethod, process: { isAlive: boolean }): Promise<void> {
    const { random, scenario } = this;
    const leftMs = slot.remainingMs();
    if (leftMs <= 0) return slot.release();
    const sentAt = this.#time.now;
    const roundTripMs = random.between(0, scenario.roundTripMaxMs);
    const isLost = roundTripMs > leftMs || random.chance(scenario.lostAnswerChance);
    // The server may count it at any moment until it answers; without an answer until the client gave up and a little
    // longer.
    const latestMs = isLost ? leftMs + LATE_ARRIVAL_MS : roundTripMs;
    const arrivesAt = sentAt + random.pick([0, latestMs, random.next() * latestMs]);
    this.#time.at(arrivesAt, () => this.server.arrive(arrivesAt, method));
    await this.#time.sleep(isLost ? leftMs : roundTripMs);
    if (isLost || !process.isAlive) return;
    await this.#stall();
    if (!process.isAlive) return;
    if (random.chance(scenario.refusalChance)) {
      const forMs = random.integer(100, 5_000);
      await limiter.block('account', forMs);
    }
    await slot.settle({ status: 200, headers: {} });
  }

  async #stall(): Promise<void> {
    if (this.random.chance(this.scenario.stallChance)) await this.#time.sleep(this.random.between(0, 10_000));
  }

  /** Questions and answers take a while on the way, and some answers never come. */
  #remote<T>(operation: () => Promise<T>): Promise<T> {
    const { random } = this;
    const delay = (): number => (random.chance(0.02) ? random.between(0, 4_000) : random.between(0, 3));
    return new Promise((resolve, reject) => {
      this.#time.at(this.#time.now + delay(), async () => {
        try {
          const answer = await operation();
          if (!random.chance(0.005)) this.#time.at(this.#time.now + delay(), () => resolve(answer));
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  /** What Postgres remembers: it loses nothing, and is as far away as the engine. */
  #secondMemory(): BudgetMemory {
    const agoOf = (what: 'used' | 'forgotten'): number => this.#time.now - this.#noted[what];
    return {
      idleForMs: () => this.#remote(async () => agoOf('used')),
      markUsed: () =>
        this.#remote(async () => {
          this.#noted.used = this.#time.now;
        }),
      noteForgotten: () =>
        this.#remote(async () => {
          const agoMs = agoOf('forgotten');
          this.#noted.forgotten = this.#time.now;
          return agoMs;
        }),
    };
  }

  #overNetwork(): BudgetEngine {
    const remote = <T>(operation: () => Promise<T>): Promise<T> => this.#remote(operation);
    return {
      take: (call) =>
        remote(async () => {
          const answer = await this.#engine.take(call);
          // The engine counts whole milliseconds.
          if (answer.kind === 'granted' && this.#time.now < this.#blockedUntil - 1) {
            this.#broken.push('a slot was given during a lock-out');
          }
          return answer;
        }),
      block: (account, forMs) =>
        remote(async () => {
          await this.#engine.block(account, forMs);
          this.#blockedUntil = Math.max(this.#blockedUntil, this.#time.now + forMs);
        }),
      claim: (account, claim, forMs) => remote(() => this.#engine.claim(account, claim, forMs)),
      open: (account, coldMs, stillMs, claim) => remote(() => this.#engine.open(account, coldMs, stillMs, claim)),
      holds: (account, slotId) => remote(() => this.#engine.holds(account, slotId)),
      settle: (call) => remote(() => this.#engine.settle(call)),
      release: (account, slotId) => remote(() => this.#engine.release(account, slotId)),
      inspect: (account, windows) => remote(() => this.#engine.inspect(account, windows)),
    };
  }
}
