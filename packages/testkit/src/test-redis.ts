import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { atEnd } from './at-end.js';
import { getRedisUrl } from './service-urls.js';

export type TestRedis = {
  url: string;
  /**
   * Begins every key of this test, for BullMQ's `prefix` and our own keys. A hash tag: all of them in one cluster slot.
   */
  prefix: string;
  /** For looking at what was stored. Its keys are whole names, prefix included. */
  client: Redis;
  /** Deletes the keys under the prefix and disconnects. Happens by itself at the end of the file. */
  close(): Promise<void>;
};

/** A part of the shared Redis that no other test uses. For stopping or emptying Redis, use `startRedisServer`. */
export async function openTestRedis(): Promise<TestRedis> {
  const url = getRedisUrl();
  const prefix = `{test-${randomBytes(6).toString('hex')}}`;
  const client = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 2, connectTimeout: 5_000 });
  // Failures show in the commands; without a listener each lost connection is printed as unhandled.
  client.on('error', () => {});
  await client.connect();
  return { url, prefix, client, close: atEnd(() => dispose(client, prefix)) };
}

async function dispose(client: Redis, prefix: string): Promise<void> {
  try {
    for await (const keys of client.scanStream({ match: `${prefix}*`, count: 1_000 })) {
      if (keys.length > 0) await client.unlink(keys as string[]);
    }
  } finally {
    client.disconnect();
  }
}
