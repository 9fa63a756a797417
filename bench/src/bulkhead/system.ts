import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { findFreePort, nodeEnvironment } from '@luma-sync/testkit';
import { readUrl } from '../simulator.js';

const SIMULATOR = fileURLToPath(new URL('../../../apps/luma-sim/dist/main.js', import.meta.url));
const STANDALONE = fileURLToPath(new URL('../../../apps/standalone/dist/main.js', import.meta.url));
const START_LIMIT_MS = 120_000;
const END_LIMIT_MS = 20_000;
const CALL_LIMIT_MS = 60_000;

export interface SystemSettings {
  databaseUrl: string;
  redisUrl: string;
  prefix: string;
  /** Operations that each of the four workers runs at once. */
  concurrency: number;
  /** Per cent of these for one calendar. */
  share: number;
  signal: AbortSignal;
}

/** One request that arrived at the simulator. */
export interface Arrival {
  seq: number;
  arrivedAt: number;
  body?: { name?: string };
}

export interface System {
  /** A call of our own API. Throws unless it is answered with 2xx. */
  call<T>(method: string, path: string, body?: object): Promise<T>;
  /** A call of the simulator's control API. */
  control<T>(method: string, path: string, body?: object): Promise<T>;
  /** The service's metrics, as text. */
  metrics(): Promise<string>;
  stop(): Promise<void>;
}

/** A simulator and a standalone, as processes, with default settings but for what is measured. */
export async function startSystem(settings: SystemSettings): Promise<System> {
  const { signal } = settings;
  const children: ChildProcess[] = [];
  const start = (entry: string, env: Record<string, string>): ChildProcess => {
    const options = {
      env: { ...nodeEnvironment(), ...env },
      stdio: ['ignore', 'pipe', 'inherit'] as ['ignore', 'pipe', 'inherit'],
    };
    const child = spawn(process.execPath, [entry], options);
    child.on('error', () => undefined);
    children.push(child);
    return child;
  };
  const stop = async (): Promise<void> => {
    for (const child of children) child.kill('SIGTERM');
    await Promise.all(children.map(ended));
    for (const child of children) child.kill('SIGKILL');
  };
  try {
    const simulator = await readUrl(start(SIMULATOR, {}));
    const port = await findFreePort();
    const url = `http://127.0.0.1:${port}`;
    const apiKey = `bench-${randomBytes(24).toString('hex')}`;
    const standalone = start(STANDALONE, {
      DATABASE_URL: settings.databaseUrl,
      REDIS_URL: settings.redisUrl,
      REDIS_KEY_PREFIX: settings.prefix,
      LUMA_API_BASE_URL: simulator,
      PUBLIC_URL: url,
      PORT: String(port),
      LOG_LEVEL: 'error',
      ENCRYPTION_KEY: randomBytes(32).toString('base64'),
      OPERATOR_PASSWORD: randomBytes(12).toString('hex'),
      BOOTSTRAP_API_KEY: apiKey,
      WORKER_CONCURRENCY: String(settings.concurrency),
      WORKER_SHARE_PER_CALENDAR: String(settings.share),
    });
    standalone.stdout?.resume();
    await untilReady(url, standalone, signal);
    return {
      call: (method, path, body) => send(`${url}${path}`, method, body, { authorization: `Bearer ${apiKey}` }),
      control: (method, path, body) => send(`${simulator}/_sim${path}`, method, body, {}),
      metrics: async () => (await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(CALL_LIMIT_MS) })).text(),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function send<T>(url: string, method: string, body: object | undefined, headers: object): Promise<T> {
  const answer = await fetch(url, {
    method,
    headers: { ...headers, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(CALL_LIMIT_MS),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${new URL(url).pathname}: ${answer.status} ${text.slice(0, 300)}`);
  return JSON.parse(text) as T;
}

async function untilReady(url: string, child: ChildProcess, signal: AbortSignal): Promise<void> {
  const giveUpAt = performance.now() + START_LIMIT_MS;
  for (;;) {
    const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5_000) }).catch(() => null);
    if (answer?.ok) return;
    if (child.exitCode !== null) throw new Error(`standalone ended with exit code ${child.exitCode}`);
    if (performance.now() > giveUpAt) throw new Error('standalone did not become ready');
    await pause(250, undefined, { signal });
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await once(child, 'exit', { signal: AbortSignal.timeout(END_LIMIT_MS) }).catch(() => undefined);
}
