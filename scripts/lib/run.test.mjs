import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findBirth } from './process-identity.mjs';

const runModule = fileURLToPath(new URL('run.mjs', import.meta.url));
const idle = `setInterval(() => {}, 1000)`;

let dataDir;
let children;
let services;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'luma-sync-run-'));
  children = [];
  services = [];
});

afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  for (const pid of services.filter((service) => findBirth(service) !== null)) process.kill(pid, 'SIGKILL');
  rmSync(dataDir, { recursive: true, force: true });
});

/** Runs a script in a process of its own, which can be killed, and gives what it prints as JSON. */
function runScript(source) {
  const env = { ...process.env, LUMA_SYNC_DATA_DIR: dataDir };
  const child = spawn(
    process.execPath,
    ['--input-type=module', '-e', `import { Run, stopLeftovers } from '${runModule}';\n${source}`],
    { env },
  );
  children.push(child);
  return new Promise((resolve, reject) => {
    let output = '';
    child.stdout.on('data', (text) => {
      output += text;
      if (output.endsWith('\n')) resolve({ child, said: JSON.parse(output) });
    });
    child.stderr.on('data', (text) => reject(new Error(String(text))));
  });
}

async function startService() {
  const started = await runScript(serviceScript);
  services.push(started.said);
  return started;
}

const serviceScript = `
  const run = new Run('test');
  const service = run.start({ name: 'service', command: process.execPath, args: ['-e', ${JSON.stringify(idle)}] });
  console.log(JSON.stringify(service.pid));
  ${idle};`;

const note = () =>
  join(
    dataDir,
    'runs',
    readdirSync(join(dataDir, 'runs')).find((name) => name.endsWith('.json')),
  );

async function waitUntilGone(pid) {
  const giveUpAt = Date.now() + 5_000;
  while (findBirth(pid) !== null) {
    if (Date.now() > giveUpAt) throw new Error(`process ${pid} still runs`);
    await pause(20);
  }
}

function childrenOf(pid) {
  if (process.platform === 'linux') {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
  }
  const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  const rows = table
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  return rows.filter(([, parent]) => parent === pid).map(([child]) => child);
}

describe('a run that is killed', () => {
  it('leaves no service behind: its guard stops them', async () => {
    const { child, said: service } = await startService();
    child.kill('SIGKILL');
    await waitUntilGone(service);
  });

  it('is cleaned up after by the next run when its guard was killed as well', async () => {
    const { child, said: service } = await startService();
    const guard = childrenOf(child.pid).find((pid) => pid !== service);
    process.kill(guard, 'SIGKILL');
    child.kill('SIGKILL');
    await waitUntilGone(child.pid);
    expect(findBirth(service)).not.toBeNull();
    const { said: stopped } = await runScript('console.log(JSON.stringify(await stopLeftovers()))');
    expect(stopped).toEqual(['service']);
    await waitUntilGone(service);
    expect(readdirSync(join(dataDir, 'runs'))).toEqual([]);
  });
});

describe('stopLeftovers', () => {
  it('leaves the services of a run alone that is still going on', async () => {
    const { said: service } = await startService();
    const { said: stopped } = await runScript('console.log(JSON.stringify(await stopLeftovers()))');
    expect(stopped).toEqual([]);
    expect(findBirth(service)).not.toBeNull();
  });

  it('does not stop a process that merely got the number of a former service', async () => {
    const { child, said: service } = await startService();
    const written = JSON.parse(readFileSync(note(), 'utf8'));
    process.kill(
      childrenOf(child.pid).find((pid) => pid !== service),
      'SIGKILL',
    );
    child.kill('SIGKILL');
    await waitUntilGone(child.pid);
    written.services[0].birth = 'some other moment';
    writeFileSync(note(), JSON.stringify(written));
    const { said: stopped } = await runScript('console.log(JSON.stringify(await stopLeftovers()))');
    expect(stopped).toEqual([]);
    expect(findBirth(service)).not.toBeNull();
  });
});
