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

/** What a process says of itself. */
export interface ProcessReport {
  queue: string;
  /** It takes jobs, and finishes them while some wait. */
  isConsuming: boolean;
  /** Accounts whose breaker is open in this process. */
  slowKeys: readonly string[];
}

/** Renews the heartbeat of the main thread; the first one makes the row. */
export async function beatMainThread(
  db: Database,
  { id, app, host, pid }: WorkerProcessIdentity,
  report: ProcessReport | null = null,
): Promise<void> {
  const { queue, isConsuming, slowKeys } = report ?? { queue: null, isConsuming: null, slowKeys: [] };
  await db.$executeRaw`
    insert into worker_processes (id, app, host, pid, queue, is_consuming, slow_keys)
    values (${id}, ${app}, ${host}, ${pid}::int, ${queue}, ${isConsuming}::boolean, ${[...slowKeys]}::text[])
    on conflict (id) do update set main_seen_at = now(), seen_at = now(), queue = excluded.queue,
      is_consuming = excluded.is_consuming, slow_keys = excluded.slow_keys`;
}

/** A heartbeat comes each second. */
const ALIVE_MS = 15_000;

export interface LiveProcess {
  app: string;
  queue: string | null;
  isConsuming: boolean | null;
  slowKeys: string[];
}

/** Processes that have shown a heartbeat of the main thread lately, and have not ended. */
export function listLiveProcesses(db: Database): Promise<LiveProcess[]> {
  return db.$queryRaw<LiveProcess[]>`
    select app, queue, is_consuming as "isConsuming", slow_keys as "slowKeys" from worker_processes
    where main_seen_at > now() - ${ALIVE_MS} * interval '1 ms' and ended_at is null order by app`;
}

/** The process shuts down in order: what it leaves behind is no death. */
export async function endWorkerProcess(db: Database, id: string): Promise<void> {
  await db.$executeRaw`update worker_processes set ended_at = now() where id = ${id}`;
}

/** Removes the rows of processes that were silent for a day. */
export async function forgetWorkerProcesses(db: Database): Promise<void> {
  await db.$executeRaw`delete from worker_processes where seen_at < now() - ${FORGOTTEN_AFTER_MS} * interval '1 ms'`;
}
