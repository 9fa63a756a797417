import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { checkRegexes, judgeRegex } from './check-regexes.mjs';

describe('judgeRegex', () => {
  it.each([
    ['\\s+$', ''],
    ['[ \\t]+$', 'gm'],
    ['\\/+$', ''],
    ['^-+|-+$', 'g'],
    ['(a|a)*$', ''],
    ['[^\\s@]+@[^\\s@]+', 'g'],
    ['<style>[\\s\\S]*?<\\/style>', 'g'],
  ])('refuses /%s/%s', (source, flags) => {
    expect(judgeRegex(source, flags)).toContain('grows faster than the text');
  });

  it.each([
    ['^\\s+', ''],
    ['\\s+', 'g'],
    ['^[^\\s@]+@[^\\s@]+$', ''],
    ['[&<>"\']', 'g'],
    ['^[\\w.-]{1,64}$', ''],
  ])('takes /%s/%s', (source, flags) => {
    expect(judgeRegex(source, flags)).toBeNull();
  });
});

describe('checkRegexes', () => {
  const roots = [];
  afterEach(() => {
    for (const root of roots.splice(0)) rmSync(root, { recursive: true });
  });

  function repository(files) {
    const root = mkdtempSync(join(tmpdir(), 'regexes-'));
    roots.push(root);
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), text);
    }
    return root;
  }

  const file = 'packages/a/src/trim.ts';
  const slow = {
    [file]: 'const one = 1;\nexport const trim = (text: string) => text.replace(/\\s+$/, String(one));\n',
  };

  it('names the place of an expression that is slow on some text', () => {
    const { violations } = checkRegexes(repository(slow), []);
    expect(violations).toEqual([expect.stringContaining(`${file}:2 /\\s+$/: its work grows faster`)]);
  });

  it('refuses one that is made at run time', () => {
    const made = { 'apps/a/src/find.ts': 'export const find = (word: string) => new RegExp(word);\n' };
    expect(checkRegexes(repository(made), []).violations).toEqual([
      expect.stringContaining('apps/a/src/find.ts:1 makes a regular expression at run time'),
    ]);
  });

  it('reads `new RegExp` with a text as a literal', () => {
    const made = { 'apps/a/src/find.ts': "export const end = new RegExp('\\\\s+$', 'g');\n" };
    expect(checkRegexes(repository(made), []).violations).toEqual([expect.stringContaining('/\\s+$/g')]);
  });

  it('lets a listed exception pass, and refuses one that stands for nothing', () => {
    const exceptions = [{ file, source: '\\s+$', reason: 'the text has 10 characters' }];
    expect(checkRegexes(repository(slow), exceptions).violations).toEqual([]);
    expect(checkRegexes(repository({ [file]: 'export {};\n' }), exceptions).violations).toEqual([
      expect.stringContaining('remove it'),
    ]);
  });

  it('does not judge tests', () => {
    expect(checkRegexes(repository({ 'packages/a/src/trim.test.ts': 'export const end = /\\s+$/;\n' }), [])).toEqual({
      count: 0,
      violations: [],
    });
  });
});
