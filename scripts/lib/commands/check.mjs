import { nodeTool, prepare } from '../build.mjs';
import { runTool } from '../children.mjs';
import { loadMigrator, sources } from '../database.mjs';
import { inRoot, root } from '../paths.mjs';
import { providePostgres } from '../postgres.mjs';
import { reportFailure, say, step, UserError } from '../steps.mjs';
import { withRun } from '../with-run.mjs';

const biome = (...args) => nodeTool('@biomejs/biome/bin/biome', args);

/** What is checked, in this order: first what takes a second, last what needs a database. */
const checks = {
  Format: (run) =>
    runTool(run, { name: 'format', ...biome('format', '.'), failure: 'not formatted: npm run format', show: true }),
  Lint: (run) =>
    runTool(run, { name: 'lint', ...biome('lint', '.'), failure: 'the linter found something', show: true }),
  Imports: checkDirections,
  'Regular expressions': checkComplexity,
  Types: checkTypes,
  'Unused code': (run) =>
    runTool(run, {
      name: 'unused',
      ...nodeTool('knip/bin/knip.js', ['--no-config-hints']),
      failure: 'there is unused code',
      show: true,
    }),
  'Schema and migrations agree': checkDrift,
};

/** Everything, also after something failed: one run shows all there is to repair. */
export function check() {
  return withRun('check', async (run) => {
    await prepare(run, { isCompiled: false });
    const failures = [];
    for (const [title, work] of Object.entries(checks)) {
      try {
        await step(title, () => work(run));
      } catch (error) {
        if (run.isStopping) throw error;
        reportFailure(error);
        failures.push(title);
      }
    }
    if (failures.length > 0)
      throw new UserError(`${failures.length} of ${Object.keys(checks).length} checks failed: ${failures.join(', ')}`);
    return 0;
  });
}

const single = (title) => () =>
  withRun(title, async (run) => {
    await prepare(run, { isCompiled: false });
    await step(title, () => checks[title](run));
    return 0;
  });

export const imports = single('Imports');
export const regexes = single('Regular expressions');
export const types = single('Types');
export const unused = single('Unused code');
export const checkSchema = single('Schema and migrations agree');

export function lint() {
  return withRun('lint', async (run) => {
    await prepare(run, { isCompiled: false });
    await step('Format', () => checks.Format(run));
    await step('Lint', () => checks.Lint(run));
    return 0;
  });
}

/** Writes: format, order of imports, and what the linter can repair without a doubt. */
export function format() {
  return withRun('format', async (run) => {
    await prepare(run, { isCompiled: false });
    await step('Format', () =>
      runTool(run, {
        name: 'format',
        ...biome('check', '--write', '.'),
        failure: 'some of it needs a person',
        show: true,
      }),
    );
    return 0;
  });
}

export function compile() {
  return withRun('build', async (run) => {
    await prepare(run);
    return 0;
  });
}

async function checkDirections() {
  // Needs a parser that is installed by now.
  const { checkImports } = await import('../imports/check-imports.mjs');
  const { files, violations } = checkImports(root);
  if (violations.length === 0) return `${files} files`;
  say(`\n${violations.join('\n')}`);
  throw new UserError(`${violations.length} imports point the wrong way; scripts/lib/imports/rules.mjs has the rules`);
}

async function checkComplexity() {
  const { checkRegexes } = await import('../regexes/check-regexes.mjs');
  const { count, violations } = checkRegexes(root, undefined, inRoot('.data', 'regexes.json'));
  if (violations.length === 0) return `${count} expressions`;
  say(`\n${violations.join('\n')}`);
  throw new UserError(`${violations.length} regular expressions may be slow on a long text`);
}

async function checkTypes(run) {
  await runTool(run, {
    name: 'compile',
    ...nodeTool('typescript/bin/tsc', ['-b']),
    failure: 'the code does not compile',
    show: true,
  });
  await runTool(run, {
    name: 'test-types',
    ...nodeTool('typescript/bin/tsc', ['-p', 'tsconfig.tests.json']),
    failure: 'the tests do not compile',
    show: true,
  });
}

async function checkDrift(run) {
  await runTool(run, {
    name: 'compile',
    ...nodeTool('typescript/bin/tsc', ['-b', 'packages/migrator']),
    failure: 'the migrator does not compile',
    show: true,
  });
  const { findSchemaDrift } = await loadMigrator();
  const postgres = await providePostgres(run);
  const drift = await findSchemaDrift({ ...sources, databaseUrl: postgres.url });
  if (drift === null) return;
  say(`\n${drift}`);
  throw new UserError('prisma/schema.prisma and prisma/migrations differ: npm run migration:new -- some_name');
}
