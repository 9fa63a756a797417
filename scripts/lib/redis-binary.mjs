import { spawn } from 'node:child_process';
import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { toolsDir } from './paths.mjs';

const fetchLimitMs = 3 * 60_000;
const unpackedDir = join(toolsDir, 'redis');
const unpackedBinary = join(unpackedDir, 'redis-server');

/**
 * A Redis (or Valkey) server: `REDIS_SERVER_BIN`, else the PATH, else what an earlier run unpacked. Null if there is
 * none.
 */
export function findRedisBinary() {
  const named = process.env.REDIS_SERVER_BIN;
  if (named && isExecutable(named)) return named;
  const dirs = (process.env.PATH ?? '').split(delimiter).filter((dir) => dir !== '');
  const candidates = ['redis-server', 'valkey-server'].flatMap((name) => dirs.map((dir) => join(dir, name)));
  return [...candidates, unpackedBinary].find(isExecutable) ?? null;
}

/**
 * Fetches Debian's or Ubuntu's own package with what it needs and unpacks it into the data folder. Nothing is
 * installed: the machine stays as it is and no system service starts. Null where that is not possible (not Debian, not
 * root).
 */
export async function unpackRedisFromDebian(run) {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return null;
  const log = run.logFile('apt');
  const downloads = join(run.dir, 'apt');
  mkdirSync(join(downloads, 'partial'), { recursive: true });
  // Without a fresh list the old one may still do.
  await runLogged(log, 'apt-get', ['update']);
  const options = ['--download-only', '--yes', '--reinstall', '--no-install-recommends'];
  const place = ['-o', `Dir::Cache::archives=${downloads}`, '-o', 'DPkg::Lock::Timeout=60'];
  if (!(await runLogged(log, 'apt-get', ['install', ...options, ...place, 'redis-server', 'redis-tools']))) return null;
  const next = `${unpackedDir}.${process.pid}`;
  mkdirSync(next, { recursive: true });
  for (const name of readdirSync(downloads).filter((file) => file.endsWith('.deb'))) {
    if (!(await runLogged(log, 'dpkg', ['--extract', join(downloads, name), next]))) return null;
  }
  const libraries = ['usr/lib', 'lib']
    .flatMap((dir) => ['x86_64-linux-gnu', 'aarch64-linux-gnu'].map((arch) => `$here/${dir}/${arch}`))
    .join(':');
  // exec: the process that is started is Redis itself, so that signals reach it.
  writeFileSync(
    join(next, 'redis-server'),
    `#!/bin/sh\nhere=$(dirname "$(readlink -f "$0")")\nLD_LIBRARY_PATH="${libraries}" exec ` +
      '"$here/usr/bin/redis-server" "$@"\n',
  );
  chmodSync(join(next, 'redis-server'), 0o755);
  if (!(await runLogged(log, join(next, 'redis-server'), ['--version']))) return null;
  rmSync(unpackedDir, { recursive: true, force: true });
  renameSync(next, unpackedDir);
  return unpackedBinary;
}

/** Whether it ended with code 0. Does not block: the step that waits for it goes on counting. */
function runLogged(log, command, args) {
  const file = openSync(log, 'a');
  writeSync(file, `$ ${command} ${args.join(' ')}\n`);
  const child = spawn(command, args, {
    cwd: '/',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    timeout: fetchLimitMs,
    stdio: ['ignore', file, file],
  });
  closeSync(file);
  return new Promise((resolve) => {
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
  });
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
