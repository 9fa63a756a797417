import type { Clock } from '../clock.js';
import { ApiError, noAccess } from '../http-error.js';
import type { Random } from '../random.js';
import type { SimSettings } from '../settings.js';
import { type PendingAdd, scheduleAdd } from './guests.js';
import { Ids } from './ids.js';
import { type Actor, MailCount, type MailCountMemory, type MailKind } from './mails.js';
import type { SimCalendar, SimEvent, SimUser } from './records.js';
import { spoil } from './spoiling.js';

/** Told of everything that Luma would send a webhook for. */
export type Announce = (calendar: SimCalendar, type: string, data: object) => void;

/** How a change came about: who made it, and whether Luma stays silent about it (a delivery that never comes). */
export interface Cause {
  by: Actor;
  isSilent?: boolean | undefined;
}

export interface NewCalendar {
  id?: string | undefined;
  name?: string | undefined;
  slug?: string | null | undefined;
  apiKeys?: string[] | undefined;
  isPlanActive?: boolean | undefined;
}

/** All that a world holds, as plain data. */
export interface WorldMemory {
  calendars: Map<string, SimCalendar>;
  events: Map<string, SimEvent>;
  users: Map<string, SimUser>;
  foreignSlugs: Set<string>;
  pendingAdds: Set<PendingAdd>;
  mails: MailCountMemory;
  idCount: number;
  counts: World['counts'];
}

/** The simulated Luma's memory. Rules about events and guests live in the files beside this one. */
export class World {
  readonly calendars = new Map<string, SimCalendar>();
  readonly events = new Map<string, SimEvent>();
  readonly users = new Map<string, SimUser>();
  /** Slugs taken by strangers anywhere at Luma. */
  readonly foreignSlugs = new Set<string>();
  /** Guests who are accepted and not yet added. */
  readonly pendingAdds = new Set<PendingAdd>();
  readonly mails = new MailCount();
  readonly ids: Ids;
  readonly counts = { eventsCreated: 0, eventsCanceled: 0, guestAdds: 0, guestsAdded: 0, uploads: 0 };
  readonly clock: Clock;
  readonly random: Random;
  /** Where the simulator itself serves images; covers there count like covers on Luma's host. */
  readonly imageBaseUrl: () => string;
  readonly #settings: () => SimSettings;
  readonly #announce: Announce;

  constructor(options: {
    clock: Clock;
    random: Random;
    /** For ids alone. Default: `random`. */
    idRandom?: Random;
    settings: () => SimSettings;
    announce: Announce;
    imageBaseUrl: () => string;
  }) {
    this.clock = options.clock;
    this.random = options.random;
    this.ids = new Ids(options.idRandom ?? options.random);
    this.#settings = options.settings;
    this.#announce = options.announce;
    this.imageBaseUrl = options.imageBaseUrl;
  }

  get settings(): SimSettings {
    return this.#settings();
  }

  memory(): WorldMemory {
    const { calendars, events, users, foreignSlugs, pendingAdds, counts } = this;
    const idCount = this.ids.count;
    return { calendars, events, users, foreignSlugs, pendingAdds, mails: this.mails.memory(), idCount, counts };
  }

  /** Takes what another world held. Made for a world that holds nothing yet. */
  restore(memory: WorldMemory): void {
    for (const [id, calendar] of memory.calendars) this.calendars.set(id, calendar);
    for (const [id, event] of memory.events) this.events.set(id, event);
    for (const [email, user] of memory.users) this.users.set(email, user);
    for (const slug of memory.foreignSlugs) this.foreignSlugs.add(slug);
    this.mails.restore(memory.mails);
    this.ids.restore(memory.idCount);
    Object.assign(this.counts, memory.counts);
    for (const add of memory.pendingAdds) scheduleAdd(this, add);
  }

  nowIso(): string {
    return new Date(this.clock.now()).toISOString();
  }

  announce(calendarId: string, type: string, data: () => object, cause: Cause): void {
    const calendar = this.calendars.get(calendarId);
    if (calendar === undefined || cause.isSilent === true) return;
    if (cause.by === 'api' && !this.settings.webhooks.doOwnCallsTrigger) return;
    const of = type.startsWith('event.') ? 'event' : 'guest';
    this.#announce(calendar, type, spoil(this.settings, of, data()));
  }

  mail(kind: MailKind, eventId: string, to: string, cause: Cause): void {
    this.mails.add({ at: this.nowIso(), kind, by: cause.by, eventId, to });
  }

  addCalendar(input: NewCalendar): SimCalendar {
    const id = input.id ?? this.ids.next('cal-');
    const calendar: SimCalendar = {
      id,
      name: input.name ?? 'Calendar',
      slug: input.slug ?? null,
      apiKeys: input.apiKeys ?? [`secret-${this.ids.text(32)}`],
      isPlanActive: input.isPlanActive ?? true,
      owner: this.userFor(`owner-${this.calendars.size + 1}@calendar.example`, 'Owner'),
      webhooks: [],
      coupons: [],
      listings: [],
    };
    this.calendars.set(id, calendar);
    return calendar;
  }

  findCalendarByKey(apiKey: string): SimCalendar | null {
    return [...this.calendars.values()].find((calendar) => calendar.apiKeys.includes(apiKey)) ?? null;
  }

  /** The event, if this calendar manages it; otherwise Luma's one answer for all other cases. */
  managedEvent(calendar: SimCalendar, eventId: string): SimEvent {
    const event = this.events.get(eventId);
    if (event === undefined || event.calendarId !== calendar.id) throw noAccess();
    return event;
  }

  findBySlug(slug: string): { event: SimEvent } | { calendar: SimCalendar } | { foreign: string } | null {
    for (const event of this.events.values()) if (event.slug === slug) return { event };
    for (const calendar of this.calendars.values()) if (calendar.slug === slug) return { calendar };
    return this.foreignSlugs.has(slug) ? { foreign: slug } : null;
  }

  claimSlug(wanted: string | undefined, except?: SimEvent): string {
    if (wanted === undefined) return this.ids.slug();
    const holder = this.findBySlug(wanted);
    if (holder !== null && !('event' in holder && holder.event === except)) {
      throw new ApiError(400, this.settings.texts.slugTaken);
    }
    return wanted;
  }

  /** One user for each address, as at Luma. */
  userFor(email: string, name?: string | null): SimUser {
    const known = this.users.get(email);
    if (known !== undefined) return known;
    const words = (name ?? '').trim().split(/\s+/).filter(Boolean);
    const user: SimUser = {
      id: this.ids.next('usr-'),
      email,
      name: name ?? null,
      firstName: words[0] ?? null,
      lastName: words.slice(1).join(' ') || null,
      avatarUrl: 'https://cdn.lu.ma/avatars-default/avatar_1.png',
    };
    this.users.set(email, user);
    return user;
  }
}
