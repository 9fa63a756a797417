import { setTimeout as pause } from 'node:timers/promises';
import {
  type Database,
  ensureBootstrapApiKey,
  ensureEnvironmentCalendar,
  isStoreUnavailable,
  type Keyring,
} from '@luma-sync/store';
import type { IngressEnvironment } from './config.js';
import type { Log } from './http/log.js';

/** Postgres comes up within seconds where it comes up at all; asking more often helps nobody. */
const RETRY_MS = 1_000;

export interface Preparation {
  isDone(): boolean;
  /** Settles once it is done or given up because of `signal`; rejects when Postgres refuses, as before migrations have run. */
  finished: Promise<void>;
}

/** Makes what the environment describes, the default calendar and the first API key, as soon as Postgres is there. */
export function prepare(
  db: Database,
  keyring: Keyring,
  config: IngressEnvironment,
  log: Log,
  signal: AbortSignal,
): Preparation {
  let isDone = false;
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      try {
        await ensure(db, keyring, config);
        isDone = true;
        return;
      } catch (error) {
        if (!isStoreUnavailable(error)) throw error;
        log.warn({ retryMs: RETRY_MS }, 'Postgres is away; asking again');
      }
      await pause(RETRY_MS, undefined, { signal }).catch(() => {});
    }
  };
  return { isDone: () => isDone, finished: run() };
}

async function ensure(db: Database, keyring: Keyring, config: IngressEnvironment): Promise<void> {
  if (config.BOOTSTRAP_API_KEY !== undefined) await ensureBootstrapApiKey(db, config.BOOTSTRAP_API_KEY);
  if (config.LUMA_API_KEY !== undefined) {
    const settings = { apiKey: config.LUMA_API_KEY, webhookSecret: config.LUMA_WEBHOOK_SECRET };
    await ensureEnvironmentCalendar(db, keyring, settings);
  }
}
