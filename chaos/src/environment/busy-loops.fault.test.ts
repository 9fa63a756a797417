import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';
import { spawnProcess, waitFor } from '@luma-sync/testkit';
import { readStat } from './process-stat.js';

const BUSY_LOOP = fileURLToPath(new URL('../../dist/environment/busy-loop.js', import.meta.url));
/** Longer than the test may take: the limit is not what ends the loop. */
const LIMIT_MS = 600_000;
/** A parent that starts a loop, says its id, and does nothing else. */
const PARENT = `
  const { spawn } = require('node:child_process');
  const args = [${JSON.stringify(BUSY_LOOP)}, '${LIMIT_MS}', String(process.pid)];
  const loop = spawn(process.execPath, args, { stdio: 'ignore' });
  console.log('loop ' + loop.pid);
  setInterval(() => {}, 1_000);
`;

it('a busy loop ends by itself when the process that started it was killed', async () => {
  const parent = spawnProcess(process.execPath, ['-e', PARENT]);
  const line = await parent.waitForOutput('loop ');
  const pid = Number(line.split(' ')[1]);
  // On systems without /proc the loop is not seen; there it ends with the parent all the same.
  if (process.platform === 'linux') expect(readStat(pid)?.ppid).toBe(parent.pid);
  parent.kill('SIGKILL');
  await parent.exited;
  await waitFor(() => readStat(pid) === null, { what: 'the loop to end', limitMs: 60_000 });
});

it('a busy loop ends at its limit', async () => {
  expect(await spawnProcess(process.execPath, [BUSY_LOOP, '100', String(process.pid)]).exited).toEqual({
    code: 0,
    signal: null,
  });
});
