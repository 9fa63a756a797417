import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

const module = fileURLToPath(new URL('run-with.mjs', import.meta.url));

let dir;
let child;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'luma-sync-node-'));
});
afterEach(() => {
  child.kill('SIGKILL');
  rmSync(dir, { recursive: true, force: true });
});

/** Runs a script with "another" Node: this one. @returns what it prints, and how the outer process ends. */
function runScript(script) {
  const file = join(dir, 'inner.mjs');
  writeFileSync(file, script);
  const outer = `import { runWith } from '${module}';\nprocess.exitCode = await runWith(process.execPath, ['${file}', 'an argument']);`;
  const env = { ...process.env, npm_lifecycle_event: 'test', OUTER: outer };
  // The shell has something to do after it, so that it stays between us and Node.
  child = spawn('sh', ['-c', `'${process.execPath}' --input-type=module -e "$OUTER"; exit $?`], { env });
  let output = '';
  const waiting = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      output += text;
      for (const { wanted, resolve } of waiting) if (output.includes(wanted)) resolve();
    });
  }
  return {
    says: (wanted) => new Promise((resolve) => waiting.push({ wanted, resolve })),
    pid: (name) => Number(output.match(new RegExp(`${name} (\\d+)`))[1]),
    ended: new Promise((resolve) => child.on('close', (code) => resolve({ code, output }))),
  };
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
    const command = runScript(UNTIL_TOLD);
    await command.says('up');
    process.kill(command.pid('outer'), signal);
    expect(await command.ended).toMatchObject({ code: 7, output: expect.stringContaining(`told ${signal}`) });
  });

  it('is told to end when npm and its shell are gone', async () => {
    const command = runScript(UNTIL_TOLD);
    await command.says('up');
    child.kill('SIGKILL');
    expect((await command.ended).output).toContain('told SIGTERM');
  });
});
