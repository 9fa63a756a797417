import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startFromShell } from './testing/start-from-shell.mjs';

const module = fileURLToPath(new URL('with-run.mjs', import.meta.url));

let dataDir;
let command;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'luma-sync-with-run-'));
});

afterEach(() => {
  command.shell.kill('SIGKILL');
  rmSync(dataDir, { recursive: true, force: true });
});

/** Runs `work` as a command does, from a shell as npm does it, and gives what it prints and how it ends. */
function runCommand(work) {
  const source =
    `import { withRun } from '${module}';\nprocess.exitCode = await withRun('test', async (run) => ` + `{ ${work} });`;
  command = startFromShell(source, { LUMA_SYNC_DATA_DIR: dataDir });
  return command;
}

const untilStopped =
  "console.log('pid ' + process.pid); const signal = await run.stopped; console.log('told ' " + '+ signal); return 0;';

describe('withRun', () => {
  it('passes the exit code on, and shows an expected failure as one line', async () => {
    expect((await runCommand('return 3;').ended).code).toBe(3);
    const failing = runCommand(
      `const { UserError } = await import('${module.replace('with-run', 'steps')}'); throw new UserError('do this');`,
    );
    const { code, output } = await failing.ended;
    expect(code).toBe(1);
    expect(output).toMatch(/^\s*Failed: do this$/m);
    expect(output).not.toMatch(/^ +at /m);
  });

  it('tells the work to stop on a signal, waits for it, and ends with the signal’s code', async () => {
    runCommand(untilStopped);
    await command.says('pid');
    process.kill(command.pid('pid'), 'SIGINT');
    const { code, output } = await command.ended;
    expect(output).toContain('told SIGINT');
    expect(code).toBe(130);
  });

  it('a step that the signal ended shows no failure, and the last word is that all was stopped', async () => {
    runCommand(
      `const { step, StoppedError } = await import('${module.replace('with-run', 'steps')}');
       console.log('pid ' + process.pid);
       await step('luma-sync', async () => { await run.stopped; throw new StoppedError('not ready'); });`,
    );
    await command.says('pid');
    process.kill(command.pid('pid'), 'SIGINT');
    const { code, output } = await command.ended;
    expect(code).toBe(130);
    expect(output).not.toMatch(/✗|Failed/);
    expect(output.trimEnd()).toMatch(/Stopped\.$/);
  });

  it('ends as well when npm and its shell are told to end and pass nothing on', async () => {
    runCommand(untilStopped);
    await command.says('pid');
    command.shell.kill('SIGKILL');
    expect((await command.ended).output).toContain('told SIGTERM');
  });
});
