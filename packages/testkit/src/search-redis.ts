import { Redis } from 'ioredis';

/** @returns keys of a whole Redis whose name or value holds one of the texts. Capitals do not count. */
export async function searchRedis(url: string, markers: readonly string[]): Promise<string[]> {
  const client = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 2, connectTimeout: 5_000 });
  client.on('error', () => {});
  await client.connect();
  try {
    const wanted = markers.map((marker) => marker.toLowerCase());
    const found: string[] = [];
    for await (const keys of client.scanStream({ count: 1_000 })) {
      for (const key of keys as string[]) {
        const text = `${key} ${JSON.stringify(await readValue(client, key))}`.toLowerCase();
        if (wanted.some((marker) => text.includes(marker))) found.push(key);
      }
    }
    return found;
  } finally {
    client.disconnect();
  }
}

async function readValue(client: Redis, key: string): Promise<unknown> {
  switch (await client.type(key)) {
    case 'string':
      return client.get(key);
    case 'hash':
      return client.hgetall(key);
    case 'list':
      return client.lrange(key, 0, -1);
    case 'set':
      return client.smembers(key);
    case 'zset':
      return client.zrange(key, 0, -1);
    case 'stream':
      return client.xrange(key, '-', '+');
    default:
      return null;
  }
}
