import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { checkSync } from 'recheck';
import { exceptions as listed } from './exceptions.mjs';
import { findRegexes } from './find-regexes.mjs';

/** Code that runs as part of a service, or reads what a service answers. Scripts read our own files alone. */
const FOLDERS = ['packages', 'apps', 'bench', 'chaos', 'simulation'];
/**
 * The default limits find what is slow on a text of 300,000 characters, and take a second for each expression with a
 * lookaround. Quadratic work shows in 10,000 characters as well. The time limit is for an expression that cannot be
 * judged at all.
 */
const LIMITS = {
  timeout: 30_000,
  maxAttackStringSize: 10_000,
  attackLimit: 10_000_000,
  incubationLimit: 2_500,
  maxGeneStringSize: 1_000,
};

/**
 * Refuses regular expressions whose work can grow faster than the text they read, such as `\s+$`.
 *
 * @param verdictsFile Where verdicts are kept between runs; null keeps none.
 * @returns {{ count: number, violations: string[] }} one line per violation: place, expression, and what is wrong.
 */
export function checkRegexes(root, exceptions = listed, verdictsFile = null) {
  const places = new Map();
  const unused = new Set(exceptions);
  const violations = [];
  for (const file of listSources(root)) {
    for (const { source, flags, line } of findRegexes(join(root, file))) {
      const exception = exceptions.find((candidate) => candidate.file === file && candidate.source === source);
      if (exception !== undefined) {
        unused.delete(exception);
      } else if (source === null) {
        violations.push(
          `${file}:${line} makes a regular expression at run time: write a literal, which can be checked`,
        );
      } else {
        const key = `/${source}/${flags}`;
        places.set(key, { source, flags, files: [...(places.get(key)?.files ?? []), `${file}:${line}`] });
      }
    }
  }
  const judged = readVerdicts(verdictsFile);
  for (const [key, { source, flags, files }] of places) {
    const problem = judged[key] === undefined ? judgeRegex(source, flags) : judged[key];
    judged[key] = problem;
    if (problem !== null) violations.push(...files.map((place) => `${place} ${key}: ${problem}`));
  }
  if (verdictsFile !== null) writeVerdicts(verdictsFile, judged);
  for (const { file, source } of unused)
    violations.push(`${file} has no regular expression ${source} any more: remove it from exceptions.mjs`);
  return { count: places.size, violations };
}

/** @returns what is wrong with a regular expression, or null. */
export function judgeRegex(source, flags) {
  if (!isUnbounded(source)) return null;
  const { status, complexity, attack, error } = checkSync(source, flags, LIMITS);
  if (status === 'safe') return null;
  if (status === 'unknown') return `its complexity cannot be found (${error.kind}); write a simpler one`;
  return `its work grows faster than the text (${complexity.summary}), as for ${attack.pattern}`;
}

/** What repeats nothing without end reads at most so many characters from each place: always linear. */
function isUnbounded(source) {
  const bare = source.replace(/\\./g, '').replace(/\[[^\]]*\]/g, '');
  return /[*+]|\{\d+,\}/.test(bare);
}

/** Other limits judge anew. */
const ANALYSIS = JSON.stringify(LIMITS);

function readVerdicts(file) {
  if (file === null || !existsSync(file)) return {};
  const { analysis, verdicts } = JSON.parse(readFileSync(file, 'utf8'));
  return analysis === ANALYSIS ? verdicts : {};
}

function writeVerdicts(file, verdicts) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ analysis: ANALYSIS, verdicts }));
}

function listSources(root) {
  return FOLDERS.filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) => listFiles(root, folder))
    .filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$|\.d\.ts$/.test(file));
}

function listFiles(root, folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (NOT_SERVED.has(entry.name)) return [];
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? listFiles(root, path) : [path];
  });
}

/** Written by others, made by tools, or run by tests alone. */
const NOT_SERVED = new Set(['node_modules', 'dist', 'generated', 'testing', 'test', 'testkit']);
