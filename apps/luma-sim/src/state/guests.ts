import { domainToUnicode } from 'node:url';
import type { AddGuestsRequest, SendInvitesRequest, UpdateGuestStatusRequest } from '@luma-sync/luma-contract';
import { ApiError } from '../http-error.js';
import { between } from '../random.js';
import { toWebhookGuest, toWebhookTicket } from '../views/guest.js';
import type { GuestStatus, SimEvent, SimGuest, SimTicketType } from './records.js';
import type { Cause, World } from './world.js';

/** Guests who are accepted; Luma adds them later. */
export interface PendingAdd {
  event: SimEvent;
  request: AddGuestsRequest;
  ticketTypes: SimTicketType[];
  cause: Cause;
  dueAtMs: number;
}

/** Refuses as Luma does where a guest is not valid, by the settings. */
export function checkRefusedGuests(world: World, { guests }: AddGuestsRequest): void {
  const { refusedNames, refusedEmails } = world.settings.guests;
  const lines = guests.flatMap(({ email, name }, place) => [
    ...(name !== undefined && refusedNames.includes(name) ? [`- guests.${place}.name: Invalid name`] : []),
    ...(refusedEmails.includes(email) ? [`- guests.${place}.email: Invalid email`] : []),
  ]);
  if (lines.length > 0) throw new ApiError(400, ['Invalid request.', ...lines].join('\n'));
}

/** Accepts guests and works later, as Luma does. Returns the addresses that are passed over. */
export function acceptGuests(world: World, event: SimEvent, request: AddGuestsRequest, cause: Cause): string[] {
  const { addDelayMinMs, addDelayMaxMs } = world.settings.guests;
  const ticketTypes = ticketTypesFor(event, request);
  world.counts.guestAdds += 1;
  const delayMs = between(world.random, addDelayMinMs, addDelayMaxMs);
  const add = { event, request, ticketTypes, cause, dueAtMs: world.clock.now() + delayMs };
  if (addDelayMaxMs === 0) addAccepted(world, add);
  else scheduleAdd(world, add);
  return request.guests.map((person) => person.email).filter((email) => isSkipped(world, email));
}

export function scheduleAdd(world: World, add: PendingAdd): void {
  world.pendingAdds.add(add);
  world.clock.after(Math.max(0, add.dueAtMs - world.clock.now()), () => {
    world.pendingAdds.delete(add);
    addAccepted(world, add);
  });
}

function addAccepted(world: World, add: PendingAdd): void {
  // The event may have gone in between; Luma's background work then has nobody to tell.
  if (!world.events.has(add.event.id)) return;
  for (const person of add.request.guests) if (!isSkipped(world, person.email)) addGuest(world, person, add);
}

function isSkipped(world: World, email: string): boolean {
  const wanted = email.trim().toLowerCase();
  return world.settings.guests.skippedEmails.some((skipped) => skipped.toLowerCase() === wanted);
}

function ticketTypesFor(event: SimEvent, request: AddGuestsRequest): SimTicketType[] {
  const wanted = request.tickets ?? (request.ticket === undefined ? null : [request.ticket]);
  if (wanted === null) return event.ticketTypes.slice(0, 1);
  return wanted.map(({ event_ticket_type_id }) => {
    const type = event.ticketTypes.find((candidate) => candidate.id === event_ticket_type_id);
    if (type === undefined) throw new ApiError(400, 'Invalid request.\n- ticket: Ticket type not found');
    return type;
  });
}

function addGuest(
  world: World,
  person: AddGuestsRequest['guests'][number],
  { event, request, ticketTypes, cause }: PendingAdd,
): void {
  const known = findByEmail(world, event, person.email);
  const guest = known ?? newGuest(world, event, person.email, person.name);
  guest.adds += 1;
  // Somebody registered already keeps state and answers (documented). A guest who declined or was only invited comes
  // in: a client that adds without looking first overrules a person's own decision, and can be seen doing so.
  const isRegistered = known !== null && !['invited', 'declined'].includes(known.status);
  if (!isRegistered) {
    guest.status = request.approval_status ?? 'approved';
    guest.registeredAt ??= world.nowIso();
    guest.answers = (person.registration_answers ?? []).map(({ question_id, value }) => ({
      question_id,
      label: question_id,
      question_type: 'text',
      value,
    }));
    world.counts.guestsAdded += 1;
  }
  const issued =
    !isRegistered || world.settings.guests.doesRepeatIssueTicket ? issueTickets(world, guest, ticketTypes) : [];
  if (request.send_email !== false && (!isRegistered || world.settings.guests.doesRepeatMail)) {
    world.mail('guest-added', event.id, guest.email, cause);
  }
  if (!isRegistered) announceRegistration(world, event, guest, issued, cause);
}

export interface Registration {
  email: string;
  name?: string | null | undefined;
  phone?: string | null | undefined;
  status?: GuestStatus | undefined;
  tickets?: number | undefined;
  isCheckedIn?: boolean | undefined;
}

/** Somebody signs up at Luma itself. Again after cancelling: the same guest comes back (documented). */
export function registerAtLuma(world: World, event: SimEvent, input: Registration, cause: Cause): SimGuest {
  const guest = findByEmail(world, event, input.email) ?? newGuest(world, event, input.email, input.name ?? null);
  guest.phone = input.phone ?? guest.phone;
  guest.status = input.status ?? (event.ticketTypes[0]?.requireApproval === true ? 'pending_approval' : 'approved');
  if (guest.status === 'invited') guest.invitedAt ??= world.nowIso();
  else guest.registeredAt ??= world.nowIso();
  const type = event.ticketTypes[0];
  const count = input.tickets ?? (guest.status === 'invited' || guest.status === 'declined' ? 0 : 1);
  const missing = Math.max(0, count - guest.tickets.length);
  const issued =
    type === undefined
      ? []
      : issueTickets(
          world,
          guest,
          Array.from({ length: missing }, () => type),
        );
  if (input.isCheckedIn === true) checkIn(world, guest);
  if (guest.status !== 'invited') {
    if (cause.isSilent !== true) world.mail('guest-registered', event.id, guest.email, { by: 'luma' });
    announceRegistration(world, event, guest, issued, cause);
  }
  return guest;
}

