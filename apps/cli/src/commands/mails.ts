import { confirmHeldMails, discardHeldMails, type HeldMailsResult } from '@luma-sync/application';
import { CLI_ACTOR, type Db, inTransaction, listHeldMails, recordAudit } from '@luma-sync/store';
import { type Command, InvalidArgumentError } from 'commander';
import { type CliContext, CliError, withDatabase } from '../cli-context.js';
import { toMoment, toTable } from '../table.js';
import { readUuid } from './keys.js';

/** More are no help on a terminal. */
const LISTED_MAX = 200;

/** `luma-sync mails held|confirm|discard`. */
export function addMails(program: Command, context: CliContext): void {
  const { print } = context;
  const mails = program.command('mails').description('mails that were held back, since too many people would get one');

  mails
    .command('held')
    .description('events of which mails are held back')
    .option('--calendar <id>', 'of one calendar', readUuid)
    .action(async ({ calendar }: { calendar?: string }) => {
      const found = await withDatabase(context, (db) => listHeldMails(db, { calendarId: calendar, limit: LISTED_MAX }));
      const rows = found.map(({ eventId, externalId, title, held, confirmed, since }) => [
        externalId ?? eventId,
        title,
        String(held),
        String(confirmed),
        toMoment(since),
      ]);
      for (const line of toTable(['event', 'title', 'held', 'on its way', 'since'], rows)) print(line);
    });

  mails
    .command('confirm')
    .description('let Luma mail the people of an event whose mail is held back, each once')
    .argument('<event>', 'the app’s id of the event, or ours')
    .requiredOption('--recipients <count>', 'people who may be mailed; where more are held, nothing is done', readCount)
    .action(async (event: string, { recipients }: { recipients: number }) => {
      const answer = await withDatabase(context, (db) =>
        inTransaction(db, async (tx) =>
          audited(tx, 'confirm', await confirmHeldMails(tx, event, { actor: CLI_ACTOR.name, recipients })),
        ),
      );
      const { recipients: mailed, operation } = expectDone(answer, event);
      print(operation === null ? 'nothing is held' : `${mailed} confirmed; operation ${operation.id}`);
    });

  mails
    .command('discard')
    .description('mail nobody of those people, for good')
    .argument('<event>', 'the app’s id of the event, or ours')
    .action(async (event: string) => {
      const answer = await withDatabase(context, (db) =>
        inTransaction(db, async (tx) => audited(tx, 'discard', await discardHeldMails(tx, event, CLI_ACTOR.name))),
      );
      const { recipients } = expectDone(answer, event);
      print(recipients === 0 ? 'nothing is held' : `${recipients} discarded`);
    });
}

async function audited(tx: Db, verb: 'confirm' | 'discard', result: HeldMailsResult): Promise<HeldMailsResult> {
  if (result.kind === 'done') {
    const { eventId, calendarId, recipients } = result;
    const action = verb === 'confirm' ? 'held_mails.confirm' : 'held_mails.discard';
    await recordAudit(tx, CLI_ACTOR, {
      action,
      subjectType: 'event',
      subject: eventId,
      calendarId,
      changes: { recipients },
    });
  }
  return result;
}

function expectDone(result: HeldMailsResult, event: string): Extract<HeldMailsResult, { kind: 'done' }> {
  if (result.kind === 'unknown') throw new CliError(`there is no event ${event}`);
  if (result.kind === 'confirm-recipients')
    throw new CliError(
      `${result.recipients} people would be mailed; nothing was done. Say --recipients ${result.recipients}`,
    );
  return result;
}

function readCount(value: string): number {
  const count = Number(value);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('a whole number from 1.');
  return count;
}
