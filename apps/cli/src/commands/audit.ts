import { type AuditRecord, listAudit } from '@luma-sync/store';
import { type Command, InvalidArgumentError } from 'commander';
import { type CliContext, withDatabase } from '../cli-context.js';
import { toMoment, toTable } from '../table.js';
import { readLimit } from './operations.js';

interface ListOptions {
  actor?: string;
  action?: string;
  subject?: string;
  since?: Date;
  limit: number;
}

export function addAudit(program: Command, context: CliContext): void {
  const audit = program
    .command('audit')
    .description('who changed keys, secrets and settings, and did what cannot be undone');

  audit
    .command('list')
    .description('newest first')
    .option('--actor <name>', 'name of the API key, operator, cli or environment')
    .option('--action <action>', 'such as calendar.change')
    .option('--subject <id>', 'id of what was changed')
    .option('--since <moment>', 'entries of this moment or later, such as 2027-06-30', readSince)
    .option('--limit <count>', '1 to 500', readLimit, 50)
    .action(async ({ since, ...query }: ListOptions) => {
      const filter = { ...query, ...(since === undefined ? {} : { from: since }) };
      const entries = await withDatabase(context, (db) => listAudit(db, filter));
      for (const line of toTable(['at', 'actor', 'address', 'action', 'subject', 'changes'], entries.map(toRow)))
        context.print(line);
    });
}

const toRow = ({ at, actor, address, action, subjectType, subject, details }: AuditRecord): string[] => [
  toMoment(at),
  actor,
  address ?? '-',
  action,
  `${subjectType} ${subject}`,
  details === null ? '' : JSON.stringify(details),
];

function readSince(value: string): Date {
  const at = new Date(value);
  if (!/^\d{4}-\d{2}-\d{2}/.test(value) || Number.isNaN(at.getTime()))
    throw new InvalidArgumentError('not a moment, such as 2027-06-30.');
  return at;
}
