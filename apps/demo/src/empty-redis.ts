import { connectRedis, disconnectRedis } from '@luma-sync/queue';

/**
 * Takes everything of ours out of Redis. FLUSHALL where nothing else lives there; a Redis that others use as well only
 * loses our keys.
 *
 * @returns how many keys were lost.
 */
export async function emptyRedis(url: string, prefix: string): Promise<{ keys: number; how: string }> {
  const redis = connectRedis(url, 'waiting', 'demo');
  try {
    if ('nodes' in redis) throw new Error('the demo needs a single Redis, not a cluster');
    const ours: string[] = [];
    let foreign = 0;
    const bare = prefix.replaceAll(/[{}]/g, '');
    for await (const batch of redis.scanStream({ count: 1_000 })) {
      for (const key of batch as string[]) {
        if (key.startsWith(prefix) || key.startsWith(bare)) ours.push(key);
        else foreign += 1;
      }
    }
    if (foreign === 0) {
      await redis.flushall();
      return { keys: ours.length, how: 'FLUSHALL' };
    }
    if (ours.length > 0) await redis.unlink(...ours);
    return { keys: ours.length, how: 'only our keys, since others live there too' };
  } finally {
    await disconnectRedis(redis);
  }
}
