import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startFromShell } from '../testing/start-from-shell.mjs';

const module = fileURLToPath(new URL('run-with.mjs', import.meta.url));

let dir;
let command;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'luma-sync-node-'));
});
afterEach(() => {
  command.shell.kill('SIGKILL');
  rmSync(dir, { recursive: true, force: true });
});

/** Runs a script with "another" Node: this one. @returns what it prints, and how the outer process ends. */
function runScript(script) {
  const file = join(dir, 'inner.mjs');
  writeFileSync(file, script);
  const outer =
    `import { runWith } from '${module}';\nprocess.exitCode = await runWith(process.execPath, ` +
    `['${file}', 'an argument']);`;
  command = startFromShell(outer);
  return command;
}

const UNTIL_TOLD = `
  for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => { console.log('told ' + name); process.exit(7); });
  setInterval(() => {}, 1_000);
  console.log('outer ' + process.ppid + ' up');`;

describe('a command that runs with another Node', () => {
  it('gets the arguments and that Node first on the PATH, and passes its exit code on', async () => {
    const { code, output } = await runScript(
      `console.log(process.argv[2], process.env.PATH.split(':')[0]); process.exitCode = 3;`,
    ).ended;
    expect(output).toContain(`an argument ${join(process.execPath, '..')}`);
    expect(code).toBe(3);
  });

  it('ends as a process does that a signal killed', async () => {
    expect((await runScript(`process.kill(process.pid, 'SIGKILL');`).ended).code).toBe(137);
  });

  it.each(['SIGINT', 'SIGTERM'])('is told of %s, and waited for', async (signal) => {
    runScript(UNTIL_TOLD);
    await command.says('up');
    process.kill(command.pid('outer'), signal);
    expect(await command.ended).toMatchObject({ code: 7, output: expect.stringContaining(`told ${signal}`) });
  });

  it('is told to end when npm and its shell are gone', async () => {
    runScript(UNTIL_TOLD);
    await command.says('up');
    command.shell.kill('SIGKILL');
    expect((await command.ended).output).toContain('told SIGTERM');
  });
});
