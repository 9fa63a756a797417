import { describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { atEnd, getRedisUrl, openTestRedis } from './index.js';

describe('openTestRedis', () => {
  it('removes its own keys when closed, and nobody else’s', async () => {
    const other = await openTestRedis();
    const mine = await openTestRedis();
    await other.client.set(`${other.prefix}:kept`, '1');
    await mine.client.mset(Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`${mine.prefix}:${n}`, '1'])));
    await mine.close();
    const onlooker = new Redis(getRedisUrl());
    atEnd(() => onlooker.disconnect());
    expect(await onlooker.keys(`${mine.prefix}*`)).toEqual([]);
    expect(await onlooker.get(`${other.prefix}:kept`)).toBe('1');
  });
});
