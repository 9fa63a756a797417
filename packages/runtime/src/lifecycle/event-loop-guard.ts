import { writeSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import { Standstill } from './standstill.js';

/** Runs in a thread of its own; see `guardEventLoop`. */
export interface EventLoopGuardData {
  app: string;
  /** One number that the main thread counts up. */
  beats: Int32Array<SharedArrayBuffer>;
  limitMs: number;
  lookMs: number;
}

const { app, beats, limitMs, lookMs } = workerData as EventLoopGuardData;
const standstill = new Standstill(lookMs);

setInterval(() => {
  const silentForMs = standstill.look(Atomics.load(beats, 0), performance.now());
  if (silentForMs < limitMs) return;
  const seconds = Math.round(silentForMs / 1_000);
  writeSync(2, `${app}: its event loop has stood still for ${seconds} s; killed, to be started again\n`);
  // Nothing gentler reaches a thread that does not come back.
  process.kill(process.pid, 'SIGKILL');
}, lookMs);