export function setGuestStatus(
  world: World,
  event: SimEvent,
  request: UpdateGuestStatusRequest,
  cause: Cause,
): SimGuest {
  const guest = findGuest(world, event, request.guest_id);
  if (guest === null) throw new ApiError(404, world.settings.texts.guestNotFound);
  const issued = changeStatus(world, event, guest, request.status);
  // Each call mails unless told otherwise, whether anything changed or not (documented).
  if (request.send_email !== false) world.mail('guest-status', event.id, guest.email, cause);
  announceChange(world, event, guest, cause);
  for (const ticket of issued)
    world.announce(event.calendarId, 'ticket.registered', () => toWebhookTicket(world, event, guest, ticket), cause);
  return guest;
}

/** Declined guests hold no ticket (seen live); a guest who comes back gets one. */
export function changeStatus(world: World, event: SimEvent, guest: SimGuest, status: GuestStatus) {
  guest.status = status;
  if (status === 'declined') guest.tickets = [];
  const type = event.ticketTypes[0];
  const needsTicket = status === 'approved' && guest.tickets.length === 0 && type !== undefined;
  return needsTicket ? issueTickets(world, guest, [type]) : [];
}

export function announceChange(world: World, event: SimEvent, guest: SimGuest, cause: Cause): void {
  world.announce(event.calendarId, 'guest.updated', () => toWebhookGuest(world, event, guest), cause);
}

export function inviteGuests(world: World, event: SimEvent, request: SendInvitesRequest, cause: Cause): void {
  for (const person of request.guests) {
    const guest = findByEmail(world, event, person.email) ?? newGuest(world, event, person.email, person.name);
    guest.invitedAt ??= world.nowIso();
    world.mail('invite', event.id, guest.email, cause);
  }
}

/** All tickets, now. Check-in can be made at the door only, never through the API. */
export function checkIn(world: World, guest: SimGuest): void {
  for (const ticket of guest.tickets) ticket.checkedInAt ??= world.nowIso();
}

/** By guest id, guest key, ticket key or mail address (documented). */
export function findGuest(world: World, event: SimEvent, identifier: string): SimGuest | null {
  const byId = event.guests.get(identifier);
  if (byId !== undefined) return byId;
  if (identifier.includes('@')) return findByEmail(world, event, identifier);
  return (
    [...event.guests.values()].find(
      (guest) =>
        guest.key === identifier ||
        guest.tickets.some((ticket) => ticket.key === identifier || ticket.id === identifier),
    ) ?? null
  );
}

function findByEmail(world: World, event: SimEvent, email: string): SimGuest | null {
  const wanted = storedEmail(world, email);
  for (const guest of event.guests.values()) if (guest.email === wanted) return guest;
  return null;
}

function storedEmail(world: World, email: string): string {
  const { emailCase, emailHost } = world.settings.guests;
  const inCase = emailCase === 'lower' ? email.trim().toLowerCase() : email;
  const at = inCase.lastIndexOf('@') + 1;
  return emailHost === 'letters' ? inCase.slice(0, at) + domainToUnicode(inCase.slice(at)) : inCase;
}

/** Somebody changes the address of their account: the entry stays, and shows under the new one. */
export function changeEmail(world: World, guest: SimGuest, email: string): void {
  guest.email = storedEmail(world, email);
}

function newGuest(world: World, event: SimEvent, email: string, name: string | null | undefined): SimGuest {
  const user = world.userFor(storedEmail(world, email), name ?? null);
  const guest: SimGuest = {
    id: world.ids.next('gst-'),
    key: world.ids.next('g-'),
    userId: user.id,
    email: user.email,
    name: name ?? user.name,
    firstName: user.firstName,
    lastName: user.lastName,
    phone: null,
    status: 'invited',
    createdAt: world.nowIso(),
    invitedAt: null,
    registeredAt: null,
    joinedAt: null,
    utmSource: null,
    answers: [],
    tickets: [],
    adds: 0,
  };
  event.guests.set(guest.id, guest);
  return guest;
}

function issueTickets(world: World, guest: SimGuest, types: SimTicketType[]) {
  const issued = types.map((type) => ({
    id: world.ids.next('tkt-'),
    key: world.ids.next('t-'),
    ticketTypeId: type.id,
    name: type.name,
    amount: type.type === 'paid' ? (type.cents ?? 0) : 0,
    currency: type.type === 'paid' ? (type.currency ?? 'usd') : null,
    checkedInAt: null,
  }));
  guest.tickets.push(...issued);
  return issued;
}

/** `guest.registered`, `guest.updated` beside it, and one `ticket.registered` for each ticket (documented). */
function announceRegistration(
  world: World,
  event: SimEvent,
  guest: SimGuest,
  issued: ReturnType<typeof issueTickets>,
  cause: Cause,
): void {
  world.announce(event.calendarId, 'guest.registered', () => toWebhookGuest(world, event, guest), cause);
  announceChange(world, event, guest, cause);
  for (const ticket of issued)
    world.announce(event.calendarId, 'ticket.registered', () => toWebhookTicket(world, event, guest, ticket), cause);
}
