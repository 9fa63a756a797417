import pTimeout from 'p-timeout';

/** The part of the logger that this needs. */
export type ShutdownLog = {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
};

type Closer = { name: string; close: () => unknown; limitMs: number };

export type ShutdownOptions = {
  log: ShutdownLog;
  /** For all closers together. A deploy counts on 25 s; Kubernetes and Compose-like runners kill after 30 s. */
  totalLimitMs?: number;
};

/**
 * What has to be closed when a process ends, in which order. Last added, first closed: what was built on top goes
 * before what it stands on. A closer that fails or takes too long is noted, and the next one gets its turn.
 */
export class Shutdown {
  readonly #log: ShutdownLog;
  readonly #totalLimitMs: number;
  readonly #closers: Closer[] = [];
  #running: Promise<void> | null = null;

  constructor({ log, totalLimitMs = 24_000 }: ShutdownOptions) {
    this.#log = log;
    this.#totalLimitMs = totalLimitMs;
  }

  /** @param limitMs How long `close` may take, at most. Default 10 s. */
  add(name: string, close: () => unknown, limitMs = 10_000): void {
    this.#closers.push({ name, close, limitMs });
  }

  /** True from the moment that the process was told to end: it is not ready for anything new. */
  get isStopping(): boolean {
    return this.#running !== null;
  }

  /** Closes everything, once, however often it is called. Never throws. */
  run(): Promise<void> {
    this.#running ??= this.#closeAll();
    return this.#running;
  }

  async #closeAll(): Promise<void> {
    const giveUpAt = performance.now() + this.#totalLimitMs;
    for (const { name, close, limitMs } of this.#closers.reverse()) {
      const startedAt = performance.now();
      // Even with no time left each closer is called: most do their part before they first wait.
      const allowedMs = Math.max(1, Math.min(limitMs, giveUpAt - startedAt));
      try {
        await pTimeout(callAsync(close), { milliseconds: allowedMs });
        this.#log.info({ part: name, durationMs: Math.round(performance.now() - startedAt) }, 'closed');
      } catch (err) {
        this.#log.warn({ part: name, err }, 'not closed in order');
      }
    }
  }
}

async function callAsync(close: () => unknown): Promise<void> {
  await close();
}
