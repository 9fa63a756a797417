import type { AppPersonInput, RsvpStatus } from '@luma-sync/domain';
import type { VirtualTime } from '../virtual-time.js';
import { AppRsvps, type PutRsvpOutcome } from './app-rsvps.js';
import type { Operations } from './operations.js';
import type { EventRow, Tables } from './tables.js';

/** The columns of an event that an app states. */
const APP_COLUMNS = [
  'title',
  'descriptionMd',
  'startsAt',
  'endsAt',
  'timezone',
  'locationType',
  'locationName',
  'locationAddress',
  'locationLat',
  'locationLng',
  'meetingUrl',
  'visibility',
  'capacity',
] as const satisfies readonly (keyof EventRow)[];
type Column = (typeof APP_COLUMNS)[number];
export type AppEvent = Pick<EventRow, Column>;

/** Without what is ours. */
export const toAppEvent = (row: AppEvent): AppEvent =>
  Object.fromEntries(APP_COLUMNS.map((column) => [column, row[column]])) as unknown as AppEvent;

/** As `requestEventPush`. */
const EDITS_GATHER_MS = 1_000;

const UNITS: readonly (readonly Column[])[] = [
  ['locationType', 'locationName', 'locationAddress', 'locationLat', 'locationLng'],
  ['startsAt', 'endsAt', 'timezone'],
];
const toJson = (value: unknown): unknown => (value instanceof Date ? value.toISOString() : value);
const isSame = (a: unknown, b: unknown): boolean => toJson(a) === toJson(b);

/** What `/v1` does to Postgres: the app's events and answers, each with the push it needs. */
export class App {
  readonly #rsvps: AppRsvps;

  constructor(
    private readonly tables: Tables,
    private readonly operations: Operations,
    time: VirtualTime,
  ) {
    this.#rsvps = new AppRsvps(tables, operations, time);
  }

  findEvent(key: string): EventRow | undefined {
    for (const event of this.tables.events.values()) if (event.externalId === key || event.id === key) return event;
    return undefined;
  }

  /** As `putEvent`: what the app repeats is no edit, whatever happened at Luma since. @returns whether anything changed. */
  putEvent(key: string, said: AppEvent): boolean {
    const known = this.findEvent(key);
    const stated = Object.fromEntries(APP_COLUMNS.map((column) => [column, toJson(said[column])]));
    if (known === undefined) {
      const id = this.tables.newId();
      this.tables.events.set(id, {
        ...said,
        id,
        externalId: key,
        source: 'app',
        ownership: 'created',
        approval: 'approved',
        calendarId: null,
        revision: 1,
        coverUrl: null,
        tags: [],
        url: null,
        stated,
      });
      this.#note('event', id, 'created');
      this.#push(id);
      return true;
    }
    const isRepeated = (column: Column): boolean => {
      const unit = UNITS.find((columns) => columns.includes(column)) ?? [column];
      return unit.every((member) => known.stated !== null && known.stated[member] === toJson(said[member]));
    };
    const changed = APP_COLUMNS.filter((column) => !isRepeated(column) && !isSame(known[column], said[column]));
    if (changed.length > 0 && known.approval === 'cancelled') return false;
    known.stated = stated;
    if (changed.length === 0) return false;
    for (const column of changed) (known as unknown as Record<string, unknown>)[column] = said[column];
    known.revision += 1;
    this.#note('event', known.id, `revision ${known.revision}: ${changed.join(', ')} changed`);
    this.#push(known.id);
    return true;
  }

  /** As `cancelEvent` and `approveEvent`. @returns whether anything changed. */
  decideEvent(key: string, approval: 'approved' | 'cancelled'): boolean {
    const event = this.findEvent(key);
    if (event === undefined || event.approval === approval) return false;
    event.approval = approval;
    event.revision += 1;
    this.#note('event', event.id, `revision ${event.revision}: ${approval}`);
    this.#push(event.id);
    return true;
  }

  /**
   * As `putRsvp`. The app of a run verifies addresses before it sends them.
   *
   * @returns `unknown-event` without such an event.
   */
  putRsvp(
    eventKey: string,
    personKey: string,
    person: AppPersonInput,
    status: RsvpStatus,
  ): PutRsvpOutcome | 'unknown-event' {
    const event = this.findEvent(eventKey);
    if (event === undefined) return 'unknown-event';
    return this.#rsvps.put(event, personKey, { emailVerified: true, ...person }, status);
  }

  #push(eventId: string): void {
    const link = this.tables.eventLinks.get(eventId);
    if (link !== undefined && link.state !== 'source_deleted')
      Object.assign(link, { state: 'pending_push', lastError: null });
    const inMs = link === undefined ? 0 : EDITS_GATHER_MS;
    this.operations.enqueue('event.push', { eventId }, { trigger: 'api', actor: 'app', inMs });
  }

  #note(recordType: 'event' | 'rsvp', recordId: string, message: string): void {
    this.tables.note({ recordType, recordId, kind: 'decided', message });
  }
}
