import { Cluster, Redis, type RedisOptions } from 'ioredis';

/** A single Redis or a cluster: the rest of the project does not care which. */
export type RedisConnection = Redis | Cluster;

/**
 * How a connection behaves while Redis is away.
 * - `waiting`: keeps each command until Redis is back; BullMQ's workers ask for this.
 * - `failing`: a command fails within moments, so that a caller can decide what to do instead.
 */
export type ConnectionManner = 'waiting' | 'failing';

/**
 * Opens a connection that reconnects by itself for ever, at most 2 s apart.
 *
 * @param url One address (`redis://`, `rediss://`), or several nodes of one cluster, comma-separated.
 */
export function connectRedis(url: string, manner: ConnectionManner, name: string): RedisConnection {
  const nodes = url.split(',').map((node) => node.trim());
  const options: RedisOptions = {
    connectionName: `luma-sync-${name}`,
    maxRetriesPerRequest: manner === 'waiting' ? null : 1,
    enableOfflineQueue: manner === 'waiting',
    // A connection that went silent without closing would otherwise hold a command for ever.
    ...(manner === 'failing' ? { commandTimeout: 5_000 } : {}),
    connectTimeout: 5_000,
    retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 10), 2_000),
    ...(url.startsWith('rediss:') ? { tls: {} } : {}),
  };
  const [first = url] = nodes;
  const connection =
    nodes.length > 1
      ? new Cluster(nodes, {
          redisOptions: options,
          clusterRetryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 10), 2_000),
        })
      : new Redis(first, options);
  // Without a listener an outage would end the process; what it means is told by the commands that fail.
  connection.on('error', () => {});
  return connection;
}

/** Closes a connection, gently if Redis answers within a second. */
export async function disconnectRedis(connection: RedisConnection): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, 1_000);
  });
  await Promise.race([connection.quit().catch(() => {}), limit]);
  clearTimeout(timer);
  connection.disconnect();
}
