import { type CalendarRecord, listCalendars } from '@luma-sync/store';
import { toCalendarState } from '@luma-sync/timeline';
import type { Command } from 'commander';
import { type CliContext, withDatabase } from '../cli-context.js';
import { toMoment, toTable } from '../table.js';

/** `luma-sync calendars list`. */
export function addCalendars(program: Command, context: CliContext): void {
  const { print } = context;
  const calendars = program.command('calendars').description('how calendars stand with Luma');
  calendars
    .command('list')
    .description('each calendar with its state, since when, why, and what to do')
    .action(async () => {
      const found = await withDatabase(context, (db) => listCalendars(db));
      const headings = ['calendar', 'kind', 'key', 'state', 'since', 'webhook', 'what to do'];
      for (const line of toTable(headings, found.map(toRow))) print(line);
    });
}

function toRow(calendar: CalendarRecord): string[] {
  const { name, kind, hasApiKey, webhookState, webhookRefusedTypes } = calendar;
  const { status, since, reason, advice } = toCalendarState(calendar);
  const refused = webhookRefusedTypes.map(({ type }) => `, without ${type}`).join('');
  const toDo = [reason, advice].filter((text) => text !== null).join('; ');
  return [name, kind, hasApiKey ? 'yes' : 'no', status, toMoment(since), `${webhookState}${refused}`, toDo || '-'];
}
