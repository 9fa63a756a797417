import { toVisibleText } from '@luma-sync/domain';
import { ConfigError } from '@luma-sync/runtime';
import { toStoreWords } from '@luma-sync/store';
import { MigrationError } from '@luma-sync/store/migrator';
import { Command, CommanderError } from 'commander';
import { type CliContext, CliError } from './cli-context.js';
import { addAudit } from './commands/audit.js';
import { addDoctor } from './commands/doctor.js';
import { addEvents } from './commands/events.js';
import { addKeys } from './commands/keys.js';
import { addMails } from './commands/mails.js';
import { addMigrate } from './commands/migrate.js';
import { addOperations } from './commands/operations.js';
import { addPeople } from './commands/people.js';
import { addPlan } from './commands/plan.js';
import { addQueues } from './commands/queues.js';
import { addSecrets } from './commands/secrets.js';
import { addUnreadable } from './commands/unreadable.js';

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
  addMigrate(program, context);
  addDoctor(program, context);
  addKeys(program, context);
  addOperations(program, context);
  addEvents(program, context);
  addMails(program, context);
  addQueues(program, context);
  addPlan(program, context);
  addPeople(program, context);
  addSecrets(program, context);
  addAudit(program, context);
  addUnreadable(program, context);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return 0;
  } catch (error) {
    // Commander has said what is wrong already, and ends with 0 after --help.
    if (error instanceof CommanderError) return error.exitCode;
    context.printError(toWords(error));
    return 1;
  }
}

function toWords(error: unknown): string {
  if (error instanceof CliError || error instanceof ConfigError || error instanceof MigrationError)
    return error.message;
  const words = toStoreWords(error);
  if (words !== null) return words;
  return error instanceof Error ? (error.stack ?? error.message) : 'an unknown error';
}
