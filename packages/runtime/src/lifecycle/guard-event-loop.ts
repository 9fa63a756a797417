import { url as debuggerUrl } from 'node:inspector';
import { Worker } from 'node:worker_threads';
import type { EventLoopGuardData } from './event-loop-guard.js';

/** A computation that takes so long is no computation that ends: handlers only wait for answers. */
const LIMIT_MS = 30_000;

/**
 * Kills this process when its event loop stands still for 30 s.
 *
 * Such a process answers nobody: no probe, no signal, no timer of its own. Supervisors that restart what exits would
 * keep it for ever. What it ran is taken over within seconds, long before; this makes room for the next one.
 */
export function guardEventLoop(app: string, limitMs = LIMIT_MS): void {
  // Somebody who halts at a breakpoint must not lose the process.
  if (debuggerUrl() !== undefined) return;
  const lookMs = Math.min(1_000, limitMs / 10);
  const beats = new Int32Array(new SharedArrayBuffer(4));
  setInterval(() => Atomics.add(beats, 0, 1), lookMs / 2).unref();
  const guard = new Worker(new URL('./event-loop-guard.js', import.meta.url), {
    workerData: { app, beats, limitMs, lookMs } satisfies EventLoopGuardData,
    // It holds a few numbers; Node would allow it as much memory as the main thread.
    resourceLimits: { maxOldGenerationSizeMb: 16 },
  });
  // A process without its guard is as good as it was before there was one.
  guard.on('error', () => {});
  guard.unref();
}
