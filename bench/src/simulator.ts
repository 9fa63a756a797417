import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { nodeEnvironment } from '@luma-sync/testkit';
import type { Scenario } from './scenario.js';

const ENTRY = fileURLToPath(new URL('../../apps/luma-sim/dist/main.js', import.meta.url));
const START_LIMIT_MS = 20_000;
export const API_KEY = 'sim-bench';

/** What the simulator counted, exactly, at the moments requests arrived. */
export interface Counted {
  /** Arrivals that were let through. */
  allowed: number;
  maxInAnyWindow: number;
  /** Arrivals that were one too many; each starts a lock-out. */
  breaches: number;
  lockouts: number;
  refusedWhileLocked: number;
}

export interface Simulator {
  port: number;
  count(): Promise<Counted>;
  /** The next request is answered with a 429, as when someone else uses the key. */
  refuseNext(retryAfterSeconds: number): Promise<void>;
  /** What a host or a guest does there: one POST to the control API. */
  control<T>(path: string, body: object): Promise<T>;
  close(): void;
}

/** A simulator of its own for each run, so that no run inherits a count or a lock-out. */
export async function startSimulator(scenario: Scenario, signal: AbortSignal): Promise<Simulator> {
  const child = spawn(process.execPath, [ENTRY], {
    env: {
      ...nodeEnvironment(),
      SIM_API_KEY: API_KEY,
      SIM_BUDGET_LIMIT: String(scenario.limit),
      SIM_BUDGET_WINDOW_MS: String(scenario.windowMs),
      SIM_BUDGET_LOCKOUT_MS: String(scenario.lockoutMs),
    },
    stdio: ['ignore', 'pipe', 'ignore'],
    signal,
  });
  child.on('error', () => undefined);
  try {
    const url = await readUrl(child);
    const control = async <T>(path: string, body: object): Promise<T> => {
      const answer = await fetch(`${url}/_sim${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(30_000),
      });
      if (!answer.ok) throw new Error(`POST ${path} was answered ${answer.status}: ${await answer.text()}`);
      return (await answer.json()) as T;
    };
    return {
      port: Number(new URL(url).port),
      count: async () => {
        const answer = await fetch(`${url}/_sim/counters`, { signal: AbortSignal.timeout(5_000) });
        const counters = (await answer.json()) as Omit<Counted, 'allowed'> & { requests: number };
        const { maxInAnyWindow, breaches, lockouts, refusedWhileLocked } = counters;
        const allowed = counters.requests - breaches - refusedWhileLocked;
        return { allowed, maxInAnyWindow, breaches, lockouts, refusedWhileLocked };
      },
      refuseNext: async (retryAfterSeconds) => {
        await control('/faults', { kind: 'rate-limit', count: 1, retryAfterSeconds });
      },
      control,
      close: () => void child.kill('SIGTERM'),
    };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

/** The simulator prints one line of JSON when it takes requests. */
export async function readUrl(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('the simulator has no output');
  const lines = createInterface({ input: child.stdout });
  const timer = setTimeout(() => lines.close(), START_LIMIT_MS);
  try {
    for await (const line of lines) {
      if (line.startsWith('{"ready":true')) return (JSON.parse(line) as { url: string }).url;
    }
  } finally {
    clearTimeout(timer);
    child.stdout.resume();
  }
  throw new Error('the simulator did not start');
}
