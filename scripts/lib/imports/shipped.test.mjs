import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const root = join(import.meta.dirname, '../../..');
const read = (path) => readFileSync(join(root, path), 'utf8');
const dockerfile = read('Dockerfile');

/** Packages and apps that the image keeps. */
const shipped = ['packages', 'apps']
  .flatMap((kind) => readdirSync(join(root, kind)).map((name) => `${kind}/${name}`))
  .filter((path) => !new RegExp(`rm -rf [^\\n]*${path}( |$)`, 'm').test(dockerfile));

/** Names of folders that hold what only tests use. */
const HELPS_TESTS = /^(tests?|testing|fixtures|mocks?|fakes?|__\w+__)$/;

const filesWithin = (path) =>
  readdirSync(join(root, path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(join(root, path), join(entry.parentPath, entry.name)));

describe('what helps tests', () => {
  it('is looked for in all that the image keeps, and only there', () => {
    expect(shipped).toEqual(expect.arrayContaining(['packages/store', 'packages/luma-client', 'apps/ingress']));
    expect(shipped).not.toEqual(expect.arrayContaining(['packages/testkit']));
    expect(shipped).not.toEqual(expect.arrayContaining(['apps/luma-sim']));
  });

  it.each(shipped)('is in no folder of the sources of %s', (path) => {
    const ofTests = filesWithin(`${path}/src`).filter((file) =>
      dirname(file)
        .split(sep)
        .some((part) => HELPS_TESTS.test(part)),
    );
    expect(ofTests).toEqual([]);
  });

  it.each(shipped)('is not compiled with %s: its sources are, without tests', (path) => {
    const { include, exclude, extends: base } = JSON.parse(read(`${path}/tsconfig.json`));
    // A list of its own would take the place of the shared one.
    expect({ include, exclude, base }).toEqual({
      include: ['src'],
      exclude: undefined,
      base: '../../tsconfig.base.json',
    });
    expect(JSON.parse(read('tsconfig.base.json')).exclude).toEqual(
      expect.arrayContaining(['**/*.test.ts', '**/*.test.tsx']),
    );
  });

  it.each(shipped)('is not exported by %s, nor among what it needs to run', (path) => {
    const { exports = {}, dependencies = {} } = JSON.parse(read(`${path}/package.json`));
    const targets = Object.values(exports).flatMap((target) =>
      typeof target === 'string' ? target : Object.values(target),
    );
    expect(targets.filter((target) => target.split(/[/.]/).some((part) => HELPS_TESTS.test(part)))).toEqual([]);
    expect(Object.keys(dependencies).filter((name) => /testkit|luma-facts|jest|fast-check/.test(name))).toEqual([]);
  });

  it('is removed from the image where it stands beside the sources', () => {
    expect(dockerfile).toMatch(/rm -rf [^\n]*packages\/\*\/test .*apps\/\*\/test /);
  });
});
