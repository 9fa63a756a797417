import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { atEnd } from './at-end.js';
import { spawnProcess, type TestProcess } from './child-process.js';
import { findFreePort } from './free-port.js';
import { findRedisBinary } from './redis-binary.js';

export type RedisServer = {
  url: string;
  port: number;
  /** A process that was stopped or killed comes back at the same port: empty, unless it is durable. */
  start(): Promise<void>;
  stop(): Promise<void>;
  kill(): Promise<void>;
  /** `freeze` leaves connections standing without an answer. */
  freeze(): void;
  thaw(): void;
  /** Empties it (FLUSHALL). */
  flush(): Promise<void>;
  /** Any other command: `CONFIG SET maxmemory 1mb`. */
  command(name: string, ...args: string[]): Promise<void>;
  /** Happens by itself at the end of the file. */
  close(): Promise<void>;
};

/**
 * A Redis process of the test's own, to be stopped, emptied or restarted. With `maxmemory-policy noeviction`, as in
 * production.
 *
 * @param isDurable Writes what it holds to disk, once a second, as in production. Default: nothing is saved.
 */
export async function startRedisServer({ isDurable = false }: { isDurable?: boolean } = {}): Promise<RedisServer> {
  const binary = findRedisBinary();
  const port = await findFreePort();
  const dir = await mkdtemp(join(tmpdir(), 'luma-sync-redis-'));
  let server: TestProcess | null = null;

  const start = async (): Promise<void> => {
    if (server !== null) return;
    const saving = isDurable ? ['--appendonly', 'yes', '--appendfsync', 'everysec'] : ['--appendonly', 'no'];
    const settings = ['--save', '', ...saving, '--maxmemory-policy', 'noeviction', '--dir', dir];
    server = spawnProcess(binary, ['--port', String(port), '--bind', '127.0.0.1', ...settings]);
    await server.waitForOutput(/ready to accept connections/i);
  };
  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    if (server === null) return;
    server.kill('SIGCONT');
    server.kill(signal);
    await server.exited;
    server = null;
  };
  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    start,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    freeze: () => server?.kill('SIGSTOP'),
    thaw: () => server?.kill('SIGCONT'),
    flush: () => tell(port, 'FLUSHALL'),
    command: (name, ...args) => tell(port, name, ...args),
    close: atEnd(async () => {
      await end('SIGKILL');
      await rm(dir, { recursive: true, force: true });
    }),
  };
}

async function tell(port: number, command: string, ...args: string[]): Promise<void> {
  const client = new Redis({ port, host: '127.0.0.1', lazyConnect: true, maxRetriesPerRequest: 0 });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.call(command, ...args);
    await client.quit();
  } finally {
    client.disconnect();
  }
}
