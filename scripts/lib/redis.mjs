import { spawn, spawnSync } from 'node:child_process';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { withLock } from './lock.mjs';
import { findFreePort } from './ports.mjs';
import { findRedisBinary, unpackRedisFromDebian } from './redis-binary.mjs';
import { UserError } from './steps.mjs';

const startLimitMs = 20_000;
const pullLimitMs = 5 * 60_000;
const image = 'redis:7-alpine';
/** noeviction: a queue whose keys may be thrown away loses jobs. Nothing is saved: Postgres remembers. */
const settings = ['--save', '', '--appendonly', 'no', '--maxmemory-policy', 'noeviction'];

/**
 * Finds or starts Redis: `REDIS_URL`, a binary on the PATH, Docker if its engine answers, Debian's package unpacked
 * into the data folder, in this order.
 *
 * @param {import('./run.mjs').Run} run
 * @returns {Promise<{ url: string, remark: string, binary: string | null, service?: object }>} `binary` starts further
 *   servers (tests do). `service`: as `superviseServices` takes it; absent where Docker restarts it or this run did not
 *   start it
 */
export async function provideRedis(run) {
  if (process.env.REDIS_URL) {
    return { url: process.env.REDIS_URL, remark: 'REDIS_URL', binary: await findOrUnpackRedis(run) };
  }
  const onPath = findRedisBinary();
  if (onPath !== null) return startBinary(run, onPath);
  if (hasDockerEngine()) return startContainer(run);
  const unpacked = await findOrUnpackRedis(run);
  if (unpacked !== null) return startBinary(run, unpacked);
  throw new UserError(
    'no Redis found: install it ' +
      `(${process.platform === 'darwin' ? 'brew install redis' : 'the package redis-server or valkey'}), start ` +
      'Docker, or set REDIS_URL',
  );
}

/** One run fetches, a second one that came at the same moment uses it. */
export function findOrUnpackRedis(run) {
  return withLock('redis', {}, async () => findRedisBinary() ?? unpackRedisFromDebian(run));
}

async function startBinary(run, binary) {
  for (let attempt = 1; ; attempt += 1) {
    const port = await findFreePort();
    const start = () =>
      run.start({
        name: 'redis',
        command: binary,
        args: ['--port', String(port), '--bind', '127.0.0.1', '--dir', run.dir, ...settings],
      });
    const child = start();
    if (await answers(port, () => child.exitCode === null && child.signalCode === null && child.pid !== undefined)) {
      const service = { name: 'Redis', child, restart: start, log: run.logFile('redis') };
      return { url: `redis://127.0.0.1:${port}`, remark: `${binary.split('/').at(-1)}, port ${port}`, binary, service };
    }
    if (attempt === 3)
      throw new UserError('Redis did not start; set REDIS_URL to use one of your own', { log: run.logFile('redis') });
  }
}

function hasDockerEngine() {
  return (
    spawnSync('docker', ['info', '--format', '{{.ServerVersion}}'], { stdio: 'ignore', timeout: 10_000 }).status === 0
  );
}

async function startContainer(run) {
  const name = `luma-sync-redis-${run.id}`;
  // Noted first: a container that starts while we are being killed is found by its name.
  run.note({ name: 'redis', container: name });
  const port = await findFreePort();
  const args = [
    'run',
    '--detach',
    // Bounded, as for what this run starts itself. The run removes the container by its name when it ends.
    '--restart',
    'on-failure:5',
    '--name',
    name,
    '--publish',
    `127.0.0.1:${port}:6379`,
    image,
    'redis-server',
    ...settings,
  ];
  const { code, output } = await capture('docker', args, pullLimitMs);
  if (code !== 0) throw new UserError(`Docker could not start ${image}: ${output.trim().split('\n').at(-1)}`);
  if (!(await answers(port, () => true)))
    throw new UserError(`the Redis container ${name} does not answer; set REDIS_URL to use one of your own`);
  return { url: `redis://127.0.0.1:${port}`, remark: `Docker, port ${port}`, binary: null };
}

function capture(command, args, timeout) {
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout });
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => resolve({ code: -1, output: error.message }));
    child.on('close', (code) => resolve({ code, output }));
  });
}

async function answers(port, isRunning) {
  const giveUpAt = Date.now() + startLimitMs;
  while (Date.now() < giveUpAt && isRunning()) {
    if (await ping(port)) return true;
    await pause(20);
  }
  return false;
}

function ping(port) {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.setTimeout(1_000, () => socket.destroy());
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (data) => {
      resolve(data.toString().startsWith('+PONG'));
      socket.destroy();
    });
    socket.once('error', () => {});
    socket.once('close', () => resolve(false));
  });
}
