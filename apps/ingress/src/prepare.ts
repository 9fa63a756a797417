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

/** Postgres, or the migrations, may be a few seconds behind us; asking more often helps nobody. */
const RETRY_MS = 1_000;

export interface Preparation {
  isDone(): boolean;
  /** Settles once it is done, or `signal` gave it up. Never rejects. */
  finished: Promise<void>;
}

/**
 * Makes what the environment describes, the default calendar and the first API key, as soon as the database is there. Until then the process is
 * not ready, and goes on asking: whoever runs it sees that at `/readyz`.
 */
export function prepare(
  db: Database,
  keyring: Keyring,
  config: IngressEnvironment,
  log: Log,
  signal: AbortSignal,
): Preparation {
  let isDone = false;
  let lastReason = '';
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      try {
        await ensure(db, keyring, config);
        isDone = true;
        return;
      } catch (err) {
        const reason = isStoreUnavailable(err)
          ? 'Postgres is away'
          : 'the database is not ready for this version; run: luma-sync migrate';
        // Once per reason, not once a second.
        if (reason !== lastReason) log.error({ err }, reason);
        lastReason = reason;
      }
      await pause(RETRY_MS, undefined, { signal }).catch(() => {});
    }
  };
  return { isDone: () => isDone, finished: run() };
}

async function ensure(db: Database, keyring: Keyring, config: IngressEnvironment): Promise<void> {
  // Asked even when there is nothing to make: it shows that the tables are there.
  await db.apiKey.count();
  if (config.BOOTSTRAP_API_KEY !== undefined) await ensureBootstrapApiKey(db, config.BOOTSTRAP_API_KEY);
  if (config.LUMA_API_KEY !== undefined) {
    const settings = { apiKey: config.LUMA_API_KEY, webhookSecret: config.LUMA_WEBHOOK_SECRET };
    await ensureEnvironmentCalendar(db, keyring, settings);
  }
}
