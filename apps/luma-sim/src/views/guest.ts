import type { SimEvent, SimGuest, SimTicket } from '../state/records.js';
import type { World } from '../state/world.js';
import { toWebhookEvent } from './event.js';

/** Guests as Luma shows them. Check-in is on the tickets alone; there is no update time. */

const toTicket = (ticket: SimTicket) => ({
  id: ticket.id,
  amount: ticket.amount,
  amount_discount: 0,
  amount_tax: 0,
  currency: ticket.currency,
  checked_in_at: ticket.checkedInAt,
  event_ticket_type_id: ticket.ticketTypeId,
  name: ticket.name,
  // A free ticket is never captured (seen live).
  is_captured: ticket.amount > 0,
});

/** One order for all tickets; a free one still says `usd` (seen live). */
const toOrders = (guest: SimGuest) =>
  guest.tickets.slice(0, 1).map((first) => {
    const amount = guest.tickets.reduce((sum, ticket) => sum + ticket.amount, 0);
    return {
      id: first.id.replace(/^tkt-/, 'tord-'),
      amount,
      amount_discount: 0,
      amount_tax: 0,
      currency: first.currency ?? 'usd',
      coupon_info: null,
      is_captured: amount > 0,
    };
  });

const checkInCode = (event: SimEvent, guest: SimGuest): string =>
  `https://luma.com/check-in/${event.id}?pk=${guest.key}`;

/** `guests/list`. */
export const toListedGuest = (event: SimEvent, guest: SimGuest) => ({
  id: guest.id,
  user_id: guest.userId,
  user_email: guest.email,
  user_name: guest.name,
  user_first_name: guest.firstName,
  user_last_name: guest.lastName,
  approval_status: guest.status,
  check_in_qr_code: checkInCode(event, guest),
  eth_address: null,
  invited_at: guest.invitedAt,
  joined_at: guest.joinedAt,
  phone_number: guest.phone,
  registered_at: guest.registeredAt,
  // Null and [] were both recorded for none.
  registration_answers: guest.answers.length === 0 ? null : guest.answers,
  solana_address: null,
  utm_source: guest.utmSource,
  event_tickets: guest.tickets.map(toTicket),
});

/** `guests/get`. */
export const toFullGuest = (event: SimEvent, guest: SimGuest) => ({
  ...toListedGuest(event, guest),
  event_ticket_orders: toOrders(guest),
});

/** Tickets and orders keep their older id in webhooks (documented). */
const doubled = <T extends { id: string }>(record: T) => ({ ...record, api_id: record.id });

/** `guest.registered` and `guest.updated`: the guest flat in `data`, the event nested in full. */
export const toWebhookGuest = (world: World, event: SimEvent, guest: SimGuest) => ({
  ...toFullGuest(event, guest),
  event_tickets: guest.tickets.map((ticket) => doubled(toTicket(ticket))),
  event_ticket_orders: toOrders(guest).map(doubled),
  registration_answers: guest.answers,
  custom_source: guest.utmSource,
  event: toWebhookEvent(world, event),
});

/** `ticket.registered`: the same, and the one ticket. */
export const toWebhookTicket = (world: World, event: SimEvent, guest: SimGuest, ticket: SimTicket) => ({
  ...toWebhookGuest(world, event, guest),
  event_ticket: toTicket(ticket),
});

/** The old shape, as recorded in March 2026. */
export function toLegacyGuest(event: SimEvent, guest: SimGuest) {
  const { utm_source, ...shared } = toFullGuest(event, guest);
  const tickets = guest.tickets.map((ticket) => ({ ...toTicket(ticket), api_id: ticket.id }));
  return {
    ...shared,
    api_id: guest.id,
    user_api_id: guest.userId,
    created_at: guest.createdAt,
    checked_in_at: guest.tickets.find((ticket) => ticket.checkedInAt !== null)?.checkedInAt ?? null,
    custom_source: utm_source,
    registration_answers: guest.answers,
    event_tickets: tickets,
    event_ticket: tickets[0] ?? null,
    event_ticket_orders: shared.event_ticket_orders.map((order) => ({ ...order, api_id: order.id })),
  };
}
