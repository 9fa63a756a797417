import type { Parts } from '../parts.js';
import type { SimEvent, SimGuest } from '../state/records.js';
import { eventUrl } from '../views/event.js';

/** The state as a test or a demo wants to compare it: not in Luma's shapes, and nothing left out. */
export function toState({ world }: Parts, calendarId?: string) {
  const wanted = (id: string) => calendarId === undefined || id === calendarId;
  return {
    calendars: [...world.calendars.values()]
      .filter((calendar) => wanted(calendar.id))
      .map(({ id, name, slug, isPlanActive, webhooks, coupons, listings }) => ({
        id,
        name,
        slug,
        isPlanActive,
        webhooks,
        coupons,
        listings,
      })),
    events: [...world.events.values()].filter((event) => wanted(event.calendarId)).map(toEventState),
  };
}
export type SimState = ReturnType<typeof toState>;

export function toEventState(event: SimEvent) {
  const { guests, cancellation: _cancellation, hosts, ...shown } = event;
  return {
    ...shown,
    url: eventUrl(event),
    hosts: hosts.map(({ id, email, name }) => ({ id, email, name })),
    guests: [...guests.values()].map(toGuestState),
  };
}

export function toGuestState(guest: SimGuest) {
  const { id, userId, email, name, phone, status, registeredAt, invitedAt, adds, answers } = guest;
  return {
    id,
    userId,
    email,
    name,
    phone,
    status,
    registeredAt,
    invitedAt,
    adds,
    answers,
    tickets: guest.tickets.map((ticket) => ({ id: ticket.id, checkedInAt: ticket.checkedInAt })),
    checkedInAt:
      guest.tickets
        .map((ticket) => ticket.checkedInAt)
        .filter((at) => at !== null)
        .sort()[0] ?? null,
  };
}
