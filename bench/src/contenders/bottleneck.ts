import Bottleneck from 'bottleneck';
import { type ContenderFactory, createLocalBlock, fromRequests } from './contender.js';

/** It looks for a refilled reservoir so often at a minute's window; scaled with the window here. */
const HEARTBEAT_MS = 5_000;

/**
 * A reservoir in Redis that all processes share, filled up once per window: its documented way to say "so many per
 * minute".
 */
export const bottleneck: ContenderFactory = async (surroundings) => {
  const { scenario, runId, openRedis, send, signal } = surroundings;
  const connection = new Bottleneck.IORedisConnection({ client: openRedis() });
  connection.on('error', () => undefined);
  const limiter = new Bottleneck({
    id: `bench-${runId}`,
    datastore: 'ioredis',
    connection,
    clearDatastore: false,
    timeout: 10 * 60_000,
    reservoir: scenario.cap,
    reservoirRefreshAmount: scenario.cap,
    reservoirRefreshInterval: scenario.windowMs,
    heartbeatInterval: Math.round(HEARTBEAT_MS / scenario.speed),
  });
  limiter.on('error', () => undefined);
  await limiter.ready();
  // What still waits in it is given up at the end; what runs gets its answer.
  signal.addEventListener('abort', () => void limiter.stop({ dropWaitingJobs: true }).catch(() => undefined));
  const block = createLocalBlock(surroundings);

  return {
    ...fromRequests(surroundings, async (priority, onSend) => {
      await block.wait();
      const answer = await limiter.schedule({ priority: priority === 'interactive' ? 0 : 5 }, async () => {
        onSend();
        return send(scenario.requestTimeoutMs);
      });
      block.note(answer);
    }),
    close: () => limiter.disconnect(true),
  };
};
