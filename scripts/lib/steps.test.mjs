import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { makeStep } from './steps.mjs';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** A step that lasts so long; what was written meanwhile. */
async function play(ms, { isTerminal = false, run = () => undefined, options, written = [] } = {}) {
  const output = new Writable({
    write(chunk, _encoding, done) {
      written.push(String(chunk));
      done();
    },
  });
  Object.assign(output, { isTTY: isTerminal, columns: 40 });
  let end;
  const working = makeStep(output)('Compile', () => new Promise((resolve) => (end = () => resolve(run()))), options);
  await jest.advanceTimersByTimeAsync(ms);
  end();
  await working;
  return written;
}

describe('a step', () => {
  it('counts in a line every 10 seconds where there is no terminal', async () => {
    expect(await play(25_000)).toEqual(['  … Compile  10 s\n', '  … Compile  20 s\n', '  ✓ Compile  25.0 s\n']);
  });

  it('counts every second on a terminal, in place', async () => {
    const written = await play(2_500, { isTerminal: true });
    expect(written).toHaveLength(4);
    for (const text of written) expect(text.startsWith('\r\u001b[K')).toBe(true);
    expect(written[2]).toContain('Compile  2 s');
    expect(written.slice(0, 3).join('')).not.toContain('\n');
  });

  it('says nothing but its end when it is quick, and its remark', async () => {
    expect(await play(300, { run: () => 'port 1' })).toEqual(['  ✓ Compile (port 1)  0.3 s\n']);
  });

  it('that a person stopped shows no failure', async () => {
    const { StoppedError } = await import('./steps.mjs');
    const stopped = () => Promise.reject(new StoppedError('stopped during: Compile'));
    const written = [];
    await expect(play(300, { run: stopped, written })).rejects.toThrow('stopped during: Compile');
    expect(written).toEqual(['  – Compile (stopped)  0.3 s\n']);
    const failed = [];
    await expect(play(300, { run: () => Promise.reject(new Error('no')), written: failed })).rejects.toThrow('no');
    expect(failed).toEqual(['  ✗ Compile  0.3 s\n']);
  });

  it('shows the last line of its log, cut to the width of the terminal', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'luma-sync-steps-'));
    try {
      const log = join(dir, 'install.log');
      writeFileSync(log, `first\nProgress: resolved 900, added 450\n`);
      expect(await play(10_000, { options: { log } })).toContain(
        '  … Compile  10 s (Progress: resolved 900, added 450)\n',
      );
      const [shown] = await play(500, { isTerminal: true, options: { log } });
      expect(stripVTControlCharacters(shown).trimStart().length).toBeLessThanOrEqual(40);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  it.each([
    ['a terminal has colours', { isTerminal: true, env: {}, hasColour: true }],
    ['a terminal has none with NO_COLOR', { isTerminal: true, env: { NO_COLOR: '1' }, hasColour: false }],
    ['a file has none', { isTerminal: false, env: {}, hasColour: false }],
    ['a file has them with FORCE_COLOR', { isTerminal: false, env: { FORCE_COLOR: '1' }, hasColour: true }],
    ['a terminal has none with FORCE_COLOR=0', { isTerminal: true, env: { FORCE_COLOR: '0' }, hasColour: false }],
  ])('%s', async (_name, { isTerminal, env, hasColour }) => {
    const { PATH } = process.env;
    const script = `
      import { WriteStream } from 'node:tty';
      import { makeStep } from '${fileURLToPath(new URL('steps.mjs', import.meta.url))}';
      const { getColorDepth } = WriteStream.prototype;
      if (${isTerminal}) Object.assign(process.stdout, { isTTY: true, getColorDepth });
      await makeStep(process.stdout)('Compile', () => undefined);`;
    const program = ['--input-type=module', '-e', script];
    const shown = execFileSync(process.execPath, program, {
      encoding: 'utf8',
      env: { PATH, TERM: 'xterm-256color', ...env },
    });
    expect(shown.includes('\u001b[32m')).toBe(hasColour);
  });
});
