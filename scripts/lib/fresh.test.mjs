import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

const freshModule = fileURLToPath(new URL('fresh.mjs', import.meta.url));
let dataDir;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'luma-sync-fresh-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

/** In a process of its own, since the data folder is read from the environment once. */
function runFresh(source, env = {}) {
  const program = ['--input-type=module', '-e', `import { noteLuma, startAfresh } from '${freshModule}';\n${source}`];
  const { PATH } = process.env;
  return spawnSync(process.execPath, program, {
    encoding: 'utf8',
    env: { PATH, LUMA_SYNC_DATA_DIR: dataDir, ...env },
  });
}

function makeDatabase() {
  mkdirSync(join(dataDir, 'postgres', 'base'), { recursive: true });
  writeFileSync(join(dataDir, 'postgres', 'PG_VERSION'), '18\n');
}

describe('npm start -- --fresh', () => {
  it('deletes the database and the simulator, says so, and leaves the rest', () => {
    runFresh('noteLuma({ isReal: false })');
    makeDatabase();
    mkdirSync(join(dataDir, 'simulator'));
    writeFileSync(join(dataDir, 'start.env'), 'A=1\n');
    const { status, stdout } = runFresh('startAfresh()');
    expect(status).toBe(0);
    expect(stdout).toMatch(/--fresh: deletes \S*postgres\n.*--fresh: deletes \S*simulator\n/);
    expect(readdirSync(dataDir)).toEqual(['start.env']);
  });

  it.each(['LUMA_API_KEY', 'DATABASE_URL', 'REDIS_URL'])('deletes nothing while %s is set', (name) => {
    runFresh('noteLuma({ isReal: false })');
    makeDatabase();
    const { status, stderr } = runFresh('startAfresh()', { [name]: 'secret-value' });
    expect(status).not.toBe(0);
    expect(stderr).toContain(`deletes nothing while ${name} is set`);
    expect(stderr).not.toContain('secret-value');
    expect(existsSync(join(dataDir, 'postgres', 'base'))).toBe(true);
  });

  it.each([
    [
      'was used with a real key, though simulated now',
      ['{ isReal: true }', '{ isReal: false }'],
      /was used with a real/,
    ],
    ['is of a time when nothing was noted', [], /may have been used with a real/],
    ['was there before it was noted', ['{ isReal: false }'], /may have been used with a real/],
  ])('deletes no database that %s', (_which, notes, reason) => {
    makeDatabase();
    for (const note of notes) runFresh(`noteLuma(${note})`);
    expect(runFresh('startAfresh()').stderr).toMatch(reason);
    expect(existsSync(join(dataDir, 'postgres', 'base'))).toBe(true);
  });

  it('says that there is nothing to delete', () => {
    expect(runFresh('startAfresh()').stdout).toBe('  --fresh: nothing to delete\n');
  });
});
