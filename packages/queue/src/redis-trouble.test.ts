import { expect, it } from '@jest/globals';
import { pingRedis } from './redis-trouble.js';

const answers = (message: string) => ({ ping: () => Promise.reject(new Error(message)) });

it.each([
  ["Stream isn't writeable and enableOfflineQueue options is false", 'redis.unavailable'],
  ["OOM command not allowed when used memory > 'maxmemory'", 'redis.out_of_memory'],
  ["READONLY You can't write against a read only replica.", 'redis.read_only'],
])('a ping that fails with "%s" says %s', async (message, code) => {
  await expect(pingRedis(answers(message))).rejects.toMatchObject({ code });
});

it('a ping that is answered says nothing', async () => {
  await expect(pingRedis({ ping: async () => 'PONG' })).resolves.toBeUndefined();
});
