import { type EventLink, eventLinks } from '@luma-sync/domain';
import { PermanentError, RetryAfterError } from '@luma-sync/jobs';
import { type EventTable, type InMemoryEvents, toJsonColumns } from './event-table.js';

/** What a push stores of an event. */
export function pushesOfEvents(
  table: EventTable,
): Pick<InMemoryEvents, 'reserveSlug' | 'attach' | 'noteAsked' | 'confirmPush'> {
  const { tables, operations, time } = table;
  return {
    reserveSlug(holder, { eventId, ...reservation }) {
      operations.assertOwner(holder);
      const { slug } = reservation;
      const isTaken = ([id, link]: [string, EventLink]) => id !== eventId && eventLinks.hasAddress(link, slug);
      if ([...tables.eventLinks].some(isTaken)) return false;
      if (tables.eventsInDoubt.has(eventId))
        throw new PermanentError('event.in_doubt', `Luma may have event ${eventId} already`);
      const known = tables.eventLinks.get(eventId) ?? null;
      const reserved = eventLinks.reserveAddress(known, reservation, time.date());
      tables.eventLinks.set(eventId, {
        ...(known ?? eventLinks.newEventLink(reservation.calendarId)),
        ...toJsonColumns(reserved),
      });
      table.note(eventId, 'asked', `Asked Luma to create the event under the address "${slug}".`);
      return true;
    },

    attach(holder, { eventId, lumaEventId, adopted }) {
      operations.assertOwner(holder);
      for (const [id, link] of tables.eventLinks) {
        if (link.lumaEventId === lumaEventId && id !== eventId)
          throw new PermanentError('event.id_reused', `another event is tied to ${lumaEventId}`);
      }
      table.change(eventId, () => eventLinks.attachToLuma(lumaEventId));
      table.note(eventId, 'answered', adopted ? `Adopted ${lumaEventId}.` : `Luma created the event (${lumaEventId}).`);
    },

    noteAsked(holder, { eventId, base }) {
      operations.assertOwner(holder);
      table.change(eventId, (link) => eventLinks.recordEventIntent(link, base));
    },

    confirmPush(holder, push) {
      operations.assertOwner(holder);
      const { eventId } = push;
      const event = tables.events.get(eventId);
      const isCurrent = event?.revision === push.revision;
      if (eventLinks.isOvertaken(push, isCurrent)) {
        const message = `event ${eventId} changed on both sides during a push`;
        throw new RetryAfterError('event.changed_meanwhile', message, { waitMs: 0 });
      }
      if (isCurrent) Object.assign(event, eventLinks.toPushedEvent(push));
      table.change(eventId, () => eventLinks.confirmEventPush(push, isCurrent, time.date()));
      if (push.sentFields.length > 0)
        table.note(eventId, 'answered', `Luma holds revision ${push.revision} (${push.sentFields.join(', ')}).`);
      if (tables.rsvpsOf(eventId).some((rsvp) => tables.linkOf(rsvp.id)?.state === 'pending_push'))
        operations.enqueue('rsvp.push', { eventId }, { trigger: 'api', actor: 'event.push' });
    },
  };
}
