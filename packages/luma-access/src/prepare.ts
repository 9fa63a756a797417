import { setTimeout as pause } from 'node:timers/promises';
import { type Database, findUnreadableCalendars, type Keyring, toStoreWords } from '@luma-sync/store';

/** Postgres, or the migrations, may be a few seconds behind us; asking more often helps nobody. */
const RETRY_MS = 1_000;

export interface Preparation {
  isDone(): boolean;
  /** Settles once it is done, or `signal` gave it up. Never rejects. */
  finished: Promise<void>;
}

export interface PrepareOptions {
  db: Database;
  keyring: Keyring;
  /** Makes what the environment describes. Run again until it works. */
  ensure: () => Promise<void>;
  log: { error(fields: object, message: string): void };
  signal: AbortSignal;
}

/**
 * Makes what the environment describes as soon as the database is there. Until then the process is not ready, and goes
 * on asking: `/readyz` shows that, and the log says why.
 */
export function prepare({ db, keyring, ensure, log, signal }: PrepareOptions): Preparation {
  let isDone = false;
  let lastReason = '';
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      try {
        await ensure();
        isDone = true;
        await warnOfUnreadable(db, keyring, log);
        return;
      } catch (err) {
        if (isDone) return;
        const words = toStoreWords(err);
        const reason = words ?? 'what the environment describes could not be stored';
        // Once per reason, not once a second.
        if (reason !== lastReason) log.error(words === null ? { err } : {}, reason);
        lastReason = reason;
      }
      await pause(RETRY_MS, undefined, { signal }).catch(() => {});
    }
  };
  return { isDone: () => isDone, finished: run() };
}

/** The calendars whose secrets do open go on, so this does not keep the process from its work. */
async function warnOfUnreadable(db: Database, keyring: Keyring, log: PrepareOptions['log']): Promise<void> {
  const unreadable = await findUnreadableCalendars(db, keyring);
  if (unreadable.length === 0) return;
  const calendarIds = unreadable.map(({ id }) => id);
  log.error({ calendarIds }, 'ENCRYPTION_KEY does not open the secrets of these calendars; their work waits');
}
