import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { dataDir } from './paths.mjs';
import { findFreePort } from './ports.mjs';
import { findBinaries, findUnprivilegedUser } from './postgres-binaries.mjs';
import { UserError } from './steps.mjs';

const startLimitMs = 60_000;
const password = () => randomBytes(12).toString('hex');

/**
 * Finds or starts Postgres. Started ones listen on 127.0.0.1 only, at a free port, with a password of their own.
 *
 * @param {import('./run.mjs').Run} run
 * @param {{ keepIn?: string }} [options] `keepIn`: folder of a database that outlives the run; without it the database
 *   goes with the run and does not wait for the disk.
 * @returns {Promise<{ url: string, remark: string, service?: object }>} `service`: as `superviseServices` takes it;
 *   absent where this run did not start it
 */
export async function providePostgres(run, { keepIn } = {}) {
  if (process.env.DATABASE_URL) return { url: process.env.DATABASE_URL, remark: 'DATABASE_URL' };
  const cluster = makeCluster(run, keepIn);
  for (let attempt = 1; ; attempt += 1) {
    const port = await findFreePort();
    const { url, ...program } = cluster.at(port);
    const start = () =>
      run.start({
        name: 'postgres',
        ...program,
        env: { ...process.env, LC_ALL: 'C' },
        stopSignal: 'SIGINT', // fast shutdown: open sessions are ended, nothing committed is lost
      });
    const child = start();
    if (await isReady({ child, place: cluster.place, port })) {
      const service = { name: 'Postgres', child, restart: start, log: run.logFile('postgres') };
      return { url, remark: `embedded, port ${port}`, service };
    }
    // Someone else may have taken the port in between.
    if (attempt === 3)
      throw new UserError('Postgres did not start; set DATABASE_URL to use one of your own', {
        log: run.logFile('postgres'),
      });
  }
}

/**
 * Makes a database folder and starts nothing, for a caller that starts and stops Postgres by itself.
 *
 * @param {import('./run.mjs').Run} run
 * @param {string} [keepIn] as in `providePostgres`
 */
export function makeCluster(run, keepIn) {
  const user = findUnprivilegedUser();
  const binaries = findBinaries(run, user);
  const place = makePlace(run, keepIn, user);
  const secret = initialise({ binaries, place, user, run });
  return {
    place,
    /** The program to run and the address it then has. */
    at: (port) => ({
      command: join(binaries, 'bin', 'postgres'),
      args: ['-D', place, ...settings(port, keepIn !== undefined)],
      ...user,
      url: `postgres://postgres:${secret}@127.0.0.1:${port}/postgres`,
    }),
  };
}

function settings(port, isKept) {
  const values = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: 300,
    timezone: 'UTC',
    log_timezone: 'UTC',
    // A database that goes with the run need not survive a power cut. It still survives a killed process.
    ...(isKept ? {} : { fsync: 'off', full_page_writes: 'off' }),
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

function makePlace(run, keepIn, user) {
  const wanted = keepIn ?? join(run.dir, 'postgres');
  mkdirSync(wanted, { recursive: true, mode: 0o700 });
  if (user.uid === undefined) return wanted;
  chownSync(wanted, user.uid, user.gid);
  if (canEnter(wanted, user)) return wanted;
  if (keepIn !== undefined) {
    throw new UserError(
      `the user that Postgres runs as may not enter ${dataDir}; move the checkout out of a closed folder such ` +
        'as /root, or set DATABASE_URL',
    );
  }
  // Nothing is in there yet: it is this run's own.
  rmSync(wanted, { recursive: true, force: true });
  const elsewhere = mkdtempSync(join(tmpdir(), 'luma-sync-data-'));
  run.removeAtEnd(elsewhere);
  chownSync(elsewhere, user.uid, user.gid);
  return elsewhere;
}

function canEnter(dir, user) {
  return (
    spawnSync('/bin/sh', ['-c', 'cd "$1" && test -w .', 'sh', dir], {
      cwd: '/',
      stdio: 'ignore',
      timeout: 20_000,
      ...user,
    }).status === 0
  );
}

/** Makes the cluster if there is none yet. Returns the password, which is kept beside the data. */
function initialise({ binaries, place, user, run }) {
  const secretFile = join(place, 'luma-sync.password');
  if (existsSync(join(place, 'PG_VERSION'))) {
    const made = readFileSync(join(place, 'PG_VERSION'), 'utf8').trim();
    const ours = spawnSync(join(binaries, 'bin', 'postgres'), ['--version'], {
      cwd: '/',
      encoding: 'utf8',
      ...user,
    }).stdout.match(/\d+/)?.[0];
    if (made !== ours)
      throw new UserError(
        `${place} was written by Postgres ${made}, this is ${ours}; move the folder away to start afresh`,
      );
    return readFileSync(secretFile, 'utf8').trim();
  }
  const secret = password();
  // initdb wants an empty folder, so its password file lies outside.
  const passwordFile = join(mkdtempSync(join(tmpdir(), 'luma-sync-')), 'password');
  try {
    writeFileSync(passwordFile, `${secret}\n`, { mode: 0o600 });
    if (user.uid !== undefined) {
      chownSync(dirname(passwordFile), user.uid, user.gid);
      chownSync(passwordFile, user.uid, user.gid);
    }
    const answer = spawnSync(
      join(binaries, 'bin', 'initdb'),
      // The built-in locale is the same on every machine and needs nothing installed.
      [
        `--pgdata=${place}`,
        '--username=postgres',
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--no-sync',
        '--no-instructions',
      ],
      { cwd: '/', encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' }, timeout: startLimitMs, ...user },
    );
    if (answer.status !== 0) {
      writeFileSync(run.logFile('postgres'), `${answer.stdout ?? ''}${answer.stderr ?? ''}${answer.error ?? ''}\n`);
      throw new UserError('Postgres could not create its database folder; set DATABASE_URL to use one of your own', {
        log: run.logFile('postgres'),
      });
    }
  } finally {
    rmSync(dirname(passwordFile), { recursive: true, force: true });
  }
  writeFileSync(secretFile, `${secret}\n`, { mode: 0o600 });
  return secret;
}

/** Postgres says in its own pid file, on line 4 the port and on line 8, when it takes connections. */
async function isReady({ child, place, port }) {
  const giveUpAt = Date.now() + startLimitMs;
  while (Date.now() < giveUpAt && child.exitCode === null && child.signalCode === null) {
    const lines = readPidFile(place);
    if (lines[0] === String(child.pid) && lines[3] === String(port) && lines[7]?.trim() === 'ready') return true;
    await pause(20);
  }
  return false;
}

function readPidFile(place) {
  try {
    return readFileSync(join(place, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return [];
  }
}
