import { afterEach, describe, expect, it } from '@jest/globals';
import { Cluster } from 'ioredis';
import { type RedisCluster, startRedisCluster } from './redis-cluster.js';

let client: Cluster;

afterEach(() => client.disconnect());

function connect(cluster: RedisCluster, password?: string): Cluster {
  client = new Cluster(cluster.url.split(','), { redisOptions: password === undefined ? {} : { password } });
  client.on('error', () => {});
  return client;
}

describe('a Redis cluster of the test’s own', () => {
  it('spreads keys over its nodes, moves a slot, and is emptied as one', async () => {
    const cluster = await startRedisCluster({ password: 'test-password' });
    const redis = connect(cluster, 'test-password');
    for (let i = 0; i < 30; i++) await redis.set(`key-${i}`, i);
    const sizes = await Promise.all(redis.nodes('master').map((node) => node.dbsize()));
    expect(sizes).toHaveLength(3);
    expect(Math.min(...sizes)).toBeGreaterThan(0);
    await cluster.moveSlot('key-7');
    expect(await redis.get('key-7')).toBe('7');
    await cluster.flush();
    expect(await redis.get('key-7')).toBeNull();
  });

  it('lets a replica take over from a master that was killed', async () => {
    const cluster = await startRedisCluster({ hasReplicas: true });
    const redis = connect(cluster);
    await redis.set('key', 'kept');
    await redis.wait(1, 5_000);
    await cluster.failOver('key');
    expect(await redis.get('key')).toBe('kept');
  });
});
