import type { TimelineEntry } from '@luma-sync/client';
import Table from 'cli-table3';
import { collect } from './collect.js';
import type { Stage } from './stage.js';

/** More would be read by nobody; the rest is at the API. */
const LINES_MAX = 16;

/** Shows what an operator sees of a conflict, of one event and of one answer. */
export async function tellStory(
  { app, screen }: Stage,
  shown: { event: string; answer: { event: string; personId: string } },
): Promise<void> {
  screen.title('A field that both sides changed');
  const conflicts = new Table({
    style: { head: [], border: [] },
    head: ['event', 'field', 'ours', 'Luma’s', 'stays', 'there now'],
    colWidths: [18, 8, 32, 30, 8, 30],
    wordWrap: true,
  });
  for (const { event, field, ours, theirs, kept, current } of await collect(app.conflicts.all()))
    conflicts.push([event, field, ours, theirs, kept, current].map((value) => inWords(value)));
  screen.text(conflicts.toString());

  screen.title(`What happened to "${shown.event}"`);
  const ofEvent = await collect(app.timelines.allOfEvent(shown.event));
  showEntries(
    screen,
    ofEvent.filter((entry) => entry.recordType === 'event' && !isAboutGuests(entry)),
  );

  const { event, personId } = shown.answer;
  screen.title(`What happened to the answer of "${personId}" to "${event}"`);
  showEntries(screen, await collect(app.timelines.allOfRsvp(event, personId)));
}

/** Runs that carried answers, and webhooks about guests: they would fill pages. */
function isAboutGuests(entry: TimelineEntry): boolean {
  const details = entry.details as { job?: string; ending?: { details?: { type?: string } } } | null;
  const type = details?.ending?.details?.type ?? '';
  return /^(rsvp|guest)\./.test(details?.job ?? '') || /^(guest|ticket)\./.test(type);
}

function showEntries(screen: Stage['screen'], entries: readonly TimelineEntry[]): void {
  const table = new Table({
    style: { head: [], border: [] },
    head: ['UTC', 'what', 'who', 'in words'],
    colWidths: [10, 10, 11, 96],
    wordWrap: true,
  });
  for (const { at, kind, actor, message, repeats } of entries.slice(0, LINES_MAX))
    table.push([at.slice(11, 19), kind, actor, repeats === 1 ? message : `${message} (${repeats} times)`]);
  screen.text(table.toString());
  if (entries.length > LINES_MAX) screen.note(`and ${entries.length - LINES_MAX} more`);
}

const inWords = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
