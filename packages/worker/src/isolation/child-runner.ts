import { type ChildProcess, fork } from 'node:child_process';
import type { AloneEnd, AloneRunner, RunIdentity } from '@luma-sync/queue';
import { ALONE_ARGUMENT, type FromChild, type ToChild } from './messages.js';

export interface ChildRunnerOptions {
  /** The app's program, as it runs here. */
  main: string;
  /** Name of the worker app whose operations the child runs. */
  app: string;
  times?: ChildTimes;
}

export interface ChildTimes {
  /** For the start of a child, connections included. */
  startMs: number;
  /** Longest a run may take in all; then its process is killed, which counts as a death. */
  runMs: number;
  /** A child without work ends after this. */
  idleMs: number;
  /** From the request to end until SIGKILL. Enough to hand a run back. */
  stopMs: number;
}

/** On a starved machine a start took 80 s. A child that is killed while it starts costs that time again. */
const START_MS = 240_000;
/** Above the run limit of 15 min and the time that an abandoned run is given. */
const RUN_MS = 16 * 60_000;
const CHILD_TIMES: ChildTimes = { startMs: START_MS, runMs: RUN_MS, idleMs: 30_000, stopMs: 12_000 };

/** What a child leaves behind grows with its runs; a new one costs a second or two. */
const RUNS_PER_CHILD = 100;

/**
 * Runs operations one at a time in a child process of this one. The child is started for the first of them, used again
 * as long as runs end by themselves, and ended when there are no more. Its exit code or signal says whether a run died.
 */
export class ChildRunner implements AloneRunner {
  private readonly times: ChildTimes;
  private child: AloneChild | null = null;
  private idle: NodeJS.Timeout | undefined;
  private isClosing = false;

  constructor(private readonly options: ChildRunnerOptions) {
    this.times = options.times ?? CHILD_TIMES;
  }

  get isReady(): boolean {
    return this.child?.isAlive === true;
  }

  async prepare(): Promise<string | null> {
    if (this.isClosing) return 'shutdown';
    const child = new AloneChild(this.options.main, this.options.app);
    this.child = child;
    const problem = await child.started(this.times.startMs);
    if (problem !== null || this.isClosing) {
      await this.drop();
      return problem ?? 'shutdown';
    }
    this.endWhenIdle();
    return null;
  }

  async run(run: RunIdentity): Promise<AloneEnd> {
    clearTimeout(this.idle);
    const child = this.child;
    if (this.isClosing || child === null || !child.isAlive) return { kind: 'not-run', how: 'no process' };
    const end = await child.run(run, this.times.runMs);
    if (end.kind === 'died' && this.isClosing) return { kind: 'not-run', how: 'shutdown' };
    if (isReusable(end) && child.runs < RUNS_PER_CHILD) this.endWhenIdle();
    else await this.drop();
    return end;
  }

  async close(): Promise<void> {
    this.isClosing = true;
    clearTimeout(this.idle);
    await this.drop();
  }

  private endWhenIdle(): void {
    this.idle = setTimeout(() => void this.drop(), this.times.idleMs);
    this.idle.unref();
  }

  private async drop(): Promise<void> {
    const child = this.child;
    this.child = null;
    await child?.stop(this.times.stopMs);
  }
}

/** A run that did not end, or that computed without an end, may have left something behind in its process. */
const LEAVES_SOMETHING: ReadonlySet<string> = new Set(['operation.blocked', 'operation.run_limit', 'operation.stuck']);

function isReusable(end: AloneEnd): boolean {
  if (end.kind !== 'ended') return false;
  const { result } = end;
  const code = result.kind === 'delayed' ? result.reason : result.kind === 'parked' ? result.code : '';
  return !LEAVES_SOMETHING.has(code);
}

class AloneChild {
  runs = 0;
  isAlive = true;
  private readonly process: ChildProcess;
  private readonly gone: Promise<string>;
  private listener: (message: FromChild) => void = () => {};

  constructor(main: string, app: string) {
    this.process = fork(main, [ALONE_ARGUMENT, app], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      serialization: 'advanced',
    });
    this.gone = new Promise((resolve) => {
      const end = (how: string): void => {
        this.isAlive = false;
        resolve(how);
      };
      this.process.once('exit', (code, signal) => end(signal ?? `exit code ${code}`));
      // It could not be started, or a message could not be sent because it is gone.
      this.process.on('error', (error) => end(error.name));
    });
    this.process.on('message', (message) => this.listener(message as FromChild));
  }

  /** @returns null once it is ready, else what became of it. */
  async started(limitMs: number): Promise<string | null> {
    const ready = new Promise<null>((resolve) => {
      this.listener = (message) => {
        if (message.kind === 'ready') resolve(null);
      };
    });
    return this.within(Promise.race([ready, this.gone]), limitMs, 'it did not start in time');
  }

  async run(run: RunIdentity, limitMs: number): Promise<AloneEnd> {
    this.runs += 1;
    const ended = new Promise<AloneEnd>((resolve) => {
      this.listener = (message) => {
        if (message.kind === 'ended' && message.id === run.id) resolve({ kind: 'ended', result: message.result });
        if (message.kind === 'not-run' && message.id === run.id) resolve({ kind: 'not-run', how: message.how });
      };
    });
    const died = this.gone.then((how): AloneEnd => ({ kind: 'died', how }));
    this.process.send({ kind: 'run', run } satisfies ToChild, () => {});
    const end = await this.within(Promise.race([ended, died]), limitMs, null);
    if (end !== null) return end;
    this.process.kill('SIGKILL');
    await this.gone;
    return { kind: 'died', how: 'SIGKILL after its time limit' };
  }

  async stop(limitMs: number): Promise<void> {
    if (!this.isAlive) return;
    this.process.kill('SIGTERM');
    if ((await this.within(this.gone, limitMs, null)) !== null) return;
    this.process.kill('SIGKILL');
    await this.gone;
  }

  private async within<T, L>(promise: Promise<T>, limitMs: number, late: L): Promise<T | L> {
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<L>((resolve) => {
      timer = setTimeout(() => resolve(late), limitMs);
    });
    try {
      return await Promise.race([promise, limit]);
    } finally {
      clearTimeout(timer);
    }
  }
}
