import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';

const LOGGING = fileURLToPath(new URL('../../test/logging.mjs', import.meta.url));
/** More than any pipe and the output's own buffer hold: 20,000 lines of about 600 bytes. */
const MANY = 20_000;

let child: ChildProcess;

afterEach(() => {
  child.kill('SIGKILL');
});

function start(stdout: number | 'pipe'): void {
  child = spawn(process.execPath, [LOGGING], { stdio: ['ignore', stdout, 'ignore', 'ipc'] });
}

/** @returns how many lines the process has dropped since its start. */
async function logLines(count: number): Promise<number> {
  child.send(count);
  const answer = once(child, 'message').then(([message]) => message as { dropped: number });
  const died = once(child, 'exit').then(([code, signal]) => {
    throw new Error(`the process ended: ${code ?? signal}`);
  });
  return (await Promise.race([answer, died])).dropped;
}

async function end(): Promise<number | null> {
  const exited = once(child, 'exit');
  child.send('end');
  const [code] = await exited;
  return code as number | null;
}

describe('a process whose standard output takes no more', () => {
  it('lives on a full disk, and counts each line that is lost', async () => {
    const full = openSync('/dev/full', 'w');
    start(full);
    closeSync(full);
    expect(await logLines(10)).toBe(10);
    expect(await logLines(5)).toBe(15);
    expect(await end()).toBe(0);
  });

  it('lives when the reader of its log stops reading, and says afterwards how many lines are missing', async () => {
    start('pipe');
    child.stdout?.pause();
    const dropped = await logLines(MANY);
    expect(dropped).toBeGreaterThan(0);
    expect(dropped).toBeLessThan(MANY);

    let text = '';
    child.stdout?.setEncoding('utf8').on('data', (data: string) => {
      text += data;
    });
    child.stdout?.resume();
    await waitFor(() => text.split('\n').length > MANY - dropped);
    expect(await logLines(1)).toBe(dropped);
    await waitFor(() => text.includes(`"dropped":${dropped}`));
    expect(await end()).toBe(0);
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    // Every line is whole, and the line about the lost ones is the only one more.
    expect(lines).toHaveLength(MANY - dropped + 2);
  });

  it('lives when the reader of its log is gone', async () => {
    start('pipe');
    child.stdout?.destroy();
    await logLines(1);
    const before = await logLines(1);
    expect(await logLines(10)).toBe(before + 10);
    expect(await end()).toBe(0);
  });
});

async function waitFor(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setImmediate(resolve));
}
