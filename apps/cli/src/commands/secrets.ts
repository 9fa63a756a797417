import { environment, parseConfig } from '@luma-sync/runtime/config';
import {
  CLI_ACTOR,
  type Database,
  openKeyring,
  recordAudit,
  rotateSecrets,
  type SecretColumnState,
} from '@luma-sync/store';
import type { Command } from 'commander';
import { type CliContext, CliError, withDatabase } from '../cli-context.js';
import { toTable } from '../table.js';

export function addSecrets(program: Command, context: CliContext): void {
  program
    .command('secrets')
    .description('the encrypted secrets in Postgres')
    .command('rotate')
    .description('write every stored secret anew under the first key of ENCRYPTION_KEY, and show what is left')
    .option('--dry-run', 'only show what would be done')
    .action(async ({ dryRun = false }: { dryRun?: boolean }) => {
      const { ENCRYPTION_KEY } = parseConfig(environment.pick({ ENCRYPTION_KEY: true }), context.env);
      const keyring = openKeyring(ENCRYPTION_KEY);
      const states = await withDatabase(context, async (db) => {
        const rotated = await rotateSecrets(db, keyring, { isDryRun: dryRun });
        if (!dryRun) await audit(db, rotated);
        return rotated;
      });
      for (const line of toLines(states, dryRun)) context.print(line);
      const unreadable = states.flatMap((state) => state.unreadable);
      if (unreadable.length === 0) return context.print(toAdvice(states, dryRun));
      for (const { label, column, reason } of unreadable)
        context.print(`Cannot be opened: "${label}", ${column}: ${reason}`);
      throw new CliError(
        'keep the earlier keys in ENCRYPTION_KEY, add the key that is missing, or enter these secrets anew; ' +
          'then run this again',
      );
    });
}

function toLines(states: readonly SecretColumnState[], isDryRun: boolean): string[] {
  const headings = ['secret', isDryRun ? 'to rotate' : 'rotated', 'current already', 'cannot be opened'];
  const rows = states.map(({ table, column, rotated, current, unreadable }) => [
    `${table}.${column}`,
    String(rotated),
    String(current),
    String(unreadable.length),
  ]);
  return toTable(headings, rows);
}

function toAdvice(states: readonly SecretColumnState[], isDryRun: boolean): string {
  const count = states.reduce((sum, { rotated }) => sum + rotated, 0);
  if (isDryRun && count > 0)
    return `${count} would be written anew. Restart every process with the new key in front first.`;
  return 'Every secret is under the first key. The earlier keys can be taken out of ENCRYPTION_KEY.';
}

/** Who rotated is not known on the command line; that it happened is. */
const audit = (db: Database, states: readonly SecretColumnState[]): Promise<void> =>
  recordAudit(db, CLI_ACTOR, {
    action: 'secrets.rotate',
    subjectType: 'secret',
    subject: 'ENCRYPTION_KEY',
    changes: Object.fromEntries(
      states.map(({ table, column, rotated, unreadable }) => [
        `${table}.${column}`,
        { rotated, unreadable: unreadable.length },
      ]),
    ),
  });
