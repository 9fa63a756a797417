import { eventLinks } from '@luma-sync/domain';
import type { EventTable, InMemoryEvents } from './event-table.js';

/** What ends the exchange of an event. */
export function endingsOfEvents(table: EventTable): Pick<InMemoryEvents, 'markSourceDeleted' | 'markIdReused'> {
  const { tables, operations, time } = table;
  return {
    markSourceDeleted(holder, { eventId, cancelled, via, observedAt }) {
      operations.assertOwner(holder);
      const event = tables.events.get(eventId);
      const cancellation = cancelled && event !== undefined ? eventLinks.cancelAtLuma(event, observedAt) : {};
      if (event !== undefined) Object.assign(event, cancellation);
      const isLost = table.change(eventId, (link) => eventLinks.loseEvent(link, observedAt));
      if (isLost || Object.keys(cancellation).length > 0)
        table.note(eventId, 'observed', `${cancelled ? 'Cancelled at Luma' : 'Gone at Luma'} (seen by ${via}).`);
    },

    markIdReused(holder, { eventId, via, observedAt }) {
      operations.assertOwner(holder);
      const lumaEventId = tables.eventLinks.get(eventId)?.lumaEventId;
      if (table.change(eventId, (link) => eventLinks.markIdReused(link, observedAt, time.date())))
        table.note(eventId, 'observed', `${lumaEventId} is another event now (seen by ${via}).`);
    },
  };
}
