import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';
import { spawnNode } from '@luma-sync/testkit';

const GUARDED = fileURLToPath(new URL('../../test/guarded.mjs', import.meta.url));

it('a process whose event loop stands still is killed, and says why', async () => {
  const guarded = spawnNode(GUARDED, { args: ['500'] });
  await guarded.waitForOutput('beat');
  guarded.kill('SIGUSR2');
  expect(await guarded.exited).toEqual({ code: null, signal: 'SIGKILL' });
  expect(guarded.output()).toMatch(/guarded: its event loop has stood still for \d+ s; killed, to be started again/);
});
