import { findUnreadable, listUnreadable, type UnreadableQuery, type UnreadableView } from '@luma-sync/store';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type CliContext, CliError, withDatabase } from '../cli-context.js';
import { toMoment, toTable } from '../table.js';
import { readUuid } from './keys.js';

interface ListOptions {
  calendar?: string;
  kind?: NonNullable<UnreadableQuery['kind']>;
  all?: boolean;
  limit: number;
}

/** `luma-sync unreadable list|show`. */
export function addUnreadable(program: Command, context: CliContext): void {
  const { print } = context;
  const unreadable = program
    .command('unreadable')
    .description('records of Luma’s that could not be read or stored, or not in full');

  unreadable
    .command('list')
    .description('those seen last come first')
    .option('--calendar <id>', 'of one calendar', readUuid)
    .addOption(new Option('--kind <kind>').choices(['event', 'guest']))
    .option('--all', 'also those that were read in full since')
    .option('--limit <count>', '1 to 500', readLimit, 30)
    .action(async ({ calendar, kind, all, limit }: ListOptions) => {
      const query = { calendarId: calendar, kind, state: all === true ? undefined : ('open' as const), limit };
      const found = await withDatabase(context, (db) => listUnreadable(db, query));
      const rows = found.map((view) => [
        view.id,
        view.kind,
        view.lumaId ?? 'without an id',
        view.isTaken ? 'in part' : 'no',
        String(view.seenCount),
        toMoment(view.seenLast),
        toProblemWords(view),
      ]);
      const headings = ['id', 'kind', 'at Luma', 'taken in', 'seen', 'last', 'problems'];
      for (const line of toTable(headings, rows)) print(line);
    });

  unreadable
    .command('show')
    .description('one of them, with what Luma sent; it may name people')
    .argument('<id>', 'of the record', readUuid)
    .action(async (id: string) => {
      const found = await withDatabase(context, (db) => findUnreadable(db, id));
      if (found === null) throw new CliError(`there is no unreadable record ${id}`);
      print(JSON.stringify({ ...found.view, raw: found.raw }, null, 2));
    });
}

function toProblemWords({ problems }: UnreadableView): string {
  const words = problems.slice(0, 3).map(({ path, reason }) => `${path === '' ? 'record' : path}: ${reason}`);
  return problems.length > words.length ? `${words.join(', ')}, …` : words.join(', ');
}

const LIMIT_MAX = 500;

function readLimit(value: string): number {
  const limit = Number(value);
  if (!Number.isInteger(limit) || limit < 1 || limit > LIMIT_MAX) throw new InvalidArgumentError(`1 to ${LIMIT_MAX}.`);
  return limit;
}
