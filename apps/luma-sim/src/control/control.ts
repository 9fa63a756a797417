import type { FaultInput } from '../faults.js';
import { ApiError } from '../http-error.js';
import type { Parts } from '../parts.js';
import { changeSettings, type SimSettings } from '../settings.js';
import { createEvent, removeEvent, updateEvent } from '../state/events.js';
import { announceChange, changeEmail, changeStatus, checkIn, registerAtLuma } from '../state/guests.js';
import type { SimCalendar, SimEvent, SimGuest } from '../state/records.js';
import type { Cause } from '../state/world.js';
import * as bodies from './bodies.js';
import { toCounters } from './counters.js';
import { toEventState, toGuestState, toState } from './state.js';

/**
 * What a test, a demo or a person may do to the played Luma: look inside, be a host or a guest there, break things. The
 * same verbs stand behind `/_sim/...`. Every method that takes an id throws an `ApiError` 404 when there is no such
 * thing.
 */
export class SimControl {
  readonly #parts: Parts;
  readonly #restart: () => void;

  constructor(parts: Parts, restart: () => void) {
    this.#parts = parts;
    this.#restart = restart;
  }

  state = (calendarId?: string) => toState(this.#parts, calendarId);
  counters = () => toCounters(this.#parts);
  log = (query: unknown = {}) => this.#parts.log.find(bodies.logQuerySchema.parse(query));
  /** Requests outside of Luma's document: how many, and the newest of them. */
  outside = () => ({ count: this.#parts.outside.count, entries: this.#parts.outside.entries });
  mails = () => this.#parts.world.mails.list();
  deliveries = () => this.#parts.sender.list();
  settings = (): SimSettings => this.#parts.settings;
  faults = () => this.#parts.faults.list();

  changeSettings(change: unknown): SimSettings {
    this.#parts.settings = changeSettings(this.#parts.settings, change);
    return this.#parts.settings;
  }

  layFault(fault: FaultInput): { id: string } {
    return { id: this.#parts.faults.lay(fault) };
  }

  liftFaults(id?: string): { lifted: number } {
    return { lifted: this.#parts.faults.lift(id) };
  }

  addCalendar(body: bodies.NewCalendarBody): { id: string; apiKeys: string[] } {
    const { id, apiKeys } = this.#parts.world.addCalendar(bodies.newCalendarSchema.parse(body));
    return { id, apiKeys };
  }

  changeCalendar(id: string, body: bodies.CalendarChangeBody): { id: string } {
    const { apiKeys, isPlanActive, name, slug } = bodies.calendarChangeSchema.parse(body);
    const calendar = this.#calendar(id);
    calendar.apiKeys = apiKeys ?? calendar.apiKeys;
    calendar.isPlanActive = isPlanActive ?? calendar.isPlanActive;
    calendar.name = name ?? calendar.name;
    if (slug !== undefined) calendar.slug = slug;
    return { id };
  }

  /** Slugs that strangers hold. */
  reserveSlugs(body: unknown): { reserved: number } {
    const { slugs } = bodies.foreignSlugsSchema.parse(body);
    for (const slug of slugs) this.#parts.world.foreignSlugs.add(slug);
    return { reserved: this.#parts.world.foreignSlugs.size };
  }

  /** Someone else spends from a calendar's budget. */
  addForeignTraffic(body: unknown): { refused: number } {
    const { calendarId, requests, method } = bodies.foreignTrafficSchema.parse(body);
    const budget = this.#parts.budgetOf(this.#calendar(calendarId).id);
    let refused = 0;
    for (let request = 0; request < requests; request += 1) {
      if (!budget.arrive(this.#parts.clock.now(), method).isAllowed) refused += 1;
    }
    return { refused };
  }

  /** A host makes an event on Luma's own page; on the first calendar unless one is named. */
  createEvent(body: bodies.HostEventBody) {
    const { calendarId, silent, ...input } = bodies.hostEventSchema.parse(body);
    const calendar =
      calendarId === undefined ? [...this.#parts.world.calendars.values()][0] : this.#calendar(calendarId);
    if (calendar === undefined) throw new ApiError(404, 'No calendar.');
    return toEventState(createEvent(this.#parts.world, calendar, input, cause(silent)));
  }

  changeEvent(id: string, body: bodies.HostChangeBody) {
    const { silent, ...input } = bodies.hostChangeSchema.parse(body);
    const event = this.#event(id);
    updateEvent(this.#parts.world, event, { ...input, event_id: id }, cause(silent));
    return toEventState(event);
  }

  removeEvent(id: string, options: { silent?: boolean | undefined } = {}): { removed: string } {
    removeEvent(this.#parts.world, this.#event(id), cause(options.silent));
    return { removed: id };
  }

  registerGuests(eventId: string, body: bodies.RegistrationsBody) {
    const { guests, count, emailPrefix, status, tickets, isCheckedIn, silent } = bodies.registrationsSchema.parse(body);
    const event = this.#event(eventId);
    const people =
      guests ??
      Array.from({ length: count ?? 1 }, (_none, index) => ({
        email: `${emailPrefix}-${index + 1}@example.org`,
        name: `Guest ${index + 1}`,
      }));
    const registered = people.map((person) =>
      registerAtLuma(this.#parts.world, event, { ...person, status, tickets, isCheckedIn }, cause(silent)),
    );
    return { guests: registered.map(toGuestState) };
  }

  changeGuest(eventId: string, guestId: string, body: bodies.GuestChangeBody) {
    const { status, isCheckedIn, email, name, phone, silent } = bodies.guestChangeSchema.parse(body);
    const { event, guest } = this.#guest(eventId, guestId);
    if (email !== undefined) changeEmail(this.#parts.world, guest, email);
    if (name !== undefined) guest.name = name;
    if (phone !== undefined) guest.phone = phone;
    if (status !== undefined) changeStatus(this.#parts.world, event, guest, status);
    if (isCheckedIn === true) checkIn(this.#parts.world, guest);
    if (isCheckedIn === false) for (const ticket of guest.tickets) ticket.checkedInAt = null;
    announceChange(this.#parts.world, event, guest, cause(silent));
    return toGuestState(guest);
  }

  /** A host removes a guest on Luma's own page: no webhook tells of it (reported). */
  removeGuest(eventId: string, guestId: string): { removed: string } {
    const { event, guest } = this.#guest(eventId, guestId);
    event.guests.delete(guest.id);
    return { removed: guest.id };
  }

  redeliver(body: unknown): { sent: number } {
    const { id, copies } = bodies.redeliverSchema.parse(body);
    return { sent: this.#parts.sender.redeliver(id, copies) };
  }

  release(body: unknown = {}): { released: number } {
    return { released: this.#parts.sender.release(bodies.releaseSchema.parse(body).order) };
  }

  /** Back to how it started: calendars of the start, no events, counts at zero, settings and faults as at the start. */
  reset(): { reset: true } {
    this.#restart();
    return { reset: true };
  }

  #calendar(id: string): SimCalendar {
    const calendar = this.#parts.world.calendars.get(id);
    if (calendar === undefined) throw new ApiError(404, `No calendar ${id}.`);
    return calendar;
  }

  #event(id: string): SimEvent {
    const event = this.#parts.world.events.get(id);
    if (event === undefined) throw new ApiError(404, `No event ${id}.`);
    return event;
  }

  #guest(eventId: string, guestId: string): { event: SimEvent; guest: SimGuest } {
    const event = this.#event(eventId);
    const guest = event.guests.get(guestId) ?? [...event.guests.values()].find(({ email }) => email === guestId);
    if (guest === undefined) throw new ApiError(404, `No guest ${guestId} at ${eventId}.`);
    return { event, guest };
  }
}

const cause = (silent: boolean | undefined): Cause => ({ by: 'luma', isSilent: silent });
