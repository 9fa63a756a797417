import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { inRoot } from '../paths.mjs';

/** Of comments and docs, in characters. The formatter sees to the code itself. */
const WIDTH = 120;
const COMMENT = /^\s*(?:\/\/|\/?\*)/;
/** Rows of tables and lines that hold an image or a link cannot be broken. */
const UNBREAKABLE = /^\||^!\[|^\[[^\]]+\]:/;

/** What a search must find as it is, or what no formatter can break: names of tests, regular expressions, markup. */
const WHOLE =
  /^\s*(?:(?:it|test|describe)[.(]|\/|\]\)\(|'[^']+', async|(?:<|:root|iframe))|\.(?:toThrow|toMatch)\(|: \/|= \//;

const files = execFileSync('git', ['ls-files'], { cwd: inRoot(), encoding: 'utf8' }).split('\n');

function widerThanAllowed(file, isText) {
  let isCode = false;
  return readFileSync(inRoot(file), 'utf8')
    .split('\n')
    .flatMap((line, index) => {
      if (line.startsWith('```')) isCode = !isCode;
      return !isCode && isText(line) && [...line].length > WIDTH ? [`${file}:${index + 1}`] : [];
    });
}

describe('lines', () => {
  it('of comments are at most 120 characters wide', () => {
    const sources = files.filter((file) => /\.(?:ts|tsx|mjs)$/.test(file) && !file.includes('/generated/'));
    expect(sources.length).toBeGreaterThan(500);
    expect(sources.flatMap((file) => widerThanAllowed(file, (line) => COMMENT.test(line)))).toEqual([]);
  });

  it('of code are at most 120 characters wide, but for names of tests, regular expressions and markup', () => {
    const sources = files.filter((file) => /\.(?:ts|tsx|mjs)$/.test(file) && !file.includes('/generated/'));
    expect(sources.flatMap((file) => widerThanAllowed(file, (line) => !WHOLE.test(line)))).toEqual([]);
  });

  it('of docs are at most 120 characters wide', () => {
    const docs = files.filter((file) => file.endsWith('.md'));
    expect(docs.length).toBeGreaterThan(20);
    expect(docs.flatMap((file) => widerThanAllowed(file, (line) => !UNBREAKABLE.test(line)))).toEqual([]);
  });
});
