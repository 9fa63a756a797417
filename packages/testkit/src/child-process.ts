import { type ChildProcess, spawn } from 'node:child_process';
import { atEnd } from './at-end.js';
import { waitFor } from './wait-for.js';

export type ChildExit = { code: number | null; signal: NodeJS.Signals | null };

export type TestProcess = {
  pid: number;
  /** Everything printed so far, both streams in the order of arrival. */
  output(): string;
  /** `SIGKILL` leaves no time for anything; `SIGSTOP` and `SIGCONT` freeze and thaw. */
  kill(signal: NodeJS.Signals): void;
  /** Resolves when the process is gone. */
  exited: Promise<ChildExit>;
  /** Waits for a line that contains or matches the text. Fails at once when the process ends before. */
  waitForOutput(text: string | RegExp, limitMs?: number): Promise<string>;
  /**
   * Asks to stop with `SIGTERM`, kills after `limitMs` (default 30 s). Happens by itself, with `SIGKILL`, at the end of
   * the file.
   */
  stop(limitMs?: number): Promise<ChildExit>;
};

export type SpawnOptions = { args?: string[]; env?: Record<string, string>; cwd?: string };

/** What Node itself needs of this process's environment, and where it keeps compiled code: starts are faster by it. */
export function nodeEnvironment(): Record<string, string> {
  const { PATH = '', NODE_COMPILE_CACHE: cache } = process.env;
  return { PATH, ...(cache === undefined ? {} : { NODE_COMPILE_CACHE: cache }) };
}

/**
 * Starts a Node program of ours as a real process. Of this process's environment it gets what Node itself needs only:
 * settings are to be given.
 */
export function spawnNode(entry: string, { args = [], env = {}, cwd }: SpawnOptions = {}): TestProcess {
  return spawnProcess(process.execPath, [entry, ...args], { env, ...(cwd === undefined ? {} : { cwd }) });
}

export function spawnProcess(
  command: string,
  args: string[],
  { env = {}, ...options }: Omit<SpawnOptions, 'args'> & { uid?: number; gid?: number } = {},
): TestProcess {
  const { HOME = '' } = process.env;
  const child = spawn(command, args, {
    ...options,
    env: { ...nodeEnvironment(), HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const title = `${command} ${args[0] ?? ''}`;
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
  let isGone = false;
  const exited = new Promise<ChildExit>((resolve) => {
    child.once('error', (error) => {
      output += String(error);
      isGone = true;
      resolve({ code: null, signal: null });
    });
    // close, not exit: by then all output has been read.
    child.once('close', (code, signal) => {
      isGone = true;
      resolve({ code, signal });
    });
  });
  atEnd(async () => {
    if (isGone) return;
    child.kill('SIGKILL');
    await exited;
  });
  return {
    pid: child.pid ?? -1,
    output: () => output,
    kill: (signal) => void child.kill(signal),
    exited,
    waitForOutput: async (text, limitMs = 30_000) => {
      const find = (): string | null => output.split('\n').find((line) => matches(line, text)) ?? null;
      try {
        await waitFor(() => find() !== null || isGone, { what: `it to say "${text}"`, limitMs });
      } catch (error) {
        throw new Error(`${title}: ${error instanceof Error ? error.message : error}. It said:\n${output}`);
      }
      const line = find();
      if (line === null) throw new Error(`${title} ended before it said "${text}". It said:\n${output}`);
      return line;
    },
    stop: (limitMs = 30_000) => stop(child, exited, limitMs),
  };
}

const matches = (line: string, text: string | RegExp): boolean =>
  typeof text === 'string' ? line.includes(text) : text.test(line);

async function stop(child: ChildProcess, exited: Promise<ChildExit>, limitMs: number): Promise<ChildExit> {
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
  try {
    return await exited;
  } finally {
    clearTimeout(timer);
  }
}
