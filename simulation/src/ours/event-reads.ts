import { eventLinks } from '@luma-sync/domain';
import type { EventTable, InMemoryEvents } from './event-table.js';

/** What a run reads of events. */
export function readsOfEvents(
  table: EventTable,
): Pick<InMemoryEvents, 'find' | 'isPushExpected' | 'findIdByLuma' | 'listLinked' | 'listRoutableCalendars'> {
  const { tables, operations, calendarId } = table;
  return {
    find: (eventId) => table.find(eventId),

    isPushExpected: (eventId) => operations.isPushExpected(eventId),

    findIdByLuma(luma) {
      for (const [id, link] of tables.eventLinks) if (eventLinks.isLinkOf(link, luma) !== null) return id;
      return null;
    },

    listLinked({ afterId, limit, ...query }) {
      return [...tables.events.values()]
        .filter((event) => {
          const link = tables.eventLinks.get(event.id);
          return (
            link !== undefined && eventLinks.isListed(event, link, query) && (afterId === null || event.id > afterId)
          );
        })
        .sort((a, b) => (a.id < b.id ? -1 : 1))
        .slice(0, limit)
        .flatMap((event) => table.find(event.id) ?? []);
    },

    listRoutableCalendars: () => [{ id: calendarId, isDefault: true, routing: null }],
  };
}
