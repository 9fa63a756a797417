import { appendFileSync } from 'node:fs';
import { ClientRequest } from 'node:http';
import { isMainThread } from 'node:worker_threads';
import type { Death } from '../plan/poison.js';
import type { DeathEntry, PreloadSettings, ProcessEntry } from './preload-files.js';
import { readStat } from './process-stat.js';

/*
 * NODE_OPTIONS load this file into each worker process, and into each process that a worker starts. The product has no
 * code for it. It records that the process exists, and ends the process when a request names the poison.
 */

const described = process.env.CHAOS_PRELOAD;
// NODE_OPTIONS apply to worker threads too. Requests are sent by the main thread.
if (described !== undefined && isMainThread) {
  const settings = JSON.parse(described) as PreloadSettings;
  const { pid, ppid } = process;
  append<ProcessEntry>(settings.processesFile, {
    pid,
    ppid,
    startTime: readStat(pid)?.startTime ?? '',
    at: Date.now(),
  });
  if (settings.poison !== null) watchRequests(settings.poison, settings.deathsFile);
}

function watchRequests({ marker, death }: NonNullable<PreloadSettings['poison']>, deathsFile: string): void {
  const { write, end } = ClientRequest.prototype;
  const look = (request: ClientRequest, chunk: unknown): void => {
    const text = typeof chunk === 'string' ? chunk : chunk instanceof Uint8Array ? Buffer.from(chunk).toString() : '';
    if (!text.includes(marker) && !request.path.includes(marker)) return;
    append<DeathEntry>(deathsFile, { pid: process.pid, at: Date.now() });
    die(death);
  };
  ClientRequest.prototype.write = function (this: ClientRequest, ...args: unknown[]) {
    look(this, args[0]);
    return Reflect.apply(write, this, args) as boolean;
  };
  ClientRequest.prototype.end = function (this: ClientRequest, ...args: unknown[]) {
    look(this, args[0]);
    return Reflect.apply(end, this, args) as ClientRequest;
  };
}

function die(death: Death): void {
  if (death === 'kill') process.kill(process.pid, 'SIGKILL');
  if (death === 'exit') process.exit(7);
  const hoard: number[][] = [];
  // The heap has a limit of its own, far below the machine's memory.
  while (death === 'memory') hoard.push(Array.from({ length: 10_000 }, (_, index) => index * 1.5));
  for (;;);
}

/** In one call, so that lines of several processes do not mix. */
function append<T>(file: string, entry: T): void {
  appendFileSync(file, `${JSON.stringify(entry)}\n`);
}
