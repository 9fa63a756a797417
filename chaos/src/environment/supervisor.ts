import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeEnvironment, waitFor } from '@luma-sync/testkit';
import { Absences } from './absences.js';
import type { Outages } from './outages.js';
import { describeThreads } from './threads.js';

const APPS = fileURLToPath(new URL('../../../apps/', import.meta.url));
/** As a supervisor would: at once, but not in a tight loop. */
const RESTART_AFTER_MS = 250;
/** A process that ends this often in one run will not stay up. */
const RESTARTS_MAX = 150;
/** docs: a deploy ends within 25 s. */
const STOP_LIMIT_MS = 25_000;
const START_LIMIT_MS = 240_000;

export interface ProcessSpec {
  /** `event-worker-2`: of the process and its log. */
  name: string;
  app: string;
  /** Where `/readyz` answers. */
  port: number;
  env: Record<string, string>;
}

interface Entry {
  spec: ProcessSpec;
  child: ChildProcess;
  restarts: number;
  isExpectedToEnd: boolean;
  isKilled: boolean;
  isFrozen: boolean;
  /** It has said that it is ready, and was not told to end since. */
  isUp: boolean;
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

export interface Killed {
  app: string;
  pid: number;
  atMs: number;
}

/** Runs each app as a process of its own and starts again what ends for any reason. */
export class Supervisor {
  readonly #entries = new Map<string, Entry>();
  #isStopping = false;
  #absences = new Absences(new Map());
  /** A process that ended by itself, or that did not end when it was told to. */
  readonly surprises: string[] = [];
  /** Called when a process is gone that nobody told to end. @returns whether that was planned. */
  onEndedByItself: (ended: Killed) => boolean = () => false;

  constructor(readonly logDir: string) {
    mkdirSync(logDir, { recursive: true });
  }

  /** Starts all of them and waits until each says that it is ready. */
  async start(specs: readonly ProcessSpec[]): Promise<void> {
    this.#absences = new Absences(new Map(specs.map(({ name, app }) => [name, app])));
    for (const spec of specs) this.#spawn(spec, 0);
    await Promise.all(specs.map((spec) => untilReady(spec)));
  }

  /** When no process of an app that runs several times was there. */
  absencesOf(app: string): Outages {
    return this.#absences.of(app);
  }

  pidOf(name: string): number {
    return this.#get(name).child.pid ?? -1;
  }

  /** Ends it at once, as a crash or the kernel would. Returns when it is gone; it is started again by itself. */
  async kill(name: string): Promise<Killed> {
    const entry = this.#get(name);
    entry.isExpectedToEnd = true;
    entry.isKilled = true;
    const pid = entry.child.pid ?? -1;
    entry.child.kill('SIGKILL');
    const atMs = performance.now();
    this.#note(entry, { isUp: false });
    await entry.exited;
    return { app: entry.spec.app, pid, atMs };
  }

  /** Freezes this very process; thawing it is left to `thaw`, also when it was killed meanwhile. */
  freeze(name: string): { thaw: () => void } {
    const entry = this.#get(name);
    entry.child.kill('SIGSTOP');
    this.#note(entry, { isFrozen: true });
    return {
      thaw: () => {
        entry.child.kill('SIGCONT');
        this.#note(entry, { isFrozen: false });
      },
    };
  }

  /** A deploy of one process. @returns how it ended; it is started again by itself. */
  async deploy(name: string): Promise<{ isClean: boolean; tookMs: number }> {
    const entry = this.#get(name);
    entry.isExpectedToEnd = true;
    const startedAt = performance.now();
    this.#note(entry, { isUp: false });
    const { code, signal } = await this.#endWithin(entry, STOP_LIMIT_MS + 5_000);
    const tookMs = Math.round(performance.now() - startedAt);
    // A process that was only starting is ended by the signal itself. A kill may come in the middle of a deploy.
    const hasEndedWell = code === 0 || signal === 'SIGTERM' || entry.isKilled;
    return { isClean: hasEndedWell && tookMs <= STOP_LIMIT_MS, tookMs };
  }

  async untilAllReady(): Promise<void> {
    await Promise.all([...this.#entries.values()].map(({ spec }) => untilReady(spec)));
  }

  async stopAll(): Promise<void> {
    this.#isStopping = true;
    await Promise.all(
      [...this.#entries.values()].map((entry) => {
        entry.child.kill('SIGCONT');
        return this.#endWithin(entry, 10_000);
      }),
    );
  }

  #get(name: string): Entry {
    const entry = this.#entries.get(name);
    if (entry === undefined) throw new Error(`there is no process ${name}`);
    return entry;
  }

  /** Asks it to end, and kills it when it does not. */
  #endWithin(entry: Entry, limitMs: number): Entry['exited'] {
    entry.child.kill('SIGTERM');
    const timer = setTimeout(() => {
      this.surprises.push(
        `${entry.spec.name} had not ended after ${limitMs / 1_000} s: ${describeThreads(entry.child.pid ?? -1)}`,
      );
      entry.child.kill('SIGKILL');
    }, limitMs);
    return entry.exited.finally(() => clearTimeout(timer));
  }

  #note(entry: Entry, change: Partial<Pick<Entry, 'isUp' | 'isFrozen'>>): void {
    Object.assign(entry, change);
    const { app, name } = entry.spec;
    // Another one may run under its name by now.
    if (this.#entries.get(name) !== entry) return;
    if (entry.isUp && !entry.isFrozen) this.#absences.came(app, name);
    else this.#absences.left(app, name);
  }

  #spawn(spec: ProcessSpec, restarts: number): void {
    // The child writes its log itself: nothing passes through here while it is being watched.
    const log = openSync(join(this.logDir, `${spec.name}.log`), 'a');
    const child = spawn(process.execPath, [join(APPS, spec.app, 'dist', 'main.js')], {
      env: { ...nodeEnvironment(), NODE_ENV: 'production', ...spec.env },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
      child.once('error', () => resolve({ code: null, signal: null }));
      child.once('exit', (code, signal) => resolve({ code, signal }));
    });
    const entry: Entry = {
      spec,
      child,
      restarts,
      isExpectedToEnd: false,
      isKilled: false,
      isFrozen: false,
      isUp: false,
      exited,
    };
    this.#entries.set(spec.name, entry);
    void untilReady(spec).then(
      () => {
        if (!entry.isExpectedToEnd && child.exitCode === null && child.signalCode === null)
          this.#note(entry, { isUp: true });
      },
      () => {},
    );
    void exited.then(({ code, signal }) => {
      if (this.#isStopping) return;
      this.#note(entry, { isUp: false });
      const ended = { app: spec.app, pid: child.pid ?? -1, atMs: performance.now() };
      if (!entry.isExpectedToEnd && !this.onEndedByItself(ended))
        this.surprises.push(`${spec.name} ended by itself (${signal ?? `exit code ${code}`})`);
      if (restarts >= RESTARTS_MAX) return;
      setTimeout(() => {
        if (!this.#isStopping) this.#spawn(spec, restarts + 1);
      }, RESTART_AFTER_MS);
    });
  }
}

async function untilReady({ name, port }: ProcessSpec): Promise<void> {
  await waitFor(
    async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(2_000) });
      await answer.arrayBuffer();
      return answer.ok;
    },
    { what: `${name} to be ready`, limitMs: START_LIMIT_MS },
  );
}
