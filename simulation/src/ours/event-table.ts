import { type EventLink, type EventLinkChange, eventLinks } from '@luma-sync/domain';
import type { SyncEventWithLink } from '@luma-sync/store';
import type { VirtualTime } from '../virtual-time.js';
import type { Commits } from './commits.js';
import type { Deps } from './connect.js';
import type { Operations } from './operations.js';
import { type Tables, toJsonb } from './tables.js';

export type InMemoryEvents = Commits<Omit<Deps['events'], 'withEvent' | 'withTags'>>;

/** The tables of a run, as the store of events uses them. Links are written by transitions. */
export class EventTable {
  constructor(
    readonly tables: Tables,
    readonly operations: Operations,
    readonly time: VirtualTime,
    readonly calendarId: string,
  ) {}

  find(eventId: string): SyncEventWithLink | null {
    const event = this.tables.events.get(eventId);
    if (event === undefined) return null;
    const link = this.tables.eventLinks.get(eventId);
    return { event: { ...event }, link: link === undefined ? null : { ...link } };
  }

  /** @returns whether the transition changed anything. */
  change(eventId: string, transition: (link: EventLink) => EventLinkChange): boolean {
    const link = this.tables.eventLinks.get(eventId);
    const changed = link === undefined ? {} : transition(link);
    if (link !== undefined) this.tables.eventLinks.set(eventId, { ...link, ...toJsonColumns(changed) });
    return Object.keys(changed).length > 0;
  }

  note(eventId: string, kind: string, message: string): void {
    this.tables.note({ recordType: 'event', recordId: eventId, kind, message });
  }
}

/** As columns of jsonb keep it. */
export const toJsonColumns = <C extends EventLinkChange>(change: C): C => ({
  ...change,
  ...(change.base === undefined ? {} : { base: toJsonb(change.base) }),
  ...(change.tagsBase === undefined ? {} : { tagsBase: toJsonb(change.tagsBase) }),
});

/** As `markPushFailed`. */
export function failEventPush(
  tables: Tables,
  time: VirtualTime,
  eventId: string,
  error: { code: string; message: string },
): void {
  const link = tables.eventLinks.get(eventId);
  if (link !== undefined)
    tables.eventLinks.set(eventId, { ...link, ...eventLinks.failEventPush(link, error, time.date()) });
  tables.note({ recordType: 'event', recordId: eventId, kind: 'decided', message: `Push given up: ${error.message}` });
}
