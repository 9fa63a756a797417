import { namedTests } from '../named-tests.mjs';

/**
 * The rows of `docs/traps.md`.
 *
 * @param {string} markdown
 * @returns {{ trap: string, what: string, answer: string, tests: { file: string, name: string }[] }[]} `trap` is `T25`;
 *   `tests` is empty for `—`
 */
export function documentedTraps(markdown) {
  return markdown.split('\n').flatMap((line) => {
    if (!/^\| T\d+ \|/.test(line)) return [];
    const cells = line
      .slice(1, -1)
      .split(' | ')
      .map((cell) => cell.trim());
    const [trap = '', what = '', answer = '', last = ''] = cells;
    return [{ trap, what, answer, tests: namedTests(last) }];
  });
}
