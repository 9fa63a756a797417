import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { migrate } from '@luma-sync/migrator';
import pg from 'pg';
import { atEnd } from './at-end.js';
import { spawnNode, spawnProcess, type TestProcess } from './child-process.js';
import { findFreePort } from './free-port.js';
import { migrationsDir } from './template-database.js';
import { waitFor } from './wait-for.js';

export type PostgresServer = {
  /** Of a database with all migrations applied. */
  url: string;
  port: number;
  /** What was stopped or crashed comes back at the same port with all that was committed. */
  start(): Promise<void>;
  /** Sessions are ended in good order. */
  stop(): Promise<void>;
  /** Gone at once, as after a power cut; the next start recovers from its log. */
  crash(): Promise<void>;
  /** Happens by itself at the end of the file. */
  close(): Promise<void>;
};

const MAKE_CLUSTER = fileURLToPath(new URL('../../../scripts/own-postgres.mjs', import.meta.url));

/** A Postgres of the test's own, to be stopped and restarted; from the package that all tests use. */
export async function startPostgresServer(): Promise<PostgresServer> {
  const dir = await mkdtemp(join(tmpdir(), 'luma-sync-postgres-'));
  const port = await findFreePort();
  const made = spawnNode(MAKE_CLUSTER, { args: [dir, String(port)] });
  const line = await made.waitForOutput(/^\{/, 60_000);
  const { command, args, uid, gid, url, remove } = JSON.parse(line) as {
    command: string;
    args: string[];
    uid?: number;
    gid?: number;
    url: string;
    remove: string[];
  };
  let server: TestProcess | null = null;
  const user = uid === undefined || gid === undefined ? {} : { uid, gid };

  const start = async (): Promise<void> => {
    if (server !== null) return;
    server = spawnProcess(command, args, { env: { LC_ALL: 'C' }, cwd: '/', ...user });
    await waitFor(() => answers(url), { what: 'Postgres to take connections', limitMs: 60_000 });
  };
  const end = async (signal: 'SIGINT' | 'SIGQUIT'): Promise<void> => {
    server?.kill(signal);
    await server?.exited;
    server = null;
  };
  const close = atEnd(async () => {
    await end('SIGQUIT');
    for (const path of [dir, ...remove]) await rm(path, { recursive: true, force: true });
  });
  await start();
  await migrate({ databaseUrl: url, migrationsDir });
  return { url, port, start, stop: () => end('SIGINT'), crash: () => end('SIGQUIT'), close };
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } finally {
    await client.end().catch(() => {});
  }
}
