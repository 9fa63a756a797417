import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { relative } from 'node:path';
import { root } from './paths.mjs';
import { StoppedError, UserError } from './steps.mjs';

const killAfterMs = 25_000;

/**
 * @typedef {object} Tool
 * @property {string} name
 * @property {string} command
 * @property {string[]} args
 * @property {object} [env]
 * @property {string} failure What to tell a person when it ends with another code than 0.
 * @property {number} [limitMs]
 * @property {boolean} [show] Print its output when it failed.
 */

/**
 * Runs a tool to its end, its output in a log file.
 *
 * @param {import('./run.mjs').Run} run
 * @param {Tool} tool
 */
export async function runTool(run, { name, command, args, env = {}, failure, limitMs = 15 * 60_000, show = false }) {
  const log = run.logFile(name);
  const file = openSync(log, 'a');
  const child = spawn(command, args, {
    cwd: root,
    env: { ...process.env, ...env },
    // A group of its own, so that all of it can be stopped, and Ctrl-C reaches it through us only.
    detached: true,
    stdio: ['ignore', file, file],
  });
  closeSync(file);
  if (child.pid !== undefined) run.noteProcess(name, child.pid);
  void run.stopped.then(() => killGroup(child.pid));
  const { code, signal, error } = await ended(child, limitMs);
  if (code === 0) return;
  if (run.isStopping) throw new StoppedError(`stopped during: ${name}`);
  const output = readFileSync(log, 'utf8').trimEnd();
  if (show) process.stdout.write(`\n${output}\n`);
  if (show) throw new UserError(failure);
  const reason = error?.message ?? (signal === null ? lastWords(output) : `ended by ${signal}`);
  throw new UserError(`${failure}${reason === '' ? '' : ` (${reason})`}`, { log: relative(root, log) });
}

/**
 * Runs a program whose output the person sees, until it ends. A signal that stops the run is passed on to it, once;
 * with all its group it is killed when it does not end in time.
 *
 * @returns {Promise<number>} its exit code; 128 and the signal's number when it was killed
 */
export async function runForeground(run, { name, command, args, env }) {
  const child = spawn(command, args, { cwd: root, env, detached: true, stdio: ['ignore', 'inherit', 'inherit'] });
  if (child.pid !== undefined) run.noteProcess(name, child.pid);
  let isOver = false;
  let timer;
  void run.stopped.then((signal) => {
    if (isOver) return;
    child.kill(signal);
    timer = setTimeout(() => killGroup(child.pid), killAfterMs);
  });
  const { code, signal, error } = await ended(child, 0);
  isOver = true;
  clearTimeout(timer);
  killGroup(child.pid);
  if (error !== undefined) throw new UserError(`${name} could not be started: ${error.message}`);
  return code ?? 128 + (constants.signals[signal] ?? 0);
}

function ended(child, limitMs) {
  return new Promise((resolve) => {
    const timer = limitMs > 0 ? setTimeout(() => killGroup(child.pid), limitMs) : undefined;
    child.once('error', (error) => resolve({ code: null, signal: null, error }));
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal });
    });
  });
}

/** What a process left behind in its group goes with it. */
function killGroup(pid) {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH' && error.code !== 'EPERM') throw error;
  }
}

/** The line of a tool's output that most likely says what went wrong. */
function lastWords(output) {
  const lines = output
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const telling = [/\bERR_/, /error|fail|cannot|denied|not found/i].map((look) =>
    lines.findLast((line) => look.test(line)),
  );
  const line = telling.find((found) => found !== undefined) ?? lines.at(-1) ?? '';
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}
