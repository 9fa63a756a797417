import type { Database } from '../database.js';

export interface WorkerProcessIdentity {
  /** Begins the `lease_owner` of each run of this process. No slash in it. */
  id: string;
  app: string;
  host: string;
  pid: number;
}

/** The leases of a process that was silent for this long were taken over long ago. */
const FORGOTTEN_AFTER_MS = 24 * 3_600_000;

/** Renews the heartbeat of the main thread; the first one makes the row. */
export async function beatMainThread(db: Database, { id, app, host, pid }: WorkerProcessIdentity): Promise<void> {
  await db.$executeRaw`
    insert into worker_processes (id, app, host, pid) values (${id}, ${app}, ${host}, ${pid}::int)
    on conflict (id) do update set main_seen_at = now(), seen_at = now()`;
}

/** The process shuts down in order: what it leaves behind is no death. */
export async function endWorkerProcess(db: Database, id: string): Promise<void> {
  await db.$executeRaw`update worker_processes set ended_at = now() where id = ${id}`;
}

/** Removes the rows of processes that were silent for a day. */
export async function forgetWorkerProcesses(db: Database): Promise<void> {
  await db.$executeRaw`delete from worker_processes where seen_at < now() - ${FORGOTTEN_AFTER_MS} * interval '1 ms'`;
}
