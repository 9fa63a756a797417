import { readFileSync } from 'node:fs';

export interface ProcessStat {
  ppid: number;
  /** Clock ticks since boot. */
  startTime: string;
}

/** What the kernel says of a process; null when it is gone, or where the system has no `/proc`. */
export function readStat(pid: number): ProcessStat | null {
  try {
    // The name in brackets may hold spaces and brackets. After it: state, parent, ..., and as the 20th the start.
    const [state, ppid, ...rest] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    // A zombie has ended; only its parent has not asked for its exit code yet.
    return state === 'Z' || state === 'X' ? null : { ppid: Number(ppid), startTime: rest[17] ?? '' };
  } catch {
    return null;
  }
}
