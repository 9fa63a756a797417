import type { ProcessEntry } from './preload-files.js';
import { type ProcessStat, readStat } from './process-stat.js';

type Read = (pid: number) => ProcessStat | null;

/**
 * Processes that live on although the worker that started them is gone. A process that a worker starts must end by
 * itself when its parent does.
 *
 * @param supervisorPid Parent of the workers themselves.
 */
export function findOrphans(
  processes: readonly ProcessEntry[],
  supervisorPid: number = process.pid,
  read: Read = readStat,
): ProcessEntry[] {
  const alive = findAlive(processes, read);
  const parents = new Set([supervisorPid, ...alive.map(({ pid }) => pid)]);
  return alive.filter(({ pid }) => !parents.has(read(pid)?.ppid ?? supervisorPid));
}

/** Those that still run. An id that another process has by now does not count. */
export function findAlive(processes: readonly ProcessEntry[], read: Read = readStat): ProcessEntry[] {
  return processes.filter(({ pid, startTime }) => read(pid)?.startTime === startTime);
}

/** Ends what a run left behind, when all that it started itself has been stopped. */
export function endAll(processes: readonly ProcessEntry[]): void {
  for (const { pid } of findAlive(processes)) process.kill(pid, 'SIGKILL');
}
