import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, readFileSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const APPS = fileURLToPath(new URL('../../', import.meta.url));

export interface AppProcess {
  name: string;
  pid: number;
  /** Port of its HTTP or health server. */
  port: number;
}

/** Starts each app as its own process, keeps their logs, and ends them all. */
export class Processes {
  private readonly children = new Map<string, { child: ChildProcess; log: WriteStream; expectedToEnd: boolean }>();
  private failure: string | null = null;

  constructor(
    private readonly logDir: string,
    private readonly common: Record<string, string>,
  ) {
    mkdirSync(logDir, { recursive: true });
  }

  /** Why a process ended that should not have; null while all is well. */
  get problem(): string | null {
    return this.failure;
  }

  /**
   * Starts `apps/<name>/dist/main.js`.
   *
   * @returns the process's first line of standard output that `ready` makes something of.
   * @throws when it ends, or says nothing of the kind, within 30 s; the message holds the end of its log.
   */
  start<T>(name: string, env: Record<string, string>, ready: (line: string) => T | null): Promise<T & { pid: number }> {
    const logFile = this.logFile(name);
    const log = createWriteStream(logFile, { flags: 'a' });
    const child = spawn(process.execPath, ['--enable-source-maps', join(APPS, name, 'dist', 'main.js')], {
      env: { ...this.common, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const entry = { child, log, expectedToEnd: false };
    this.children.set(name, entry);
    child.stderr.pipe(log, { end: false });
    return new Promise((resolve, reject) => {
      const fail = (why: string) => reject(new Error(`${name} ${why}. The end of its log:\n${tail(logFile)}`));
      const timer = setTimeout(() => fail('did not start within 30 s'), 30_000);
      let pending = '';
      child.stdout.on('data', (chunk: Buffer) => {
        log.write(chunk);
        pending += chunk.toString();
        const lines = pending.split('\n');
        pending = lines.pop() ?? '';
        for (const line of lines) {
          const found = ready(line);
          if (found !== null) {
            clearTimeout(timer);
            resolve({ ...found, pid: child.pid ?? 0 });
          }
        }
      });
      child.once('exit', (code, signal) => {
        clearTimeout(timer);
        if (!entry.expectedToEnd)
          this.failure ??= `${name} ended by itself (${signal ?? `exit code ${code}`}); see ${logFile}`;
        fail(`ended at once (${signal ?? `exit code ${code}`})`);
      });
    });
  }

  /** Ends a process at once, as a crash or an out-of-memory kill would. */
  async kill(name: string): Promise<void> {
    const entry = this.children.get(name);
    if (entry === undefined) return;
    entry.expectedToEnd = true;
    const ended = new Promise<void>((resolve) => entry.child.once('exit', () => resolve()));
    entry.child.kill('SIGKILL');
    await ended;
    this.children.delete(name);
  }

  /** Asks every process to end, last started first, and kills what has not after 25 s. */
  async stopAll(): Promise<void> {
    const entries = [...this.children.values()].reverse();
    for (const entry of entries) entry.expectedToEnd = true;
    await Promise.all(entries.map(({ child }) => stop(child)));
    for (const { log } of entries) log.end();
    this.children.clear();
  }

  logFile(name: string): string {
    return join(this.logDir, `${name}.log`);
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), 25_000);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    child.kill('SIGTERM');
  });
}

function tail(file: string): string {
  try {
    return readFileSync(file, 'utf8').split('\n').slice(-12).join('\n');
  } catch {
    return '(no log)';
  }
}

/** Our apps say in a log line when they have started, and on which port they can be asked. */
export function readyLine(line: string): { port: number } | null {
  try {
    const entry = JSON.parse(line) as { healthPort?: unknown; port?: unknown; msg?: unknown };
    const port = entry.healthPort ?? entry.port;
    return typeof entry.msg === 'string' && /started|listening/.test(entry.msg) && typeof port === 'number'
      ? { port }
      : null;
  } catch {
    return null;
  }
}
