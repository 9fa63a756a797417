import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The kinds of tests by the end of a file's name; files under `tests/` are of the kind `e2e`. The limits only end a
 * test that hangs: a busy machine must not fail one.
 */
export const testKinds = {
  unit: { suffix: 'test.{ts,tsx,mjs}', limitMs: 60_000 },
  property: { suffix: 'property.test.ts', limitMs: 300_000 },
  integration: { suffix: 'integration.test.ts', limitMs: 120_000 },
  fault: { suffix: 'fault.test.ts', limitMs: 180_000 },
  e2e: { suffix: 'test.ts', limitMs: 480_000 },
};

/** @param {string} path of a test, from the root of the project */
export function kindOf(path) {
  if (path.startsWith('tests/')) return 'e2e';
  return /\.(property|integration|fault)\.test\.ts$/.exec(path)?.[1] ?? 'unit';
}

export const isTest = (path) => /\.test\.(ts|tsx|mjs)$/.test(path);

const skipped = ['node_modules', 'dist', '.data'];

/**
 * The tests in a folder, without installed packages and compiled code.
 *
 * @param {string} root
 * @param {string} folder path from the root
 * @returns {string[]} paths from the root
 */
export function listTests(root, folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return skipped.includes(entry.name) ? [] : listTests(root, path);
    return isTest(path) ? [path] : [];
  });
}
