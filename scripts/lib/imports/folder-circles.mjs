import { dirname, relative, resolve } from 'node:path';

/**
 * Circles between the folders of one package. A file directly in `src` counts as a folder of its own: entry points and
 * shared pieces stand there side by side. Imports of types alone are exempt, since they are gone at run time.
 *
 * @param {string} src folder of the package's sources
 * @param {{ file: string, specifier: string, isType: boolean }[]} imports of its files, without tests
 * @returns {string[]} one line per circle, with an import for each step
 */
export function findFolderCircles(src, imports) {
  const edges = toEdges(src, imports);
  const circles = [];
  const done = new Set();
  for (const start of [...edges.keys()].sort()) {
    if (done.has(start)) continue;
    const path = findWayBack(edges, start);
    if (path === null) continue;
    for (const step of path) done.add(step.from);
    circles.push(path.map(({ from, example }) => `${from} (${example})`).join(' -> '));
  }
  return circles;
}

/** By folder: the folders it imports, each with one import that shows it. */
function toEdges(src, imports) {
  const edges = new Map();
  for (const { file, specifier, isType } of imports) {
    if (isType || !specifier.startsWith('.')) continue;
    const from = toFolder(src, file);
    const to = toFolder(src, resolve(dirname(file), specifier));
    if (from === to) continue;
    const targets = edges.get(from) ?? new Map();
    if (!targets.has(to)) targets.set(to, `${relative(src, file)} imports ${specifier}`);
    edges.set(from, targets);
  }
  return edges;
}

function toFolder(src, file) {
  const folder = relative(src, dirname(file));
  return folder === '' ? relative(src, file).replace(/\.[jt]sx?$/, '') : folder;
}

/** The shortest way from a folder back to itself, or null. */
function findWayBack(edges, start) {
  const queue = [{ folder: start, path: [] }];
  const seen = new Set();
  for (const { folder, path } of queue) {
    for (const [to, example] of edges.get(folder) ?? []) {
      const next = [...path, { from: folder, example }];
      if (to === start) return next;
      if (seen.has(to)) continue;
      seen.add(to);
      queue.push({ folder: to, path: next });
    }
  }
  return null;
}
