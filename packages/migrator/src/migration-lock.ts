import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';

/** Any number that nobody else uses for advisory locks in our database: "luma" as four bytes. */
const lockId = 0x6c756d61;
/** A migration that rewrites a large table takes minutes; a process that waits longer is told so. */
const waitLimitMs = 10 * 60_000;
const pollMs = 250;
/** Telling that one waits, when it is not over in a moment. */
const quietMs = 2_000;

/**
 * Runs `work` while no other process migrates this database. The lock goes with the session, so a killed holder frees
 * it.
 */
export async function whileLocked<T>(
  databaseUrl: string,
  log: (line: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: 10_000,
    application_name: 'luma-sync migrate',
    keepAlive: true,
  });
  // A connection lost while the work goes on: the work has connections of its own and reports its own failure.
  client.on('error', () => {});
  await client.connect();
  const notice = setTimeout(() => log('waiting for another process that migrates'), quietMs);
  try {
    await takeLock(client);
    clearTimeout(notice);
    return await work();
  } finally {
    clearTimeout(notice);
    await client.end();
  }
}

/**
 * Asks again and again, by short statements: `create index concurrently` waits for every statement that runs, and so
 * for one that waits for the lock of its own migration.
 */
async function takeLock(client: pg.Client): Promise<void> {
  const giveUpAt = Date.now() + waitLimitMs;
  for (;;) {
    const { rows } = await client.query<{ isTaken: boolean }>('select pg_try_advisory_lock($1) as "isTaken"', [lockId]);
    if (rows[0]?.isTaken === true) return;
    if (Date.now() >= giveUpAt) throw new Error(`another process has migrated for ${waitLimitMs / 60_000} minutes`);
    await pause(pollMs);
  }
}
