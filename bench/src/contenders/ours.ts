import { createRedisLimiter } from '@luma-sync/rate-limiter';
import { type ContenderFactory, fromRequests } from './contender.js';

/**
 * A worker waits so long inside a question, at Luma's own minute; beyond it a job goes back to its queue, here its
 * loop.
 */
const MAX_WAIT_MS = 2_000;

export const ours: ContenderFactory = (surroundings) => {
  const { scenario, runId, openRedis, send, signal, pause } = surroundings;
  const account = `bench-${runId}`;
  const limiter = createRedisLimiter({
    redis: openRedis({ maxRetriesPerRequest: 1 }),
    keyPrefix: `bench:${runId}:`,
    budgets: {
      read: () => ({
        windows: [
          {
            limit: scenario.limit,
            windowMs: scenario.windowMs,
            headroom: scenario.limit - scenario.cap,
            methods: 'all',
          },
        ],
        requestTimeoutMaxMs: scenario.requestTimeoutMs,
      }),
    },
    // The simulator has just started: nobody can have spent anything.
    memory: {
      idleForMs: async () => Number.POSITIVE_INFINITY,
      markUsed: async () => undefined,
      noteForgotten: async () => Number.POSITIVE_INFINITY,
    },
  });

  return {
    ...fromRequests(surroundings, async (priority, onSend) => {
      while (!signal.aborted) {
        const answer = await limiter.acquire({
          account,
          method: 'read',
          priority,
          requestTimeoutMs: scenario.requestTimeoutMs,
          maxWaitMs: Math.round(MAX_WAIT_MS / scenario.speed),
          signal,
        });
        if (!answer.granted) {
          await pause(answer.retryAfterMs);
          continue;
        }
        onSend();
        const { status, retryAfterMs } = await send(answer.slot.remainingMs());
        // Neither waits for the other, as in Luma's client.
        const settled = status === null ? null : answer.slot.settle();
        if (status === 429) await limiter.block(account, retryAfterMs ?? scenario.lockoutMs);
        await settled;
        if (status !== 429) return;
      }
    }),
    close: async () => undefined,
  };
};
