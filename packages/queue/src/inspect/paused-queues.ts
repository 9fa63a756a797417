import type { RedisConnection } from '../connection.js';
import { QUEUE_NAMES } from '../queue-names.js';

/**
 * Names of the queues that somebody paused. Reads the field that BullMQ's own `isPaused` reads.
 *
 * @param prefix `REDIS_KEY_PREFIX` as it is set
 */
export async function findPausedQueues(redis: RedisConnection, prefix: string): Promise<string[]> {
  const paused: string[] = [];
  for (const name of QUEUE_NAMES) {
    const isPaused = await redis.hexists(`${prefix}:${name}:meta`, 'paused');
    if (isPaused === 1) paused.push(name);
  }
  return paused;
}
