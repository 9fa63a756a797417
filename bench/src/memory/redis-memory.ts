import { Redis } from 'ioredis';

export interface RedisUse {
  usedMb: number;
  /** The most Redis ever used since it started, between two looks as well. */
  peakMb: number;
  keys: number;
  /** Jobs of ours that wait or sleep. */
  jobs: number;
}

const MB = 1024 * 1024;

export function openRedis(url: string): Redis {
  const redis = new Redis(url, { maxRetriesPerRequest: 2 });
  redis.on('error', () => undefined);
  return redis;
}

export async function measureRedis(redis: Redis, prefix: string, queues: readonly string[]): Promise<RedisUse> {
  const info = await redis.info('memory');
  const read = (name: string): number => Number(info.split(`\n${name}:`)[1]?.split('\r')[0] ?? 0) / MB;
  const lengths = await Promise.all(
    queues.flatMap((queue) => [
      redis.llen(`${prefix}:${queue}:wait`),
      redis.zcard(`${prefix}:${queue}:prioritized`),
      redis.zcard(`${prefix}:${queue}:delayed`),
    ]),
  );
  return {
    usedMb: read('used_memory'),
    peakMb: read('used_memory_peak'),
    keys: await redis.dbsize(),
    jobs: lengths.reduce((sum, length) => sum + length, 0),
  };
}
