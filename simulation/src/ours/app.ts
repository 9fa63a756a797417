import {
  type AppPersonInput,
  applySubmitted,
  changedColumns,
  type DecisionPlan,
  eventLinks,
  isMoved,
  isSubmitted,
  planApproval,
  planCancellation,
  type QuietCancelMode,
  type RsvpStatus,
  type SUBMITTED_COLUMNS,
  toSubmitted,
} from '@luma-sync/domain';
import type { VirtualTime } from '../virtual-time.js';
import { AppRsvps, type PutRsvpOutcome } from './app-rsvps.js';
import type { Operations } from './operations.js';
import type { EventRow, Tables } from './tables.js';

/** An event as an app of a run submits it: routing chooses the calendar. */
export type AppEvent = Omit<Pick<EventRow, (typeof SUBMITTED_COLUMNS)[number]>, 'calendarId' | 'organizationId'>;

/** The app's part of an event. */
export function toAppEvent(row: EventRow): AppEvent {
  const { title, descriptionMd, startsAt, endsAt, timezone, meetingUrl, coverUrl, visibility, capacity, tags } = row;
  const { locationType, locationName, locationAddress, locationLat, locationLng } = row;
  return {
    ...{ title, descriptionMd, startsAt, endsAt, timezone, meetingUrl, coverUrl, visibility, capacity, tags },
    ...{ locationType, locationName, locationAddress, locationLat, locationLng },
  };
}

/** What `/v1` does to Postgres: the app's events and answers, each with the push it needs. */
export class App {
  readonly #rsvps: AppRsvps;

  constructor(
    private readonly tables: Tables,
    private readonly operations: Operations,
    private readonly time: VirtualTime,
  ) {
    this.#rsvps = new AppRsvps(tables, operations, time);
  }

  findEvent(key: string): EventRow | undefined {
    for (const event of this.tables.events.values()) if (event.externalId === key || event.id === key) return event;
    return undefined;
  }

  /**
   * As `putEvent`: what the app repeats is no edit, whatever happened at Luma since. @returns whether anything changed.
   */
  putEvent(key: string, body: AppEvent): boolean {
    const known = this.findEvent(key);
    if (known === undefined) {
      this.#createEvent(key, { ...body, calendarId: null, organizationId: null });
      return true;
    }
    const { calendarId, organizationId } = known;
    const said = { ...body, calendarId, organizationId };
    const wanted = applySubmitted<typeof said>(known, known.stated, said);
    const changed = changedColumns(known, wanted);
    if (changed.length === 0) {
      if (!isSubmitted(known.stated, said)) known.stated = toSubmitted(said);
      return false;
    }
    if (known.approval === 'cancelled') return false;
    const forgotten = isMoved(changed) ? { locationCity: null, locationCountry: null } : {};
    Object.assign(known, { ...wanted, ...forgotten, stated: toSubmitted(said), revision: known.revision + 1 });
    this.#note(known.id, `revision ${known.revision}: ${changed.join(', ')} changed`);
    this.#push(known.id);
    return true;
  }

  #createEvent(key: string, said: AppEvent & Pick<EventRow, 'calendarId' | 'organizationId'>): void {
    const id = this.tables.newId();
    this.tables.events.set(id, {
      ...{ ...said, id, externalId: key, source: 'app', ownership: 'created', approval: 'approved' },
      ...{ revision: 1, url: null, cancelMode: null, cancelledAt: null, stated: toSubmitted(said) },
    });
    this.#note(id, 'created');
    this.#push(id);
  }

  /** As `approveEvent`. @returns whether anything changed. */
  approveEvent(key: string): boolean {
    return this.#decide(key, (event, eventId) => planApproval(event, this.tables.eventLinks.get(eventId) ?? null));
  }

  /** As `cancelEvent`. @returns whether anything changed. */
  cancelEvent(key: string, mode: QuietCancelMode): boolean {
    return this.#decide(key, (event, eventId) =>
      planCancellation(event, this.tables.eventLinks.get(eventId) ?? null, mode, this.time.date()),
    );
  }

  #decide(key: string, planOf: (event: EventRow, eventId: string) => DecisionPlan): boolean {
    const event = this.findEvent(key);
    if (event === undefined) return false;
    const plan = planOf(event, event.id);
    if (plan.kind !== 'decide') return false;
    Object.assign(event, plan.change, { revision: event.revision + 1 });
    this.#note(event.id, `revision ${event.revision}: ${event.approval}`);
    if (plan.isPushed) this.#push(event.id);
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

  /** As `requestEventPush`. */
  #push(eventId: string): void {
    const link = this.tables.eventLinks.get(eventId);
    if (link !== undefined) this.tables.eventLinks.set(eventId, { ...link, ...eventLinks.requestEventPush(link) });
    const inMs = eventLinks.gatherEditsMs(link !== undefined, 'api');
    this.operations.enqueue('event.push', { eventId }, { trigger: 'api', actor: 'app', inMs });
  }

  #note(recordId: string, message: string): void {
    this.tables.note({ recordType: 'event', recordId, kind: 'decided', message });
  }
}
