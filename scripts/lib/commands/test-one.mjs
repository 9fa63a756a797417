import { existsSync, statSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { prepare } from '../build.mjs';
import { describeNeeds, findTestNeeds, joinNeeds } from '../find-test-needs.mjs';
import { root } from '../paths.mjs';
import { findOrUnpackRedis } from '../redis.mjs';
import { provideServices } from '../services.mjs';
import { say, UserError } from '../steps.mjs';
import { isTest, listTests } from '../test-kinds.mjs';
import { withRun } from '../with-run.mjs';
import { lastLine, newTotal, runJest } from './test.mjs';

const usage = 'usage: npm run test:one -- PATH [arguments of jest], for example -- packages/domain -t "some words"';

/** All unit tests. No service is started, and none that runs already is named: a test that reaches for one fails. */
export async function testUnit(args) {
  const total = newTotal();
  const code = await withRun('test:unit', async (run) => {
    await prepare(run, { isCompiled: false });
    say('');
    // First the arguments: jest takes every word after this option for the name of a project.
    const selected = [...args, '--selectProjects', 'unit'];
    return runJest(run, { args: selected, env: withoutServices, results: join(run.dir, 'results.json') }, total);
  });
  return lastLine(total, code);
}

/** The tests of one file or folder, with what they need and nothing else. */
export async function testOne([path, ...args]) {
  if (path === undefined || path.startsWith('-')) throw new UserError(usage);
  const tests = findTests(path);
  const needs = joinNeeds(tests.map((test) => findTestNeeds(root, test)));
  say(`  ${describeNeeds(tests.length, needs)}`);
  const total = newTotal();
  const code = await withRun('test:one', async (run) => {
    await prepare(run, { isCompiled: needs.build });
    const { env } = await provideServices(run, { isPostgres: needs.postgres, isRedis: needs.redis });
    const program = needs.redisProgram ? { REDIS_SERVER_BIN: (await findOrUnpackRedis(run)) ?? undefined } : {};
    say('');
    // First the paths: some options take every word after them.
    const jestArgs = ['--runTestsByPath', ...tests, ...args];
    return runJest(
      run,
      { args: jestArgs, env: { ...withoutServices, ...program, ...env }, results: join(run.dir, 'results.json') },
      total,
    );
  });
  return lastLine(total, code);
}

/** Undefined takes a variable out of the environment that jest is given. */
const withoutServices = { DATABASE_URL: undefined, REDIS_URL: undefined };

function findTests(path) {
  const target = resolve(process.env.INIT_CWD ?? root, path);
  const found = existsSync(target) ? target : join(root, path);
  if (!existsSync(found)) throw new UserError(`there is no ${path}; ${usage}`);
  const fromRoot = relative(root, found).split(sep).join('/');
  const tests = statSync(found).isDirectory() ? listTests(root, fromRoot) : [fromRoot].filter(isTest);
  if (tests.length === 0) throw new UserError(`there is no test in ${path}`);
  return tests.toSorted();
}
