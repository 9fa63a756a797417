import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { type WatchTimes, watchConnection } from './watch-connection.js';

/** A single Redis or a cluster: the rest of the project does not care which. */
export type RedisConnection = Redis | Cluster;

/**
 * How a connection behaves while Redis is away.
 * - `waiting`: keeps each command until Redis is back; BullMQ's workers ask for this.
 * - `failing`: a command fails within moments, so that a caller can decide what to do instead.
 */
export type ConnectionManner = 'waiting' | 'failing';

/**
 * Opens a connection that reconnects by itself for ever, at most 2 s apart: when it breaks, when it falls silent for 10
 * s, and when the server turns out to be read-only (a former primary; its name may lead to the new one by now).
 *
 * @param url One address (`redis://`, `rediss://`), or several nodes of one cluster, comma-separated.
 */
export function connectRedis(url: string, manner: ConnectionManner, name: string, watch?: WatchTimes): RedisConnection {
  const nodes = url.split(',').map((node) => node.trim());
  const options: RedisOptions = {
    connectionName: `luma-sync-${name}`,
    maxRetriesPerRequest: manner === 'waiting' ? null : 1,
    enableOfflineQueue: manner === 'waiting',
    // A connection that went silent without closing would otherwise hold a command for ever.
    ...(manner === 'failing' ? { commandTimeout: 5_000 } : {}),
    connectTimeout: 5_000,
    retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 10), 2_000),
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
    ...(url.startsWith('rediss:') ? { tls: {} } : {}),
  };
  const [first = url] = nodes;
  const connection =
    nodes.length > 1
      ? new Cluster(nodes, {
          // The nodes a cluster names itself are reached as the ones we were given: of those it tells no password.
          redisOptions: { ...options, ...toCredentials(first) },
          enableOfflineQueue: manner === 'waiting',
          clusterRetryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 10), 2_000),
        })
      : new Redis(first, options);
  // Without a listener an outage would end the process; what it means is told by the commands that fail.
  connection.on('error', () => {});
  watchConnection(connection, watch);
  return connection;
}

function toCredentials(node: string): Pick<RedisOptions, 'username' | 'password'> {
  const { username, password } = new URL(node);
  return {
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
  };
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
