import { discardOperation, replayOperation } from '@luma-sync/application';
import {
  type AuditNote,
  CLI_ACTOR,
  type Database,
  type Db,
  inTransaction,
  listOperations,
  type OperationQuery,
  recordAudit,
} from '@luma-sync/store';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type CliContext, CliError, withDatabase } from '../cli-context.js';
import { toMoment, toTable } from '../table.js';
import { readUuid } from './keys.js';

const ACTOR = CLI_ACTOR.name;

interface ListOptions {
  state?: NonNullable<OperationQuery['state']>;
  job?: string;
  parked?: true;
  isolated?: true;
  limit: number;
}

export function addOperations(program: Command, context: CliContext): void {
  const { print } = context;
  const operations = program.command('operations').description('units of work: look, run again, close');

  operations
    .command('list')
    .description('newest first')
    .addOption(new Option('--state <state>').choices(['queued', 'running', 'done', 'failed', 'discarded', 'replayed']))
    .option('--job <job>', 'such as event.push')
    .option('--parked', 'those that wait for a slow retry')
    .option('--isolated', 'those that run in a process of their own')
    .option('--limit <count>', '1 to 500', readLimit, 30)
    .action(async ({ parked: isParked, isolated: isIsolated, ...filter }: ListOptions) => {
      const query = { ...filter, isParked, isIsolated };
      const found = await withDatabase(context, (db) => listOperations(db, query));
      const rows = found.map(({ id, job, state, attempts, waiting, error, createdAt }) => [
        id,
        job,
        state,
        String(attempts),
        toMoment(createdAt),
        waiting === null ? (error?.code ?? '') : `${toReason(waiting, error)} until ${toMoment(waiting.until)}`,
      ]);
      for (const line of toTable(['id', 'job', 'state', 'attempts', 'created', 'error or wait'], rows)) print(line);
    });

  operations
    .command('retry')
    .description('run an operation that was given up again, as a new one; try a parked one now')
    .argument('<id>', 'of the failed operation', readUuid)
    .action(async (id: string) => {
      const result = await withDatabase(context, (db) => retry(db, id));
      switch (result.kind) {
        case 'replayed':
          return print(result.operation.id === id ? `Tried again now: ${id}.` : `Queued as ${result.operation.id}.`);
        case 'unknown':
          throw new CliError(`there is no operation ${id}`);
        case 'not-failed':
          throw new CliError(`operation ${id} is ${result.state}; only a failed or parked one can be retried`);
        case 'unreadable':
          throw new CliError(`this version does not know what operation ${id} is`);
      }
    });

  operations
    .command('discard')
    .description('close an operation that waits, runs or was given up')
    .argument('<id>', 'of the operation', readUuid)
    .requiredOption('--reason <reason>', 'kept with it')
    .action(async (id: string, { reason }: { reason: string }) => {
      const result = await withDatabase(context, (db) => discard(db, id, reason));
      if (result.kind === 'unknown') throw new CliError(`there is no operation ${id}`);
      if (result.kind === 'not-discardable') {
        throw new CliError(`operation ${id} is ${result.state} already`);
      }
      print(`Discarded ${id}.`);
    });
}

const retry = (db: Database, id: string) =>
  inTransaction(db, async (tx) => {
    const result = await replayOperation(tx, id, ACTOR);
    if (result.kind === 'replayed') await note(tx, id, 'operation.retry', { newOperation: result.operation.id });
    return result;
  });

const discard = (db: Database, id: string, reason: string) =>
  inTransaction(db, async (tx) => {
    const result = await discardOperation(tx, id, { reason, actor: ACTOR });
    if (result.kind === 'discarded') await note(tx, id, 'operation.discard', { reason });
    return result;
  });

const note = (tx: Db, id: string, action: string, changes: NonNullable<AuditNote['changes']>): Promise<void> =>
  recordAudit(tx, CLI_ACTOR, { action, subjectType: 'operation', subject: id, changes });

/** A parked one is named with what it was given up for. */
const toReason = ({ reason }: { reason: string }, error: { code: string } | null): string =>
  error === null || error.code === reason ? reason : `${reason} (${error.code})`;

const LIMIT_MAX = 500;

export function readLimit(value: string): number {
  const limit = Number(value);
  if (!Number.isInteger(limit) || limit < 1 || limit > LIMIT_MAX) throw new InvalidArgumentError(`1 to ${LIMIT_MAX}.`);
  return limit;
}
