import { EVENT_FIELDS } from '@luma-sync/domain';
import { fieldsAtLuma, isEqual, type SimEvent } from '../luma/luma-fields.js';
import { findGuest } from '../luma/witness.js';
import type { Play } from '../play.js';
import type { SaidBySides } from './said.js';
import { description, type Someone, TIMEZONES, VISIBILITIES } from './words.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A host at Luma and the guests there. */
export class LumaSide {
  constructor(
    private readonly play: Play,
    private readonly said: SaidBySides,
    private readonly people: readonly Someone[],
  ) {}

  createEvent(): void {
    const { luma, time, random, trace } = this.play;
    const startsAt = new Date(time.now() + random.whole(30, 90) * DAY_MS);
    const { id } = luma.control.createEvent({
      name: `Luma event ${this.said.nextNumber()}`,
      start_at: startsAt.toISOString(),
      end_at: new Date(startsAt.getTime() + HOUR_MS).toISOString(),
      timezone: 'UTC',
      description_md: description(random, this.said.nextNumber()) ?? '',
    });
    trace.record(() => `host: creates ${id} at Luma`);
  }

  edit(): void {
    const { luma, witness, trace, random } = this.play;
    const event = this.#anyAtLuma();
    if (event === undefined) return;
    const n = this.said.nextNumber();
    const start = new Date(Date.parse(event.startAt) + random.whole(1, 30) * 60_000);
    const change = random.pick<Parameters<typeof luma.control.changeEvent>[1]>([
      { name: `Host title ${n}` },
      { description_md: description(random, n) ?? '' },
      { start_at: start.toISOString(), end_at: new Date(start.getTime() + HOUR_MS).toISOString() },
      { timezone: random.pick(TIMEZONES) },
      { geo_address_json: { type: 'manual', address: `Host street ${n}` } },
      { geo_address_json: null, coordinate: null },
      { coordinate: { latitude: 10 + n / 1_000, longitude: 20 } },
      { meeting_url: `https://meet.example.org/host-${n}` },
      { visibility: random.pick(VISIBILITIES) },
    ]);
    const was = fieldsAtLuma(event);
    luma.control.changeEvent(event.id, change);
    const is = fieldsAtLuma(event);
    const fields = EVENT_FIELDS.filter((field) => !isEqual(was[field], is[field]));
    if (fields.length > 0) this.said.changes.luma += 1;
    witness.hostEdited(event.id, fields);
    for (const field of fields) this.said.push(this.said.host, `${event.id} ${field}`, is[field]);
    trace.record(() => `host: ${event.id} ${JSON.stringify(change)}`);
  }

  register(): void {
    const { luma, witness, trace, random } = this.play;
    const event = this.#anyAtLuma();
    if (event === undefined) return;
    const person = random.pick(this.people);
    const email = person.isLoud ? person.email.toUpperCase() : person.email;
    const known = findGuest(event, email);
    // Who is registered does not register again.
    if (known !== undefined && !['declined', 'invited'].includes(known.status)) return;
    const status = random.pick(['approved', 'approved', 'pending_approval', 'waitlist', 'invited', 'session'] as const);
    const guest = {
      email,
      name: random.chance(0.8) ? person.name : null,
      ...(random.chance(0.5) ? { phone: person.phone } : {}),
    };
    const { guests } = luma.control.registerGuests(event.id, { guests: [guest], status, tickets: random.whole(1, 3) });
    this.#decided(event, guests[0]?.id, status);
    witness.decidedAtLuma(guests[0]?.id ?? '');
    trace.record(() => `guest: ${email} registers at ${event.id} as ${status}`);
  }

  decide(): void {
    const { luma, witness, trace, random } = this.play;
    const event = this.#anyAtLuma();
    const guests = [...(event?.guests.values() ?? [])];
    if (event === undefined || guests.length === 0) return;
    const guest = random.pick(guests);
    const status = random.pick(['approved', 'declined', 'declined', 'waitlist', 'pending_approval'] as const);
    if (guest.status === status) return;
    luma.control.changeGuest(event.id, guest.id, { status });
    witness.decidedAtLuma(guest.id);
    this.#decided(event, guest.id, status);
    trace.record(() => `host: ${guest.email} at ${event.id} is ${status}`);
  }

  checkIn(): void {
    const event = this.#anyAtLuma();
    const guests = [...(event?.guests.values() ?? [])].filter(({ tickets }) => tickets.length > 0);
    if (event === undefined || guests.length === 0) return;
    const guest = this.play.random.pick(guests);
    this.play.luma.control.changeGuest(event.id, guest.id, { isCheckedIn: true });
    this.play.trace.record(() => `host: ${guest.email} is checked in at ${event.id}`);
  }

  removeGuest(): void {
    const event = this.#anyAtLuma();
    const guests = [...(event?.guests.values() ?? [])];
    if (event === undefined || guests.length === 0) return;
    const guest = this.play.random.pick(guests);
    this.play.luma.control.removeGuest(event.id, guest.id);
    this.said.removedGuests.add(`${event.id} ${guest.email.toLowerCase()}`);
    this.said.removedGuests.add(guest.id);
    this.play.trace.record(() => `host: removes ${guest.email} from ${event.id}, and nothing tells of it`);
  }

  removeEvent(): void {
    const event = this.#anyAtLuma();
    if (event === undefined) return;
    this.play.luma.control.removeEvent(event.id);
    for (const { id } of event.guests.values()) this.said.removedGuests.add(id);
    this.play.trace.record(() => `host: removes ${event.id}`);
  }

  #decided(event: SimEvent, guestId: string | undefined, status: string): void {
    if (guestId === undefined) return;
    this.said.changes.luma += 1;
    this.said.push(this.said.host, `${event.id} ${guestId}`, status);
  }

  #anyAtLuma(): SimEvent | undefined {
    const events = [...this.play.luma.world.events.values()];
    return events.length === 0 ? undefined : this.play.random.pick(events);
  }
}
