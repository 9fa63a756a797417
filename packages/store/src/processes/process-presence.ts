import { Worker } from 'node:worker_threads';
import type { Database } from '../database.js';
import type { HeartbeatData } from './heartbeat-thread.js';
import {
  beatMainThread,
  endWorkerProcess,
  forgetWorkerProcesses,
  type ProcessReport,
  type WorkerProcessIdentity,
} from './worker-processes.js';

export interface PresenceOptions extends WorkerProcessIdentity {
  db: Database;
  /** Of Postgres, for the thread's own connection. */
  url: string;
  /** Default 1 s. */
  everyMs?: number;
  /** Stored with each heartbeat of the main thread. */
  report?: () => ProcessReport;
}

export interface ProcessPresence {
  id: string;
  /** Call it once nothing runs any more. */
  close(): Promise<void>;
}

/**
 * Shows in `worker_processes` that this process is alive: a thread of its own renews `seen_at` on its own connection,
 * also while the main thread computes; the main thread renews `main_seen_at`. By both, a run that fell silent is told
 * from one whose process died.
 */
export function openProcessPresence({
  db,
  url,
  everyMs = 1_000,
  report,
  ...identity
}: PresenceOptions): ProcessPresence {
  let isPending = false;
  const beat = async (): Promise<void> => {
    isPending = true;
    // A row that could not be written is written by the next heartbeat.
    await beatMainThread(db, identity, report?.() ?? null).catch(() => {});
    isPending = false;
  };
  let pending = beat();
  void forgetWorkerProcesses(db).catch(() => {});
  const timer = setInterval(() => {
    if (!isPending) pending = beat();
  }, everyMs);
  timer.unref();
  const thread = new Worker(new URL('./heartbeat-thread.js', import.meta.url), {
    workerData: { url, id: identity.id, everyMs } satisfies HeartbeatData,
    resourceLimits: { maxOldGenerationSizeMb: 32 },
  });
  // Without its thread a process is judged by its main thread alone: a blocked one is suspected sooner.
  thread.on('error', () => {});
  thread.unref();
  return {
    id: identity.id,
    close: async () => {
      clearInterval(timer);
      await pending;
      await thread.terminate();
      await endWorkerProcess(db, identity.id).catch(() => {});
    },
  };
}
