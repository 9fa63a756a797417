import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { logsDir, runsDir } from './paths.mjs';
import { identify, isStillAlive } from './process-identity.mjs';

/** Logs of so many runs are kept. */
const logsKept = 10;
/** How long a service may take to stop by itself before it is killed: Postgres writes a checkpoint. */
const graceMs = 15_000;

/**
 * One run of a command and the services it started. The services are noted in a file, so that the run after a
 * killed run knows what to stop: first the guard (`guard.mjs`), which sees its parent go, otherwise the next run.
 */
export class Run {
  isStopping = false;
  #file;
  #note;
  #guard = null;

  /** @param {Promise<string>} [stopped] resolves to the signal that ends the run early */
  constructor(command, stopped = new Promise(() => {})) {
    this.stopped = stopped.then((signal) => {
      this.isStopping = true;
      return signal;
    });
    const stamp = new Date().toISOString().replace(/[-:]/g, '').slice(0, 15).replace('T', '-');
    this.id = `${stamp}-${process.pid}`;
    this.dir = join(runsDir, this.id);
    this.logDir = join(logsDir, `${this.id}-${command.replaceAll(':', '-')}`);
    mkdirSync(this.dir, { recursive: true });
    mkdirSync(this.logDir, { recursive: true });
    this.#file = join(runsDir, `${this.id}.json`);
    this.#note = { owner: identify(process.pid), services: [], dirs: [this.dir] };
    this.#save();
    forgetOldLogs();
  }

  logFile(name) {
    return join(this.logDir, `${name}.log`);
  }

  /** Notes a folder outside the run's own that goes when the run ends. */
  removeAtEnd(dir) {
    this.#note.dirs.push(dir);
    this.#save();
  }

  /**
   * Starts a service in its own process group: Ctrl-C in the terminal must not reach it before those who use it.
   *
   * @param {{ name: string, command: string, args: string[], env?: object, uid?: number, gid?: number, stopSignal?:
   *   string }} service
   */
  start({ name, command, args, env = process.env, uid, gid, stopSignal = 'SIGTERM' }) {
    this.#startGuard();
    const log = openSync(this.logFile(name), 'a');
    const child = spawn(command, args, {
      cwd: '/',
      env,
      detached: true,
      stdio: ['ignore', log, log],
      ...(uid === undefined ? {} : { uid, gid }),
    });
    closeSync(log);
    child.unref();
    if (child.pid !== undefined) this.noteProcess(name, child.pid, stopSignal);
    return child;
  }

  noteProcess(name, pid, stopSignal = 'SIGTERM') {
    this.#startGuard();
    this.note({ name, stopSignal, ...identify(pid) });
  }

  /** @param {{ name: string, pid?: number, birth?: string | null, stopSignal?: string, container?: string }} service */
  note(service) {
    this.#note.services.push(service);
    this.#save();
  }

  /** From here on an end of a service is expected. */
  async end() {
    this.isStopping = true;
    await stopRun(this.#file, this.#note);
    this.#guard?.stdin.destroy();
  }

  #startGuard() {
    if (this.#guard !== null) return;
    const guard = fileURLToPath(new URL('guard.mjs', import.meta.url));
    this.#guard = spawn(process.execPath, [guard, this.#file], {
      cwd: '/',
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    this.#guard.on('error', () => {});
    this.#guard.stdin.on('error', () => {});
    this.#guard.unref();
    this.#guard.stdin.unref?.();
  }

  #save() {
    writeNote(this.#file, this.#note);
  }
}

/** Stops what runs left behind whose own process is gone. Returns the names of what was stopped. */
export async function stopLeftovers() {
  const stopped = [];
  for (const file of listNotes()) {
    const note = readNote(file);
    if (note === null || isStillAlive(note.owner)) continue;
    stopped.push(...(await stopRun(file, note)));
  }
  return stopped;
}

export async function stopRun(file, note = readNote(file)) {
  if (note === null) return [];
  const stopped = [];
  // Last started, first stopped: the later ones use the earlier ones.
  for (const service of [...note.services].reverse()) {
    if (await stopService(service)) stopped.push(service.name);
  }
  for (const dir of note.dirs) rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  rmSync(file, { force: true });
  return stopped;
}

async function stopService(service) {
  if (service.container !== undefined) return removeContainer(service.container);
  if (!isStillAlive(service)) return false;
  signal(service.pid, service.stopSignal ?? 'SIGTERM');
  const giveUpAt = Date.now() + graceMs;
  while (isStillAlive(service) && Date.now() < giveUpAt) await pause(20);
  // The group as well: a service that was killed leaves no children of its own.
  signal(-service.pid, 'SIGKILL');
  while (isStillAlive(service) && Date.now() < giveUpAt + 5_000) await pause(20);
  return true;
}

function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

function removeContainer(id) {
  return new Promise((resolve) => {
    const child = spawn('docker', ['rm', '-f', id], { stdio: 'ignore', timeout: 30_000 });
    child.on('error', () => resolve(false));
    child.on('close', (code) => resolve(code === 0));
  });
}

function listNotes() {
  try {
    return readdirSync(runsDir)
      .filter((name) => name.endsWith('.json'))
      .map((name) => join(runsDir, name));
  } catch {
    return [];
  }
}

function readNote(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

function writeNote(file, note) {
  // Through another name: a reader never sees half a note.
  writeFileSync(`${file}.new`, JSON.stringify(note));
  renameSync(`${file}.new`, file);
}

function forgetOldLogs() {
  const old = readdirSync(logsDir).sort().slice(0, -logsKept);
  for (const name of old) rmSync(join(logsDir, name), { recursive: true, force: true });
}
