import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The tests that a cell of a table names: `` `path`: `name` ``, any number of them.
 *
 * @param {string} cell
 * @returns {{ file: string, name: string }[]}
 */
export function namedTests(cell) {
  return [...cell.matchAll(/`([^`]+)`: `([^`]+)`/g)].map(([, file = '', name = '']) => ({ file, name }));
}

/**
 * @param {string} root folder that the paths begin in
 * @returns {(test: { file: string, name: string }) => boolean} whether the name stands in the file as the argument of
 *   `it`, or as a row of a table that `it.each` goes through
 */
export function openSources(root) {
  const sources = new Map();
  const read = (file) => {
    if (!sources.has(file)) {
      const path = join(root, file);
      sources.set(file, existsSync(path) ? readFileSync(path, 'utf8').replaceAll("\\'", "'") : '');
    }
    return sources.get(file);
  };
  return ({ file, name }) => ["'", '"', '`'].some((quote) => read(file).includes(`${quote}${name}${quote}`));
}
