import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { EventInput } from '@luma-sync/client';
import pLimit, { type LimitFunction } from 'p-limit';
import type { Environment } from '../environment/open-environment.js';
import { patiently, type Told } from '../environment/patience.js';
import type { Act, EventEdit, Load } from '../plan/load.js';
import { emailAsTyped, emailOf, eventKey, nameOf, startOf, titleOf } from '../plan/names.js';
import { type Book, guestKey } from './book.js';
import { edited, toEvent, toHostEvent } from './to-event.js';

/** How long one command is repeated. Longer than any outage of a run. */
const PATIENCE_MS = 180_000;
/** How long somebody at Luma waits for the event, or the guest, to be there at all. */
const THERE_LIMIT_MS = 45_000;

/**
 * Carries the load out: in time where that is possible, in order within each chain. Returns when every act has ended.
 */
export async function playLoad(load: Load, environment: Environment, book: Book, signal: AbortSignal): Promise<void> {
  const player = new Player(load, environment, book);
  const startedAt = performance.now();
  const chains = new Map<string, Promise<void>>();
  for (const { atMs, chain, act } of load.acts) {
    const waitMs = startedAt + atMs - performance.now();
    if (waitMs > 0) await pause(waitMs, undefined, { signal }).catch(() => {});
    if (signal.aborted) break;
    const before = chains.get(chain) ?? Promise.resolve();
    chains.set(
      chain,
      before.then(() => (signal.aborted ? undefined : player.play(act))),
    );
  }
  await Promise.all(chains.values());
}

type Attempt<T> = (call: { idempotencyKey: string }) => Promise<T>;

class Player {
  readonly #limit: LimitFunction;
  readonly #bodies = new Map<number, EventInput>();
  readonly #shifts = new Map<number, number>();

  constructor(
    load: Load,
    private readonly environment: Environment,
    private readonly book: Book,
  ) {
    this.#limit = pLimit(load.concurrency);
    for (const { number } of load.events) this.#bodies.set(number, toEvent(number));
  }

  async play(act: Act): Promise<void> {
    switch (act.kind) {
      case 'put-event':
        return this.#putEvent(act.event, act.edit);
      case 'put-rsvp':
      case 'decide':
        return this.#answer(act);
      case 'pull-guests':
        // An event that is not at Luma yet has no guests there, and luma-sync says so.
        if ((await this.#findAtLuma(act.event)) === null) return;
        return this.#command('pull-guests', (call) => this.environment.app.guests.pull(eventKey(act.event), {}, call));
      case 'pull-calendar':
        return this.#command('pull-calendar', (call) =>
          this.environment.app.calendars.pull(this.environment.calendarId, call),
        );
      case 'check-drift':
        return this.#command('check-drift', (call) =>
          this.environment.app.driftChecks.start(this.environment.calendarId, call),
        );
      case 'register':
        return this.#register(act);
      case 'decline-at-luma':
      case 'check-in':
        return this.#changeAtLuma(act);
      case 'host-edit':
        return this.#hostEdit(act);
      case 'host-create':
        this.book.begunAtLuma.push((await this.environment.luma.createEvent(toHostEvent(act.number))).id);
    }
  }

