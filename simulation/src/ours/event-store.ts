import type { VirtualTime } from '../virtual-time.js';
import { endingsOfEvents } from './event-endings.js';
import { importsOfEvents } from './event-imports.js';
import { observationsOfEvents } from './event-observations.js';
import { pushesOfEvents } from './event-pushes.js';
import { readsOfEvents } from './event-reads.js';
import { EventTable, type InMemoryEvents } from './event-table.js';
import type { Operations } from './operations.js';
import type { Tables } from './tables.js';

/**
 * The tables of a run behind the interface of `createEventSyncStore`. What a call does to a link is a transition of
 * `eventLinks`.
 */
export function createInMemoryEvents(
  tables: Tables,
  operations: Operations,
  time: VirtualTime,
  calendarId: string,
): InMemoryEvents {
  const table = new EventTable(tables, operations, time, calendarId);
  return {
    ...readsOfEvents(table),
    ...pushesOfEvents(table),
    ...observationsOfEvents(table),
    ...endingsOfEvents(table),
    ...importsOfEvents(table),
  };
}
