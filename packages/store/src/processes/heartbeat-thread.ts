import { setTimeout as pause } from 'node:timers/promises';
import { workerData } from 'node:worker_threads';
import pg from 'pg';

/** Runs in a thread of its own; see `openProcessPresence`. */
export interface HeartbeatData {
  url: string;
  id: string;
  everyMs: number;
}

const { url, id, everyMs } = workerData as HeartbeatData;

/** One connection, one statement, until either fails. */
async function beatUntilItFails(): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 5_000,
    query_timeout: 5_000,
    statement_timeout: 5_000,
    application_name: 'luma-sync heartbeat',
  });
  // The query that follows fails too, and that is noticed.
  client.on('error', () => {});
  try {
    await client.connect();
    for (;;) {
      await client.query('update worker_processes set seen_at = now() where id = $1', [id]);
      await pause(everyMs);
    }
  } finally {
    await client.end().catch(() => {});
  }
}

for (;;) {
  // Postgres away shows in everything else; this only tries again.
  await beatUntilItFails().catch(() => {});
  await pause(everyMs);
}
