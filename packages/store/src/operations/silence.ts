/*
 * What the lapsed lease of a run means. A process that died, one that was frozen and one that got no processor time
 * look alike for a while; only a run that was alone in its process can be blamed for a death.
 */

/** A running operation whose lease has lapsed, and its process as `worker_processes` has it. */
export interface SilentRun {
  /** The run had its process to itself. */
  isAlone: boolean;
  /** The process shut down in order. */
  hasEnded: boolean;
  /** Since the newest heartbeat of its heartbeat thread; null for a process that nothing is known of. */
  seenAgoMs: number | null;
  /** The main thread sent a heartbeat after the lease had lapsed: it was not blocked. */
  isMainAlive: boolean;
}

export type Silence =
  /** No death and no suspicion: another run takes over beside others. */
  | 'harmless'
  /** The process may have died of this operation: it runs alone from now on. Counts nothing. */
  | 'suspect'
  /** Ran alone, and its process lives or may be frozen: nobody takes over yet. */
  | 'awaited'
  /** Ran alone, and its process is gone: a death that counts. */
  | 'death';

/** The heartbeat comes every second; three of them in a row are not missed by a process that is well. */
const SEEN_LATELY_MS = 3_000;
/**
 * How long a run that is alone may be silent. Its parent process reports a death within moments; this is for the case
 * that both are frozen or gone. Above the longest freeze of the chaos tests (12 s) and the time a starved machine needs
 * for a heartbeat.
 */
const AWAITED_MS = 20_000;

export function judgeSilence({ isAlone, hasEnded, seenAgoMs, isMainAlive }: SilentRun): Silence {
  if (hasEnded) return 'harmless';
  if (isAlone) return seenAgoMs !== null && seenAgoMs < AWAITED_MS ? 'awaited' : 'death';
  return seenAgoMs !== null && seenAgoMs < SEEN_LATELY_MS && isMainAlive ? 'harmless' : 'suspect';
}
