/**
 * The codes that `docs/failure-modes.md` explains: first column of every table whose head begins with `code`.
 *
 * @param {string} markdown
 * @returns {{ code: string, verdict?: string, status?: string, help: string }[]} `help` is the row's last column
 */
export function documentedCodes(markdown) {
  const found = [];
  let head = null;
  for (const line of markdown.split('\n')) {
    if (!line.startsWith('|')) {
      head = null;
      continue;
    }
    const cells = line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
    if (head === null) head = cells;
    else if (head[0] === 'code') {
      const row = Object.fromEntries(cells.map((cell, index) => [head[index], cell]));
      for (const [, code] of (cells[0] ?? '').matchAll(/`([^`]+)`/g)) {
        found.push({ code, verdict: row.verdict, status: row.status, help: cells.at(-1) ?? '' });
      }
    }
  }
  return found;
}
