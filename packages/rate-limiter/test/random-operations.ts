import type { BudgetWindow } from '../src/budget.js';
import type { BudgetEngine } from '../src/engine.js';
import type { SeededRandom } from '../src/simulation/seeded-random.js';

interface Step {
  advanceMs: number;
  /** Runs on any engine that was driven by the same steps before, and gives what can be compared. */
  run(engine: BudgetEngine): Promise<unknown>;
}

/** Draws operations from slots and tickets that earlier ones gave; the answers of one engine steer it. */
export class RandomOperations {
  readonly #slots: string[] = [];
  readonly #tickets: { id: string; rank: number; method: 'read' | 'write' }[] = [];
  #windows: BudgetWindow[];

  constructor(private readonly random: SeededRandom) {
    this.#windows = this.#drawWindows();
  }

  next(): Step {
    const { random } = this;
    if (random.chance(0.01)) this.#windows = this.#drawWindows();
    return { advanceMs: random.pick([0, 1, 17, 250, random.integer(0, 4_000)]), run: this.#draw() };
  }

  /** Feeds back what a `take` gave. */
  learn(answer: unknown): void {
    const { slotId, ticket } = answer as { slotId?: string; ticket?: string };
    if (slotId !== undefined) this.#slots.push(slotId);
    if (ticket !== undefined) {
      const [rank, , method] = ticket.split(':');
      this.#tickets.push({ id: ticket, rank: Number(rank), method: method === 'write' ? 'write' : 'read' });
    }
  }

  #draw(): Step['run'] {
    const { random } = this;
    const windows = this.#windows;
    const kind = random.next();
    if (kind < 0.5 || (this.#slots.length === 0 && this.#tickets.length === 0)) {
      const call = { rank: random.integer(0, 2), method: random.pick(['read', 'write'] as const), ticket: null };
      const holdMs = random.integer(100, 5_000);
      const maxWaitMs = random.pick([0, 500, 2_000]);
      return (engine) => engine.take({ account: 'a', windows, holdMs, maxWaitMs, ...call });
    }
    if (kind < 0.7 && this.#tickets.length > 0) {
      const [mine] = this.#tickets.splice(random.integer(0, this.#tickets.length - 1), 1);
      const { id, rank, method } = mine ?? { id: '0:0:read', rank: 0, method: 'read' as const };
      return (engine) =>
        engine.take({ account: 'a', windows, holdMs: 1_000, maxWaitMs: 2_000, rank, method, ticket: id });
    }
    if (kind < 0.93 && this.#slots.length > 0) {
      const index = random.integer(0, this.#slots.length - 1);
      const slotId = this.#slots[index] ?? '';
      if (random.chance(0.8)) this.#slots.splice(index, 1);
      const window = windows[0] as BudgetWindow;
      const serverLimit = random.chance(0.2) ? random.integer(1, 40) : null;
      const serverRemaining = serverLimit !== null && random.chance(0.7) ? random.integer(0, serverLimit) : null;
      if (random.chance(0.05)) return (engine) => engine.release('a', slotId);
      return (engine) => engine.settle({ account: 'a', slotId, window, serverLimit, serverRemaining });
    }
    if (kind < 0.94) {
      const forMs = random.integer(0, 3_000);
      return (engine) => engine.block('a', forMs);
    }
    return (engine) => engine.inspect('a', windows);
  }

  #drawWindows(): BudgetWindow[] {
    const { random } = this;
    const draw = (methods: BudgetWindow['methods']): BudgetWindow => {
      const limit = random.integer(2, 30);
      return { limit, headroom: random.integer(0, limit - 1), windowMs: random.integer(500, 20_000), methods };
    };
    return random.pick([
      [draw('all')],
      [draw('all'), draw('all')],
      [draw('read'), draw('write')],
      [draw('all'), draw('write')],
    ]);
  }
}
