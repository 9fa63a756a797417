import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type RedisServer, spawnNode, startRedisServer, type TestProcess, waitFor } from '@luma-sync/testkit';
import { Redis } from 'ioredis';
import type { RateLimiter } from './rate-limiter.js';
import { createRedisLimiter } from './redis-limiter.js';
import { CountingServer } from './testing/counting-server.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const WINDOW = { limit: 24, headroom: 4, windowMs: 1_000, methods: 'all' as const };
const REQUEST_TIMEOUT_MS = 600;
const CAPACITY = WINDOW.limit - WINDOW.headroom;

let redis: RedisServer;
let counted: CountingServer;
let serverUrl: string;
let spenders: TestProcess[];
const closers: (() => unknown)[] = [];

beforeAll(async () => {
  // The processes of this test are real ones, and run what a build gives.
  await promisify(execFile)(process.execPath, ['node_modules/typescript/bin/tsc', '-b', 'packages/rate-limiter'], {
    cwd: root,
  });
}, 120_000);

beforeEach(async () => {
  redis = await startRedisServer();
  counted = new CountingServer();
  spenders = [];
  const server = createServer((_request, response) => {
    // Counts at some moment between receiving and answering, and answers at some later one.
    const answerAfterMs = Math.random() * 300;
    setTimeout(() => counted.arrive(performance.now(), 'read'), Math.random() * answerAfterMs);
    setTimeout(() => response.end('ok'), answerAfterMs + 2);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  serverUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  closers.push(() => {
    server.close();
    server.closeAllConnections();
  });
});

afterEach(async () => {
  await Promise.all(spenders.map((spender) => spender.stop(0)));
  for (const close of closers.splice(0).reverse()) await close();
  await redis.close();
});

/** A limiter in this process, that knows the budget to be idle if asked to. */
function openLimiter(isIdle = false): RateLimiter {
  const client = new Redis(redis.url, { maxRetriesPerRequest: 1 });
  client.on('error', () => undefined);
  closers.push(() => client.disconnect());
  return createRedisLimiter({
    redis: client,
    keyPrefix: 'test:',
    budgets: { read: () => ({ windows: [WINDOW], requestTimeoutMaxMs: REQUEST_TIMEOUT_MS }) },
    ...(isIdle ? { memory: { idleForMs: async () => Number.POSITIVE_INFINITY, markUsed: async () => undefined } } : {}),
  });
}

const acquire = (limiter: RateLimiter) =>
  limiter.acquire({
    account: 'account',
    method: 'read',
    priority: 'interactive',
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
  });

/** @param thinkMs Between getting a slot and using it; a process stopped then wakes up with slots that are long over. */
function spawnSpender(thinkMs = 0, loops = 6): TestProcess {
  const settings = {
    redisUrl: redis.url,
    keyPrefix: 'test:',
    serverUrl,
    window: WINDOW,
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
    loops,
    thinkMs,
  };
  const entry = fileURLToPath(new URL('./testing/spender.mjs', import.meta.url));
  const spender = spawnNode(entry, { args: [JSON.stringify(settings)] });
  spenders.push(spender);
  return spender;
}

const arrived = (count: number) =>
  waitFor(() => counted.total >= count, {
    what: `${count} requests to arrive (${counted.total} did)`,
    limitMs: 25_000,
  });

describe('several processes on one budget', () => {
  it('never send more than the budget between them in any window', async () => {
    const first = await acquire(openLimiter(true));
    if (first.granted) await first.slot.release();
    for (let i = 0; i < 4; i++) spawnSpender();
    await arrived(5 * CAPACITY);
    expect(counted.worst(WINDOW).count).toBeLessThanOrEqual(CAPACITY);
  });

  it('keep to it when one is killed with its requests under way', async () => {
    const first = await acquire(openLimiter(true));
    if (first.granted) await first.slot.release();
    for (let i = 0; i < 3; i++) spawnSpender();
    for (let round = 1; round <= 3; round++) {
      await arrived(round * CAPACITY);
      spenders[round - 1]?.kill('SIGKILL');
      spawnSpender();
    }
    await arrived(5 * CAPACITY);
    expect(counted.worst(WINDOW).count).toBeLessThanOrEqual(CAPACITY);
  });

  it('keep to it when one is stopped and wakes up with old slots', async () => {
    const first = await acquire(openLimiter(true));
    if (first.granted) await first.slot.release();
    for (let i = 0; i < 2; i++) spawnSpender();
    const sleeper = spawnSpender(500, 24);
    for (let round = 0; round < 2; round++) {
      await arrived(counted.total + CAPACITY);
      sleeper.kill('SIGSTOP');
      await arrived(counted.total + 3 * CAPACITY);
      sleeper.kill('SIGCONT');
    }
    await arrived(counted.total + CAPACITY);
    expect(counted.worst(WINDOW).count).toBeLessThanOrEqual(CAPACITY);
  });

  it.each(['FLUSHALL', 'a restart'])('stay within the limit when Redis loses its memory: %s', async (how) => {
    const first = await acquire(openLimiter(true));
    if (first.granted) await first.slot.release();
    for (let i = 0; i < 4; i++) spawnSpender();
    await arrived(2 * CAPACITY);
    if (how === 'FLUSHALL') await redis.flush();
    else {
      await redis.kill();
      await redis.start();
    }
    await arrived(counted.total + 3 * CAPACITY);
    expect(counted.worst(WINDOW).count).toBeLessThanOrEqual(WINDOW.limit);
  });
});

describe('a lock-out', () => {
  it('told by one process holds for the next question of any other', async () => {
    const [one, other] = [openLimiter(true), openLimiter(true)];
    expect(await acquire(other)).toMatchObject({ granted: true });
    await one.block('account', 5_000);
    expect(await acquire(other)).toMatchObject({ granted: false, reason: 'blocked' });
  });
});

describe('Redis that does not answer', () => {
  it.each(['frozen', 'gone'] as const)(
    'means no slot and no attempt, and slots again when it is back: %s',
    async (how) => {
      const limiter = openLimiter(true);
      expect(await acquire(limiter)).toMatchObject({ granted: true });
      await (how === 'frozen' ? redis.freeze() : redis.stop());
      await expect(acquire(limiter)).rejects.toMatchObject({ code: 'limiter.unavailable', verdict: 'wait' });
      await (how === 'frozen' ? redis.thaw() : redis.start());
      await waitFor(async () => (await acquire(limiter)).granted, { what: 'a slot', limitMs: 10_000 });
    },
  );

  it('but gives slots after its restart remembers that it forgot', async () => {
    const limiter = openLimiter();
    await acquire(openLimiter(true));
    expect((await limiter.usage('account')).coldForMs).toBe(0);
    await redis.kill();
    await redis.start();
    await waitFor(async () => (await acquire(limiter)).granted, { what: 'a slot of the headroom', limitMs: 10_000 });
    expect((await limiter.usage('account')).coldForMs).toBeGreaterThan(0);
  });
});

describe('what Redis keeps', () => {
  it('is small, bounded in time, and under one hash tag', async () => {
    const limiter = openLimiter(true);
    for (let i = 0; i < CAPACITY + 5; i++)
      await limiter.acquire({
        account: 'account',
        method: 'write',
        priority: 'bulk',
        requestTimeoutMs: 100,
        maxWaitMs: 0,
      });
    const client = new Redis(redis.url);
    closers.push(() => client.disconnect());
    const keys = await client.keys('*');
    expect(keys.length).toBeGreaterThan(2);
    for (const key of keys) {
      expect(key).toContain('{budget:account}');
      expect(await client.pttl(key)).toBeGreaterThan(0);
    }
  });
});
