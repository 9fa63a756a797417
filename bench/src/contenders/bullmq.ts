import { Queue, Worker } from 'bullmq';
import type { Contender, ContenderFactory } from './contender.js';

/**
 * One shared queue with the limiter option on its workers, filled beforehand; people's jobs come with a higher
 * priority.
 */
export const bullmq: ContenderFactory = async (surroundings): Promise<Contender> => {
  const { scenario, processes, bulkLoops, runId, openRedis, send, signal, noteWait } = surroundings;
  const name = `bench-${runId}`;
  const queue = new Queue(name, { connection: openRedis() });
  const removal = { removeOnComplete: true, removeOnFail: true };
  const worker = new Worker(
    name,
    async (job) => {
      if (job.name === 'interactive') noteWait(Date.now() - job.timestamp);
      const { status, retryAfterMs } = await send(scenario.requestTimeoutMs);
      if (status !== 429) return;
      await worker.rateLimit(retryAfterMs ?? scenario.lockoutMs);
      throw Worker.RateLimitError();
    },
    {
      connection: openRedis({ maxRetriesPerRequest: null }),
      autorun: false,
      concurrency: bulkLoops,
      limiter: { max: scenario.cap, duration: scenario.windowMs },
    },
  );
  worker.on('error', () => undefined);
  queue.on('error', () => undefined);
  // Twice what all windows could take, so that it saturates to the end whatever it lets through.
  const jobs = Math.ceil((2 * scenario.limit * (scenario.measuredWindows + 2)) / processes);
  await queue.addBulk(
    Array.from({ length: jobs }, () => ({ name: 'bulk', data: {}, opts: { priority: 10, ...removal } })),
  );

  return {
    person: async () => {
      await queue.add('interactive', {}, { priority: 1, ...removal });
    },
    saturate: async () => {
      void worker.run().catch(() => undefined);
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      await worker.close(true);
    },
    close: async () => {
      await queue.close();
    },
  };
};
