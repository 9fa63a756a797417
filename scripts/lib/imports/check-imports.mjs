import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { findFolderCircles } from './folder-circles.mjs';
import { listSources } from './list-sources.mjs';
import { judgeReach } from './network.mjs';
import { readSource } from './read-imports.mjs';
import { anyApp, installed, inTests, ours, subpaths, withoutNode } from './rules.mjs';

const scope = '@luma-sync/';

/**
 * Checks every source file of a workspace against the rules.
 *
 * @param {string} root folder that holds `packages` and `apps`
 * @returns {{ files: number, violations: string[] }} one line per violation: place, import, and which rule it breaks
 */
export function checkImports(root) {
  const violations = [];
  let files = 0;
  for (const unit of listUnits(root)) {
    const inner = [];
    for (const file of [...listSources(join(unit.dir, 'src')), ...listSources(join(unit.dir, 'test'))]) {
      files += 1;
      const { imports, reach } = readSource(file);
      if (!isTestFile(unit, file)) inner.push(...imports.map((found) => ({ file, ...found })));
      for (const found of imports) {
        const problem = judge(unit, file, found);
        if (problem !== null)
          violations.push(`${relative(root, file)}:${found.line} imports ${found.specifier}: ${problem}`);
      }
      for (const use of isTestFile(unit, file) ? [] : reach) {
        const problem = judgeReach(unit.name, use);
        if (problem !== null) violations.push(`${relative(root, file)} uses ${use.specifier ?? use.name}: ${problem}`);
      }
    }
    for (const circle of findFolderCircles(join(unit.dir, 'src'), inner))
      violations.push(`folders of ${relative(root, unit.dir)} import each other: ${circle}`);
  }
  return { files, violations };
}

function listUnits(root) {
  const inFolders = ['packages', 'apps'].flatMap((kind) =>
    readdirSync(join(root, kind)).map((name) => ({ dir: join(root, kind, name), name, kind })),
  );
  const ofTheirOwn = ['bench', 'chaos', 'simulation'].map((name) => ({ dir: join(root, name), name, kind: name }));
  return [...inFolders, ...ofTheirOwn]
    .filter(({ dir }) => existsSync(join(dir, 'package.json')))
    .map((unit) => ({ ...unit, manifest: JSON.parse(readFileSync(join(unit.dir, 'package.json'), 'utf8')) }));
}

/** The rule that an import breaks, or null. */
function judge(unit, file, { specifier, isType }) {
  const isTest = isTestFile(unit, file);
  if (specifier.startsWith('.')) return judgeRelative(unit, file, specifier, isTest);
  if (specifier.startsWith('node:')) return isTest ? null : judgeNode(unit, specifier);
  if (specifier.startsWith(scope)) return judgeOurs(unit, specifier.slice(scope.length), { isType, isTest });
  return judgeInstalled(unit, specifier, isTest);
}

/** Tests, and what helps them: `*.test.ts`, and a folder `test` beside the sources. */
function isTestFile({ dir }, file) {
  const path = relative(dir, file).split(sep);
  return /\.test\.tsx?$/.test(file) || path[0] === 'test';
}

function judgeRelative(unit, file, specifier, isTest) {
  const target = resolve(dirname(file), specifier);
  const isWithin = (folder) => target.startsWith(join(unit.dir, folder) + sep);
  if (isWithin('test')) return isTest ? null : 'only tests use what helps tests';
  return isWithin('src') ? null : 'a relative import stays within its own package';
}

function judgeNode({ name }, specifier) {
  const allowed = withoutNode[name];
  return allowed === undefined || allowed.includes(specifier)
    ? null
    : `${name} does no input or output and reads no clock`;
}

function judgeOurs(unit, target, { isType, isTest }) {
  const [name, ...rest] = target.split('/');
  if (name === unit.name) return 'a package reaches its own files by relative imports';
  const rules = ours[unit.name] ?? (unit.kind === 'apps' ? anyApp : null);
  if (rules === null) return `${unit.name} is not listed in scripts/lib/imports/rules.mjs`;
  if (rest.length > 0) {
    const users = subpaths[target];
    if (users === undefined) return `${name} exports no "${rest.join('/')}"`;
    if (!users.includes(unit.name)) return `only ${users.join(', ')} may import it`;
  }
  if (!isDeclared(unit, `${scope}${name}`, isTest)) return 'not among the dependencies in package.json';
  if (isTest && inTests.includes(name)) return null;
  if (rules.values.includes(name)) return null;
  if (rules.types?.includes(name)) return isType ? null : `${unit.name} may import types of ${name} only`;
  return `${unit.name} may not import ${name}`;
}

function judgeInstalled(unit, specifier, isTest) {
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  const rule = installed.find((candidate) => candidate.name.test(name));
  if (rule !== undefined && !rule.only.includes(unit.name) && !(isTest && rule.tests === true)) {
    return `only ${rule.only.join(', ')} may import it`;
  }
  // Tests run with what the root installs for them all.
  return isTest || isDeclared(unit, name, isTest) ? null : 'not among the dependencies in package.json';
}

function isDeclared({ manifest }, name, isTest) {
  const groups = [manifest.dependencies, manifest.peerDependencies, ...(isTest ? [manifest.devDependencies] : [])];
  return groups.some((group) => group?.[name] !== undefined);
}
