import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { type ContenderFactory, fromRequests } from './contender.js';

/** One key for all processes; a refused caller waits for `msBeforeNext`; a 429 blocks the key for all. */
export const rateLimiterFlexible: ContenderFactory = (surroundings) => {
  const { scenario, runId, openRedis, send, signal, pause } = surroundings;
  const limiter = new RateLimiterRedis({
    storeClient: openRedis(),
    keyPrefix: `bench-${runId}`,
    points: scenario.cap,
    duration: scenario.windowMs / 1_000,
  });

  return {
    ...fromRequests(surroundings, async (_priority, onSend) => {
      while (!signal.aborted) {
        try {
          await limiter.consume('account');
        } catch (refusal) {
          if (!(refusal instanceof RateLimiterRes)) throw refusal;
          await pause(refusal.msBeforeNext);
          continue;
        }
        onSend();
        const { status, retryAfterMs } = await send(scenario.requestTimeoutMs);
        if (status !== 429) return;
        await limiter.block('account', (retryAfterMs ?? scenario.lockoutMs) / 1_000);
      }
    }),
    close: async () => undefined,
  };
};
