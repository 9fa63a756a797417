import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Command } from 'commander';
import type { CliContext } from './cli-context.js';
import { addVerbs, VERBS } from './verbs.js';

const context: CliContext = { env: {}, print: () => undefined };

describe('verbs of the command line', () => {
  it.each(VERBS)('$name says of itself what the help says of it, and has a help of its own', async (verb) => {
    const program = new Command('luma-sync');
    (await verb.load())(program, context);
    expect(program.commands.map((command) => [command.name(), command.description()])).toEqual([
      [verb.name, verb.description],
    ]);
    const shown = program.commands[0]?.helpInformation().replaceAll(/\s+/g, ' ');
    expect(shown).toContain(verb.description);
  });

  it.each([
    [
      ['keys', 'list'],
      ['create', 'list', 'revoke'],
    ],
    [
      ['help', 'keys'],
      ['create', 'list', 'revoke'],
    ],
    [['--help'], []],
  ])('%j loads what it needs', async (args, expected) => {
    const program = new Command('luma-sync');
    await addVerbs(program, args, context);
    expect(program.commands.map((command) => command.name())).toEqual(VERBS.map(({ name }) => name));
    const keys = program.commands.find((command) => command.name() === 'keys');
    expect(keys?.commands.map((command) => command.name())).toEqual(expected);
  });

  /** Guards against a call that loads the database client, the queue and the Luma client before it does anything. */
  it('the start of every call loads nothing heavy', () => {
    const light = ['@luma-sync/domain', '@luma-sync/runtime/log/scrub', 'commander'];
    const loaded = ['main', 'run-cli', 'cli-context', 'verbs'].flatMap(staticImports);
    expect(loaded).toContain('commander');
    expect(loaded.filter((name) => !light.includes(name))).toEqual([]);
  });

  it('only the verb that asks Luma loads what does', () => {
    const heavy = ['@luma-sync/luma-access', '@luma-sync/sync', '@luma-sync/luma-client'];
    const loading = VERBS.filter(({ name }) => staticImports(`commands/${name}`).some((one) => heavy.includes(one)));
    expect(loading.map(({ name }) => name)).toEqual(['plan']);
  });
});

/** Packages whose values a module imports when it is loaded; types cost nothing. */
function staticImports(name: string): string[] {
  const source = readFileSync(new URL(`./${name}.ts`, import.meta.url), 'utf8');
  const imports = source.matchAll(/^import (?!type )[^;]*? from '([^.'][^']*)';/gm);
  return [...imports].map(([, module = '']) => module);
}
