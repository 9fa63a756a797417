import { type EventView, findEventIdByKey, findEventView, listDifferingEvents } from '@luma-sync/store';
import { renderDifference } from '@luma-sync/timeline';
import type { Command } from 'commander';
import { type CliContext, CliError, withDatabase } from '../cli-context.js';
import { toMoment, toTable } from '../table.js';
import { readUuid } from './keys.js';

/** More are no help on a terminal. */
const LISTED_MAX = 200;

/** `luma-sync events show|differing`. */
export function addEvents(program: Command, context: CliContext): void {
  const { print } = context;
  const events = program.command('events').description('how events stand with Luma');

  events
    .command('show')
    .description('one event: its push, and what Luma does not hold as we have it')
    .argument('<id>', 'the app’s id of the event, or ours')
    .action(async (key: string) => {
      const view = await withDatabase(context, async (db) => {
        const id = await findEventIdByKey(db, key);
        return id === null ? null : findEventView(db, id);
      });
      if (view === null) throw new CliError(`there is no event ${key}`);
      for (const line of toLines(view)) print(line);
    });

  events
    .command('differing')
    .description('events with a field that Luma cannot empty, refused, rewrote or does not show')
    .option('--calendar <id>', 'of one calendar', readUuid)
    .action(async ({ calendar }: { calendar?: string }) => {
      const query = { calendarId: calendar, limit: LISTED_MAX };
      const found = await withDatabase(context, (db) => listDifferingEvents(db, query));
      const rows = found.flatMap(({ event, sync }) =>
        sync.notAtLuma.map(({ field, reason, message }) => [
          event.externalId ?? event.id,
          field,
          renderDifference(reason, message),
        ]),
      );
      for (const line of toTable(['event', 'field', 'why'], rows)) print(line);
    });
}

function toLines({ event, link, sync }: EventView): string[] {
  const error = sync.lastError === null ? [] : [`error     ${sync.lastError.code}: ${sync.lastError.message}`];
  const values = sync.notAtLuma.map(({ field, ours, luma, reason, message }) => [
    field,
    JSON.stringify(ours),
    JSON.stringify(luma),
    renderDifference(reason, message),
  ]);
  return [
    `event     ${event.externalId ?? event.id}: ${event.title}`,
    `approval  ${event.approval}, revision ${event.revision}`,
    `at Luma   ${link?.lumaEventId ?? '-'}`,
    `sync      ${sync.state ?? '-'}, revision ${sync.pushedRevision} pushed, ${toMoment(sync.syncedAt)}`,
    ...error,
    ...(values.length === 0 ? [] : toTable(['not at Luma', 'ours', 'Luma’s', 'why'], values)),
  ];
}
