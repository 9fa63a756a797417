import { environment, parseConfig } from '@luma-sync/runtime/config';
import {
  CLI_ACTOR,
  createErasedAddresses,
  erasePerson,
  exportPerson,
  NOT_OURS,
  openKeyring,
  recordAudit,
} from '@luma-sync/store';
import type { Command } from 'commander';
import { type CliContext, CliError, withDatabase } from '../cli-context.js';
import { toTable } from '../table.js';

export function addPeople(program: Command, context: CliContext): void {
  const people = program.command('people').description('what is stored about a person');
  const unknown = () => new CliError('nothing is stored about this person');

  people
    .command('export')
    .description('print everything that is stored about a person, as one JSON document')
    .argument('<person>', 'mail address, the app’s id, or ours')
    .action(async (person: string) => {
      const found = await withDatabase(context, async (db) => {
        const exported = await exportPerson(db, person);
        if (exported === null) throw unknown();
        const { subject, rows, document } = exported;
        await recordAudit(db, CLI_ACTOR, {
          action: 'person.export',
          subjectType: 'person',
          subject,
          changes: { rows },
        });
        return document;
      });
      context.print(JSON.stringify(found, null, 2));
    });

  people
    .command('erase')
    .description('show what would be erased; with --confirm erase it for good')
    .argument('<person>', 'mail address, the app’s id, or ours')
    .option('--confirm', 'erase; it cannot be undone')
    .action(async (person: string, { confirm = false }: { confirm?: boolean }) => {
      const { ENCRYPTION_KEY } = parseConfig(environment.pick({ ENCRYPTION_KEY: true }), context.env);
      const erased = createErasedAddresses(openKeyring(ENCRYPTION_KEY));
      const done = await withDatabase(context, (db) =>
        erasePerson(db, erased, {
          key: person,
          isConfirmed: confirm,
          note: (tx, { subject, ...changes }) =>
            recordAudit(tx, CLI_ACTOR, { action: 'person.erase', subjectType: 'person', subject, changes }),
        }),
      );
      if (done.kind === 'unknown') throw unknown();
      const rows = [
        ...Object.entries(done.counts).map(([name, count]) => [name, String(count), 'removed or emptied']),
        ...Object.entries(done.kept).map(([name, count]) => [name, String(count), 'stays counted, without a person']),
      ];
      for (const line of toTable(['data', 'rows', 'what becomes of it'], rows)) context.print(line);
      context.print('Not erased from here:');
      for (const line of NOT_OURS) context.print(`  ${line}`);
      context.print(
        done.kind === 'erased' ? 'Erased.' : 'Nothing was changed. Run it with --confirm to erase for good.',
      );
    });
}