  async #putEvent(event: number, edit: EventEdit): Promise<void> {
    const body = edited(event, this.#bodies.get(event) ?? toEvent(event), edit);
    this.#bodies.set(event, body);
    this.book.counts.eventCommands += 1;
    const told = await this.#tell(`event ${event}`, (call) =>
      this.environment.app.events.put(eventKey(event), body, call),
    );
    if (told.kind === 'accepted') this.book.events.set(event, { body, isSure: true });
    else if (told.kind === 'unknown') this.book.events.set(event, { body, isSure: false });
  }

  async #answer({ kind, event, person, status }: Extract<Act, { kind: 'put-rsvp' | 'decide' }>): Promise<void> {
    this.book.counts.rsvpCommands += 1;
    // The answers to an event that the app has not created are an app's own mistake, not what is tried here.
    await this.#untilSaid(event);
    const { rsvps } = this.environment.app;
    const body = { name: nameOf(person), email: emailAsTyped(person), emailVerified: true, status };
    const told = await this.#tell(
      `RSVP ${event} ${person}`,
      (call): Promise<unknown> =>
        kind === 'decide'
          ? rsvps.decide(eventKey(event), person, status, call)
          : rsvps.put(eventKey(event), person, body, call),
    );
    if (told.kind !== 'refused') this.book.noteRsvp(guestKey(event, person), kind, status, told.kind === 'accepted');
  }

  async #command(what: string, attempt: Attempt<unknown>): Promise<void> {
    this.book.counts.otherCommands += 1;
    await this.#tell(what, attempt);
  }

  /** One key for all attempts: one that was held up and arrives late must not take back what was said since. */
  async #tell<T>(what: string, attempt: Attempt<T>): Promise<Told<T>> {
    const idempotencyKey = randomUUID();
    const told = await this.#limit(() =>
      patiently(() => attempt({ idempotencyKey }), {
        limitMs: PATIENCE_MS,
        onRepeat: (reason) => this.book.noteRepeat(reason),
      }),
    );
    if (told.kind === 'refused') this.book.refused.push(`${what}: ${told.error.message}`);
    if (told.kind === 'unknown') this.book.counts.unknown += 1;
    return told;
  }

  async #register({ event, people }: Extract<Act, { kind: 'register' }>): Promise<void> {
    const lumaEventId = await this.#findAtLuma(event);
    if (lumaEventId === null) return;
    await this.environment.luma.register(
      lumaEventId,
      people.map((person) => ({ email: emailOf(person), name: nameOf(person) })),
    );
    for (const person of people) this.book.registered.add(guestKey(event, person));
  }

  async #changeAtLuma({ kind, event, person }: Extract<Act, { kind: 'decline-at-luma' | 'check-in' }>): Promise<void> {
    const lumaEventId = await this.#findAtLuma(event);
    if (lumaEventId === null) return;
    const change = kind === 'check-in' ? { isCheckedIn: true } : { status: 'declined' };
    const isDone = await this.#inTime(() => this.environment.luma.changeGuest(lumaEventId, emailOf(person), change));
    if (isDone === null) return;
    (kind === 'check-in' ? this.book.checkedIn : this.book.declinedAtLuma).add(guestKey(event, person));
  }

  async #hostEdit({ event, edit, isSilent }: Extract<Act, { kind: 'host-edit' }>): Promise<void> {
    const lumaEventId = await this.#findAtLuma(event);
    if (lumaEventId === null) return;
    if (edit.title !== undefined)
      await this.environment.luma.changeEvent(lumaEventId, {
        name: titleOf(event, edit.title, 'host'),
        silent: isSilent,
      });
    if (edit.shiftHours === undefined) return;
    const shiftHours = (this.#shifts.get(event) ?? 0) + edit.shiftHours;
    this.#shifts.set(event, shiftHours);
    const moved = { startsAt: startOf(event, shiftHours), endsAt: startOf(event, shiftHours + 2) };
    await this.environment.luma.changeEvent(lumaEventId, {
      start_at: moved.startsAt.toISOString(),
      end_at: moved.endsAt.toISOString(),
      silent: isSilent,
    });
    this.book.movedTo.set(event, moved);
  }

  /** Luma's id of an event of the app, once Luma has it. */
  #findAtLuma(event: number): Promise<string | null> {
    return this.#inTime(async () => {
      const [link] = await this.environment.sql.rows<{ id: string | null }>(
        'select l.luma_event_id as id from event_links l join events e on e.id = l.event_id where e.external_id = $1',
        [eventKey(event)],
      );
      return link?.id ?? null;
    });
  }

  async #untilSaid(event: number): Promise<void> {
    await this.#inTime(async () => this.book.events.has(event));
  }

  /** What is not there in time is left out: nobody can say no to an event that does not exist. */
  async #inTime<T>(look: () => Promise<T>): Promise<Exclude<T, false | null> | null> {
    const giveUpAt = performance.now() + THERE_LIMIT_MS;
    while (performance.now() < giveUpAt) {
      const found = await look().catch(() => null);
      if (found !== null && found !== false) return found as Exclude<T, false | null>;
      await pause(250);
    }
    this.book.counts.skipped += 1;
    return null;
  }
}
