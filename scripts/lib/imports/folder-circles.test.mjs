import { describe, expect, it } from '@jest/globals';
import { findFolderCircles } from './folder-circles.mjs';

const value = (file, specifier) => ({ file: `/p/src/${file}`, specifier, isType: false });
const type = (file, specifier) => ({ ...value(file, specifier), isType: true });

describe('findFolderCircles', () => {
  it.each([
    ['two folders that import each other', [value('a/x.ts', '../b/y.js'), value('b/z.ts', '../a/w.js')]],
    ['a folder and one within it', [value('a/x.ts', './b/y.js'), value('a/b/y.ts', '../z.js')]],
    [
      'three folders in a row',
      [value('a/x.ts', '../b/x.js'), value('b/x.ts', '../c/x.js'), value('c/x.ts', '../a/y.js')],
    ],
    ['a file of the root and a folder', [value('shared.ts', './a/x.js'), value('a/y.ts', '../shared.js')]],
  ])('finds %s', (_name, imports) => {
    expect(findFolderCircles('/p/src', imports)).toHaveLength(1);
  });

  it('names an import for each step', () => {
    const imports = [value('a/x.ts', '../b/y.js'), value('b/z.ts', '../a/w.js')];
    expect(findFolderCircles('/p/src', imports)).toEqual([
      'a (a/x.ts imports ../b/y.js) -> b (b/z.ts imports ../a/w.js)',
    ]);
  });

  it.each([
    ['types', [value('a/x.ts', '../b/y.js'), type('b/z.ts', '../a/w.js')]],
    ['files of one folder', [value('a/x.ts', './y.js'), value('a/y.ts', './x.js')]],
    ['another package', [value('a/x.ts', '../b/y.js'), value('b/y.ts', '@luma-sync/a')]],
    ['entry points and shared files of the root', [value('index.ts', './a/x.js'), value('a/x.ts', '../shared.js')]],
  ])('allows %s', (_name, imports) => {
    expect(findFolderCircles('/p/src', imports)).toEqual([]);
  });
});
