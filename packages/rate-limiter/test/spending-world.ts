import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { atEnd, spawnNode, type TestProcess, waitFor } from '@luma-sync/testkit';
import { Cluster, Redis } from 'ioredis';
import type { RateLimiter } from '../src/rate-limiter.js';
import type { RedisClient } from '../src/redis/redis-engine.js';
import { createRedisLimiter } from '../src/redis-limiter.js';
import { CountingServer } from '../src/simulation/counting-server.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));

export const WINDOW = { limit: 24, headroom: 4, windowMs: 1_000, methods: 'all' as const };
const REQUEST_TIMEOUT_MS = 600;
export const CAPACITY = WINDOW.limit - WINDOW.headroom;

/** The processes of these tests are real ones, and run what a build gives. */
export const buildSpenders = (): Promise<unknown> =>
  promisify(execFile)(process.execPath, ['node_modules/typescript/bin/tsc', '-b', 'packages/rate-limiter'], {
    cwd: root,
  });

export interface SpendingWorld {
  counted: CountingServer;
  /** A client of the Redis in question; disconnected at the end. */
  connect(): RedisClient;
  /** A limiter in this process, that knows the budget to be idle if asked to. */
  openLimiter(isIdle?: boolean): RateLimiter;
  /**
   * @param thinkMs Between getting a slot and using it; a process stopped then wakes up with slots that are long over.
   */
  spawnSpender(thinkMs?: number, loops?: number): TestProcess;
  /** Opens the budget at full speed and starts so many processes that spend all they get. */
  startSpending(processes: number): Promise<TestProcess[]>;
  /** Asks for all there is, at once and from this process: a crowd that no earlier answer has told to come later. */
  burst(): Promise<void>;
  /** Waits until so many requests have arrived. */
  arrived(count: number): Promise<unknown>;
  close(): Promise<void>;
}

/** A server that counts arrivals, and processes that spend a budget on it as fast as they may. */
export async function openSpendingWorld(redisUrl: string): Promise<SpendingWorld> {
  const counted = new CountingServer();
  const spenders: TestProcess[] = [];
  const clients: RedisClient[] = [];
  const server = createServer((_request, response) => {
    // Counts at some moment between receiving and answering, and answers at some later one.
    const answerAfterMs = Math.random() * 300;
    setTimeout(() => counted.arrive(performance.now(), 'read'), Math.random() * answerAfterMs);
    setTimeout(() => response.end('ok'), answerAfterMs + 2);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const serverUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

  /** Connected from the start, or its first questions would find no Redis. */
  let crowd: RateLimiter | null = null;
  const spend = async (limiter: RateLimiter): Promise<void> => {
    const answer = await ask(limiter);
    if (!answer.granted) return;
    const timeoutMs = Math.max(1, Math.floor(answer.slot.remainingMs()));
    await fetch(serverUrl, { signal: AbortSignal.timeout(timeoutMs), headers: { connection: 'close' } });
    await answer.slot.settle();
  };

  const world: SpendingWorld = {
    counted,
    connect() {
      const client = redisUrl.includes(',')
        ? new Cluster(redisUrl.split(','), { redisOptions: { maxRetriesPerRequest: 1 } })
        : new Redis(redisUrl, { maxRetriesPerRequest: 1 });
      client.on('error', () => undefined);
      clients.push(client);
      return client;
    },
    openLimiter: (isIdle = false) =>
      createRedisLimiter({
        redis: world.connect(),
        keyPrefix: 'test:',
        budgets: { read: () => ({ windows: [WINDOW], requestTimeoutMaxMs: REQUEST_TIMEOUT_MS }) },
        ...(isIdle
          ? {
              memory: {
                idleForMs: async () => Number.POSITIVE_INFINITY,
                markUsed: async () => undefined,
                noteForgotten: async () => Number.POSITIVE_INFINITY,
              },
            }
          : {}),
      }),
    spawnSpender(thinkMs = 0, loops = 6) {
      const settings = {
        redisUrl,
        keyPrefix: 'test:',
        serverUrl,
        window: WINDOW,
        requestTimeoutMs: REQUEST_TIMEOUT_MS,
        loops,
        thinkMs,
      };
      const entry = fileURLToPath(new URL('./spender.mjs', import.meta.url));
      const spender = spawnNode(entry, { args: [JSON.stringify(settings)] });
      spenders.push(spender);
      return spender;
    },
    async startSpending(processes) {
      // A client that is not connected yet gets no slot within the time a question may take.
      const opener = world.openLimiter(true);
      crowd = world.openLimiter();
      await waitFor(async () => release(await ask(opener)), { what: 'the budget to be open' });
      return Array.from({ length: processes }, () => world.spawnSpender());
    },
    async burst() {
      const limiter = crowd ?? world.openLimiter();
      // Those told to come later, or that lost their answer, are of no interest here.
      await Promise.allSettled(Array.from({ length: 2 * CAPACITY }, () => spend(limiter)));
    },
    arrived: (count) =>
      waitFor(() => counted.total >= count, {
        what: `${count} requests to arrive (${counted.total} did)`,
        limitMs: 40_000,
      }),
    close: atEnd(async () => {
      await Promise.all(spenders.map((spender) => spender.stop(0)));
      for (const client of clients) client.disconnect();
      server.close();
      server.closeAllConnections();
    }),
  };
  return world;
}

export const ask = (limiter: RateLimiter) =>
  limiter.acquire({
    account: 'account',
    method: 'read',
    priority: 'interactive',
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
  });

async function release(answer: Awaited<ReturnType<typeof ask>>): Promise<boolean> {
  if (answer.granted) await answer.slot.release();
  return answer.granted;
}
