import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { waitFor } from '@luma-sync/testkit';
import pg from 'pg';
import { z } from 'zod';

/** How the start script describes a Postgres that nobody else uses; it made the database folder already. */
const serviceSchema = z.object({
  command: z.string(),
  args: z.array(z.string()),
  uid: z.number().optional(),
  gid: z.number().optional(),
  url: z.string(),
  logFile: z.string(),
});
type Service = z.output<typeof serviceSchema>;

/** A Postgres of the run's own, to be restarted while others work with it. */
export interface Postgres {
  url: string;
  /** @param how `fast` ends sessions and writes everything; `crash` is recovered from at the next start. */
  restart(how: 'fast' | 'crash', awayMs: number): Promise<void>;
  stop(): Promise<void>;
}

export async function startPostgres(described: string): Promise<Postgres> {
  const service = serviceSchema.parse(JSON.parse(described));
  let child = launch(service);
  await untilReady(service.url);
  const end = async (signal: 'SIGINT' | 'SIGQUIT'): Promise<void> => {
    const exited = new Promise((resolve) => child.once('exit', resolve));
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGQUIT'), 15_000);
    await exited;
    clearTimeout(timer);
  };
  return {
    url: service.url,
    restart: async (how, awayMs) => {
      await end(how === 'fast' ? 'SIGINT' : 'SIGQUIT');
      await pause(awayMs);
      child = launch(service);
      await untilReady(service.url);
    },
    stop: () => end('SIGINT'),
  };
}

function launch({ command, args, uid, gid, logFile }: Service): ChildProcess {
  const log = openSync(logFile, 'a');
  const child = spawn(command, args, {
    cwd: '/',
    env: { PATH: process.env.PATH ?? '', LC_ALL: 'C' },
    stdio: ['ignore', log, log],
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
  });
  closeSync(log);
  child.on('error', () => {});
  return child;
}

function untilReady(url: string): Promise<true> {
  return waitFor(
    async () => {
      const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
      client.on('error', () => {});
      try {
        await client.connect();
        await client.query('select 1');
        return true as const;
      } finally {
        await client.end().catch(() => {});
      }
    },
    { what: 'Postgres to take connections', limitMs: 60_000 },
  );
}
