import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { markerOf } from '../plan/names.js';
import type { Death, Poison } from '../plan/poison.js';

/** What the preload script is told. */
export interface PreloadSettings {
  /** A request that holds the marker in its path or body is about the poison. */
  poison: { marker: string; death: Death } | null;
  processesFile: string;
  deathsFile: string;
}

/** A worker process, or one that a worker started, as it described itself when it began. */
export interface ProcessEntry {
  pid: number;
  ppid: number;
  /** Clock ticks since boot; with `pid` it names a process for good. Empty where the system does not say. */
  startTime: string;
  at: number;
}

export interface DeathEntry {
  pid: number;
  /** Milliseconds since the epoch. */
  at: number;
}

/** Small, as on the smallest machine: a heap that is filled on purpose takes little memory of this one. */
const HEAP_MB = 192;
const PRELOAD = new URL('./preload.js', import.meta.url);

/** The files through which the preload scripts of one seed report. */
export class PreloadFiles {
  readonly #processesFile: string;
  readonly #deathsFile: string;

  constructor(
    logDir: string,
    private readonly preload: URL = PRELOAD,
  ) {
    this.#processesFile = join(logDir, 'processes.jsonl');
    this.#deathsFile = join(logDir, 'poison-deaths.jsonl');
  }

  /** For the environment of a worker process; those that it starts inherit it. */
  toEnv(poison: Poison | null): Record<string, string> {
    const settings: PreloadSettings = {
      poison: poison === null ? null : { marker: markerOf(poison), death: poison.death },
      processesFile: this.#processesFile,
      deathsFile: this.#deathsFile,
    };
    return {
      NODE_OPTIONS: `--import=${this.preload.href} --max-old-space-size=${HEAP_MB}`,
      CHAOS_PRELOAD: JSON.stringify(settings),
    };
  }

  processes(): ProcessEntry[] {
    return readLines(this.#processesFile);
  }

  /** Deaths that a request about the poison caused, the oldest first. */
  deaths(): DeathEntry[] {
    return readLines(this.#deathsFile);
  }
}

function readLines<T>(file: string): T[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  // The last one is empty, or was cut off by a kill.
  return lines.slice(0, -1).map((line) => JSON.parse(line) as T);
}
