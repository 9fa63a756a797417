import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

const module = fileURLToPath(new URL('fetch-node.mjs', import.meta.url));
const steps = fileURLToPath(new URL('../steps.mjs', import.meta.url));

let dir;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'luma-sync-fetch-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Fetches with an npm of the test. */
function fetchWith(npm) {
  const script = join(dir, 'npm-cli.js');
  writeFileSync(script, npm);
  const source = `import { provideNode } from '${module}'; import { reportFailure } from '${steps}';
    await provideNode().then(console.log, (error) => { reportFailure(error); process.exitCode = 1; });`;
  const env = { ...process.env, npm_execpath: script, LUMA_SYNC_DATA_DIR: dir };
  return spawnSync(process.execPath, ['--input-type=module', '-e', source], { env, encoding: 'utf8' });
}

/** Makes the file that the package would hold, and counts its calls. */
const INSTALLS = `
  const { appendFileSync, mkdirSync, writeFileSync } = require('node:fs');
  const { join } = require('node:path');
  appendFileSync('CALLS', 'called ');
  const prefix = process.argv[process.argv.indexOf('--prefix') + 1];
  const bin = join(prefix, 'node_modules', process.argv.at(-1).split('@')[0], 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, process.platform === 'win32' ? 'node.exe' : 'node'), '');`;

describe('Node from the npm registry', () => {
  it('is fetched once, and said in one line', () => {
    const npm = INSTALLS.replace('CALLS', join(dir, 'calls'));
    const first = fetchWith(npm);
    const lines = first.stdout.trim().split('\n');
    expect(lines[0]).toMatch(/✓ Node 24 from the npm registry \(this machine has [\d.]+\)/);
    expect(existsSync(lines[1])).toBe(true);
    expect(fetchWith(npm).stdout.trim()).toBe(lines[1]);
    expect(readFileSync(join(dir, 'calls'), 'utf8')).toBe('called ');
  });

  it('that cannot be fetched leaves nothing behind, and says what to do', () => {
    const { status, stderr } = fetchWith(`console.error('npm error network unreachable'); process.exit(1);`);
    expect(status).toBe(1);
    expect(stderr).toMatch(/Failed: Node 22\.18 or newer is needed, and this machine has [\d.]+\. Install Node 24/);
    expect(stderr).toContain('network unreachable');
    expect(stderr).not.toMatch(/^ +at /m);
    expect(readdirSync(join(dir, 'tools'))).toEqual([]);
  });
});
