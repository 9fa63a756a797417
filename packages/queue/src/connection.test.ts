import { EventEmitter, once } from 'node:events';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { waitFor } from '@luma-sync/testkit';
import type { Cluster, Redis, RedisOptions } from 'ioredis';
import RedisMock from 'ioredis-mock';

// Loaded after the double has taken the place of the client.
jest.unstable_mockModule('ioredis', () => ({ Redis: RedisMock, Cluster: RedisMock.Cluster }));
const { connectRedis, disconnectRedis } = await import('./connection.js');
const { watchConnection } = await import('./watch-connection.js');

/** As the double keeps them: those given, defaults included. */
const optionsOf = (connection: Redis | Cluster) => connection.options as RedisOptions;

const opened: (Redis | Cluster)[] = [];
function open(url: string, mode: 'waiting' | 'failing'): Redis | Cluster {
  const connection = connectRedis(url, mode, 'test');
  opened.push(connection);
  return connection;
}
afterEach(() => {
  for (const connection of opened.splice(0)) connection.disconnect();
});

describe('a connection to Redis', () => {
  it('keeps commands while Redis is away when it is to wait, and fails them when it is to fail', () => {
    expect(optionsOf(open('redis://127.0.0.1:6379', 'waiting'))).toMatchObject({
      maxRetriesPerRequest: null,
      enableOfflineQueue: true,
      connectionName: 'luma-sync-test',
    });
    expect(optionsOf(open('redis://127.0.0.1:6379', 'waiting')).commandTimeout).toBeUndefined();
    expect(optionsOf(open('redis://127.0.0.1:6379', 'failing'))).toMatchObject({
      maxRetriesPerRequest: 1,
      enableOfflineQueue: false,
      commandTimeout: 5_000,
    });
  });

  it('is made again for ever, at most 2 s apart, and when the server turns out to be read-only', () => {
    const { retryStrategy, reconnectOnError } = optionsOf(open('redis://127.0.0.1:6379', 'failing'));
    expect([1, 2, 5, 1_000].map((times) => retryStrategy?.(times))).toEqual([100, 200, 1_600, 2_000]);
    expect(reconnectOnError?.(new Error('READONLY You can’t write'))).toBe(true);
    expect(reconnectOnError?.(new Error('WRONGTYPE'))).toBe(false);
  });

  it('speaks TLS with `rediss:` only', () => {
    expect(optionsOf(open('rediss://127.0.0.1:6379', 'failing')).tls).toEqual({});
    expect(optionsOf(open('redis://127.0.0.1:6379', 'failing')).tls).toBeUndefined();
  });

  it('is one of a cluster when several addresses are given', () => {
    const connection = open('redis://127.0.0.1:7001, redis://127.0.0.1:7002', 'waiting');
    expect(connection).toBeInstanceOf(RedisMock.Cluster);
    expect('nodes' in connection && connection.nodes('all')).toHaveLength(2);
    expect(open('redis://127.0.0.1:7001', 'waiting')).not.toBeInstanceOf(RedisMock.Cluster);
  });

  it('that fails does not end the process', () => {
    expect(() => open('redis://127.0.0.1:6379', 'waiting').emit('error', new Error('ECONNREFUSED'))).not.toThrow();
  });

  it('is cut when Redis does not answer its goodbye', async () => {
    const connection = open('redis://127.0.0.1:6379', 'waiting');
    connection.quit = () => new Promise(() => {});
    const ended = once(connection, 'end');
    await disconnectRedis(connection);
    await ended;
  });

  it('is closed without an error when Redis is away', async () => {
    const connection = open('redis://127.0.0.1:6379', 'failing');
    connection.quit = () => Promise.reject(new Error('Connection is closed.'));
    await expect(disconnectRedis(connection)).resolves.toBeUndefined();
  });
});

describe('the watch over a connection', () => {
  const TIMES = { everyMs: 5, answerMs: 20 };

  /** A node of which only what the watch uses is there. */
  class Node extends EventEmitter {
    pings = 0;
    reconnects = 0;
    constructor(
      readonly status: string,
      private readonly answer: () => Promise<string>,
    ) {
      super();
    }
    ping(): Promise<string> {
      this.pings += 1;
      return this.answer();
    }
    disconnect(isReconnect: boolean): void {
      if (isReconnect) this.reconnects += 1;
    }
  }

  const silence = (): Promise<string> => new Promise(() => {});
  async function watch(node: Node, isDone: () => boolean): Promise<void> {
    watchConnection(node as unknown as Redis, TIMES);
    await waitFor(isDone, { what: 'the watch to have asked' });
    node.emit('end');
  }

  it.each(['ready', 'connect'])('makes a silent one anew that is %s', async (status) => {
    const node = new Node(status, silence);
    await watch(node, () => node.reconnects > 0);
    expect(node.reconnects).toBeGreaterThan(0);
  });

  it('leaves alone one that reconnects by itself', async () => {
    const node = new Node('reconnecting', silence);
    await watch(node, () => node.pings > 1);
    expect(node.reconnects).toBe(0);
  });

  it('takes an error for an answer, but not a command that timed out', async () => {
    const busy = new Node('ready', () => Promise.reject(new Error('LOADING Redis is loading the dataset in memory')));
    await watch(busy, () => busy.pings > 3);
    expect(busy.reconnects).toBe(0);
    const silent = new Node('ready', () => Promise.reject(new Error('Command timed out')));
    await watch(silent, () => silent.reconnects > 0);
  });

  it('asks one question at a time', async () => {
    let open = 0;
    let most = 0;
    const node = new Node('ready', async () => {
      open += 1;
      most = Math.max(most, open);
      await new Promise((resolve) => setTimeout(resolve, 3 * TIMES.everyMs));
      open -= 1;
      return 'PONG';
    });
    await watch(node, () => node.pings > 2);
    expect(most).toBe(1);
  });

  it('ends with the connection', async () => {
    const node = new Node('ready', async () => 'PONG');
    await watch(node, () => node.pings > 0);
    const { pings } = node;
    let ticks = 0;
    const timer = setInterval(() => (ticks += 1), TIMES.everyMs);
    await waitFor(() => ticks > 3, { what: 'the time of several questions' });
    clearInterval(timer);
    expect(node.pings).toBe(pings);
  });
});
