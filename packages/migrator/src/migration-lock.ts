import pg from 'pg';

/** Any number that nobody else uses for advisory locks in our database: "luma" as four bytes. */
const lockId = 0x6c756d61;
/** A migration that rewrites a large table takes minutes; a process that waits longer is told so. */
const waitLimitMs = 10 * 60_000;
/** Telling that one waits, when it is not over in a moment. */
const quietMs = 2_000;

/** Runs `work` while no other process migrates this database. The lock goes with the session, so a killed holder frees it. */
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
    await client.query(`set lock_timeout = ${waitLimitMs}`);
    await client.query('select pg_advisory_lock($1)', [lockId]);
    clearTimeout(notice);
    return await work();
  } finally {
    clearTimeout(notice);
    await client.end();
  }
}
