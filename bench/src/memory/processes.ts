import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const WORKER = fileURLToPath(new URL('./worker.js', import.meta.url));
const RELAY = fileURLToPath(new URL('../../../apps/relay/dist/main.js', import.meta.url));
const START_LIMIT_MS = 30_000;
const END_LIMIT_MS = 10_000;

export interface Settings {
  databaseUrl: string;
  redisUrl: string;
  prefix: string;
  concurrency: number;
  /** See lean-ledger.ts. */
  isLean: boolean;
}

/** The relay as it is deployed, and workers of the bench. `problem` says when one of them ended by itself. */
export async function startProcesses(settings: Settings, workers: number) {
  let problem: string | null = null;
  let isStopping = false;
  const watch = (name: string, child: ChildProcess): ChildProcess => {
    child.once('exit', (code, signal) => {
      if (!isStopping) problem ??= `${name} ended by itself (${signal ?? `exit code ${code}`})`;
    });
    return child;
  };
  const { DATABASE_URL: _database, REDIS_URL: _redis, ...inherited } = process.env;
  const relay = watch(
    'relay',
    fork(RELAY, {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: {
        ...inherited,
        DATABASE_URL: settings.databaseUrl,
        REDIS_URL: settings.redisUrl,
        REDIS_KEY_PREFIX: settings.prefix,
        PORT: '0',
        LOG_LEVEL: 'silent',
      },
    }),
  );
  const others = Array.from({ length: workers }, (_, index) =>
    watch(
      `worker ${index + 1}`,
      fork(WORKER, [JSON.stringify(settings)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }),
    ),
  );
  const children = [relay, ...others];
  const stop = async (): Promise<void> => {
    isStopping = true;
    relay.kill('SIGTERM');
    for (const child of others) if (child.connected) child.disconnect();
    await Promise.all(children.map(ended));
    for (const child of children) child.kill('SIGKILL');
  };
  try {
    await Promise.all(others.map((child) => once(child, 'message', { signal: AbortSignal.timeout(START_LIMIT_MS) })));
  } catch (error) {
    await stop();
    throw error;
  }
  return { problem: () => problem, stop };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await once(child, 'exit', { signal: AbortSignal.timeout(END_LIMIT_MS) }).catch(() => undefined);
}
