import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { isTest, kindOf } from './test-kinds.mjs';

/** The names by which a test or its helpers reach for a service, or for what only a build makes. */
const signs = {
  postgres: /\b(openTestDatabase|getDatabaseUrl|process\.env\.DATABASE_URL)\b/,
  redis: /\b(openTestRedis|getRedisUrl|process\.env\.REDIS_URL)\b/,
  redisProgram: /\b(startRedisServer|startRedisCluster)\b/,
  build: /\bdist\b/,
};
/** Quoted relative paths: imports, and files that a test starts as processes. */
const relativePaths = /['"](\.{1,2}\/[^'"\n]+)['"]/g;

/**
 * What a test needs to run. Unit and property tests need nothing. The needs of the other kinds are read from the test
 * and from its helpers in the same package.
 *
 * @param {string} root
 * @param {string} path of the test, from the root
 * @returns {{ kind: string, postgres: boolean, redis: boolean, redisProgram: boolean, build: boolean }}
 */
export function findTestNeeds(root, path) {
  const kind = kindOf(path);
  const texts = kind === 'unit' || kind === 'property' ? [] : readWithHelpers(root, path);
  const has = (sign) => texts.some((text) => sign.test(text));
  return {
    kind,
    postgres: has(signs.postgres),
    redis: has(signs.redis),
    redisProgram: has(signs.redisProgram),
    build: has(signs.build),
  };
}

/** The texts of a file and of the helpers that it reaches by relative paths. */
export function readWithHelpers(root, path) {
  const texts = new Map();
  const waiting = [path];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (texts.has(file)) continue;
    const text = readFileSync(join(root, file), 'utf8');
    texts.set(file, text);
    for (const [, target = ''] of text.matchAll(relativePaths)) {
      const found = toSource(root, join(dirname(file), target));
      if (found !== null && isHelper(found)) waiting.push(found);
    }
  }
  return [...texts.values()];
}

function toSource(root, target) {
  const candidates = [target.replace(/\.js$/, '.ts'), target];
  const found = candidates.find((candidate) => /\.(ts|tsx|mjs)$/.test(candidate) && existsSync(join(root, candidate)));
  return found === undefined ? null : relative(root, join(root, found)).split(sep).join('/');
}

const isHelper = (path) => isTest(path) || /(^|\/)(test|tests|testing)\//.test(path);

/** The needs of several tests together. */
export function joinNeeds(needs) {
  const any = (name) => needs.some((need) => need[name]);
  return {
    kinds: [...new Set(needs.map(({ kind }) => kind))],
    postgres: any('postgres'),
    redis: any('redis'),
    redisProgram: any('redisProgram'),
    build: any('build'),
  };
}

/** One line for the terminal: what is started, and for which kinds of tests. */
export function describeNeeds(count, { kinds, postgres, redis, redisProgram, build }) {
  const started = [postgres ? 'Postgres' : null, redis ? 'Redis' : null].filter((name) => name !== null);
  const others = [
    build ? 'compiled code' : null,
    redisProgram && !redis ? 'a Redis program that the test starts itself' : null,
  ].filter((name) => name !== null);
  const needs = others.length === 0 ? '' : `; needs ${others.join(' and ')}`;
  const tests = `${count} test ${count === 1 ? 'file' : 'files'} (${kinds.join(', ')})`;
  return `${tests}: starts ${started.length === 0 ? 'no service' : started.join(' and ')}${needs}`;
}
