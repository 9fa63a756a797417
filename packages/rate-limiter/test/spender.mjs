/**
 * A process that spends as much of a budget as it gets, against a server that counts. Started by tests as a program of
 * its own, on what a build gave; settings come as one JSON argument. Runs until it is killed.
 */
import { get } from 'node:http';
import { Cluster, Redis } from 'ioredis';
import { createRedisLimiter } from '../dist/index.js';

const { redisUrl, keyPrefix, serverUrl, window, requestTimeoutMs, loops, thinkMs } = JSON.parse(
  process.argv[2] ?? '{}',
);
const redis = redisUrl.includes(',')
  ? new Cluster(redisUrl.split(','), { redisOptions: { maxRetriesPerRequest: 1 } })
  : new Redis(redisUrl, { maxRetriesPerRequest: 1 });
redis.on('error', () => undefined);
const limiter = createRedisLimiter({
  redis,
  keyPrefix,
  budgets: { read: () => ({ windows: [window], requestTimeoutMaxMs: requestTimeoutMs }) },
});

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Resolves true when the answer came. */
const request = (timeoutMs) =>
  new Promise((resolve) => {
    const running = get(serverUrl, (response) => {
      response.resume().once('end', () => resolve(true));
    });
    running.once('error', () => resolve(false));
    setTimeout(() => running.destroy(), timeoutMs).unref();
  });

async function spend(priority) {
  for (;;) {
    try {
      const answer = await limiter.acquire({ account: 'account', method: 'read', priority, requestTimeoutMs });
      if (!answer.granted) {
        await pause(answer.retryAfterMs);
        continue;
      }
      await pause(thinkMs);
      if (answer.slot.remainingMs() <= 0) await answer.slot.release();
      else if (await request(answer.slot.remainingMs())) await answer.slot.settle();
    } catch {
      await pause(50); // Redis is away: come again
    }
  }
}

for (let i = 0; i < loops; i++) void spend(['interactive', 'sync', 'bulk'][i % 3]);
