import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { isHelp, toHelp } from './help.mjs';

const entry = fileURLToPath(new URL('../luma-sync.mjs', import.meta.url));
const { scripts } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

describe('--help', () => {
  it.each(['start', 'demo', 'test'])('of %s is shown at once and starts nothing', (name) => {
    const shown = execFileSync(process.execPath, [entry, name, '--help'], { encoding: 'utf8', timeout: 10_000 });
    expect(shown).toBe(`${toHelp(name)}\n`);
  });

  it('is there for every command that does not hand its arguments on', () => {
    const handsOn = /^(bench|simulate|chaos|canary|jest)/;
    const without = Object.keys(scripts).filter((name) => !handsOn.test(name) && toHelp(name) === null);
    expect(without).toEqual([]);
  });

  it('is asked for in two ways, and by nothing else', () => {
    expect(isHelp(['--', '--help'])).toBe(true);
    expect(isHelp(['-h'])).toBe(true);
    expect(isHelp(['--keep'])).toBe(false);
  });
});
