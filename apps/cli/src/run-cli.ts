import { toVisibleText } from '@luma-sync/domain';
import { Command, CommanderError } from 'commander';
import { type CliContext, CliError } from './cli-context.js';
import { addVerbs } from './verbs.js';

/** Runs one command. @returns the exit code. */
export async function runCli(
  args: readonly string[],
  given: CliContext & { printError(line: string): void },
): Promise<number> {
  // The one place through which all output goes: texts of Luma must not act on the terminal.
  const context = {
    ...given,
    print: (line: string) => given.print(toVisibleText(line)),
    printError: (line: string) => given.printError(toVisibleText(line)),
  };
  const program = new Command('luma-sync')
    .description('luma-sync on the command line')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.print(text.trimEnd()),
      writeErr: (text) => context.printError(text.trimEnd()),
    });
  try {
    await addVerbs(program, args, context);
    await program.parseAsync([...args], { from: 'user' });
    return 0;
  } catch (error) {
    // Commander has said what is wrong already, and ends with 0 after --help.
    if (error instanceof CommanderError) return error.exitCode;
    context.printError(await describeError(error));
    return 1;
  }
}

/** Loads the classes of errors one after the other: most calls have no error, or one of the first. */
async function describeError(error: unknown): Promise<string> {
  if (error instanceof CliError) return error.message;
  const { ConfigError } = await import('@luma-sync/runtime/config');
  if (error instanceof ConfigError) return error.message;
  const { toStoreWords } = await import('@luma-sync/store');
  const words = toStoreWords(error);
  if (words !== null) return words;
  const { MigrationError } = await import('@luma-sync/migrator');
  if (error instanceof MigrationError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : 'an unknown error';
}
