import { EVENT_FIELDS, type EventField, isSameEventField } from '@luma-sync/domain';
import type { InProcessLuma, InProcessRequest } from '@luma-sync/luma-sim';
import { FRESH_LOOK_MS } from '@luma-sync/sync';
import type { ProcessRun } from '../ours/process-run.js';
import { fieldsAtLuma, isEqual, namedFields, type SimEvent, type SimGuest } from './luma-fields.js';

/** What the two sides did to the records at Luma, as seen inside Luma. The invariants read it. */

/** A host's value that one of our requests replaced without this run having seen it. */
export interface Overwritten {
  lumaEventId: string;
  field: EventField;
  value: unknown;
}

/**
 * A value that a request of ours brought over a host's word although a repeat of it had brought it before: nobody can
 * tell it from a host's.
 */
export interface LateWord {
  value: unknown;
  at: number;
}

interface Author {
  by: 'us' | 'luma';
  at: number;
}

interface Counts {
  requests: number;
  writes: number;
  /** Writes that changed nothing and that nothing but our own earlier push explains. */
  echoes: string[];
  /** Declined at Luma, seen by us, and approved again. */
  undone: string[];
  overwritten: Overwritten[];
}

/** What our side knows, by its stored bases. */
export interface Known {
  /** What Luma last showed us of a field. */
  field(lumaEventId: string, field: EventField): unknown;
  /** When we last saw an event whole, as far as it is stored; milliseconds. */
  seenAt(lumaEventId: string): number;
  /** Whether we take a guest's refusal for our own: nothing showed us that anybody else decided since. */
  isOurRefusal(lumaGuestId: string): boolean;
}

/** How long before a write its look may be: what a push takes for fresh, and the two ways there. */
const LOOK_COUNTS_MS = FRESH_LOOK_MS + 2_000;

export class Witness {
  readonly counts: Counts = { requests: 0, writes: 0, echoes: [], undone: [], overwritten: [] };
  /** Records whose last run went wrong: what follows may be a repeat. */
  readonly #troubled = new Set<string>();
  readonly #fields = new Map<string, Author>();
  readonly #statuses = new Map<string, Author>();
  /** What our requests brought, by event and field, and when. */
  readonly #brought = new Map<string, LateWord[]>();
  /** Those of them that came over a host's word, by event and field. */
  readonly lateWords = new Map<string, LateWord[]>();
  /** When any run last read an event. */
  readonly #readAt = new Map<string, number>();
  /**
   * Host's words, by event, field and moment, that were replaced before anybody read the event by a request which had
   * left before they were said.
   */
  readonly lostWords = new Set<string>();
  /** Whom the app spoke of since we last sent them. */
  readonly #answered = new Set<string>();
  /** Events our side created and that stood when the next was, by our id. */
  readonly created = new Map<string, string[]>();

  constructor(
    private readonly luma: InProcessLuma,
    private readonly now: () => number,
    private readonly known: Known,
  ) {}

  /** A host changed these fields on Luma's own page. */
  hostEdited(lumaEventId: string, fields: readonly EventField[]): void {
    for (const field of fields) this.#fields.set(`${lumaEventId} ${field}`, { by: 'luma', at: this.now() });
  }

  /** A guest or host decided at Luma. */
  decidedAtLuma(guestId: string): void {
    this.#statuses.set(guestId, { by: 'luma', at: this.now() });
  }

  /** The app said something new of this person: what we send of them next has a reason, whatever Luma holds. */
  appAnswered(lumaEventId: string, email: string): void {
    this.#answered.add(`${lumaEventId} ${email}`);
  }

  /** A run about this record, by our id, went wrong. */
  troubled(record: string): void {
    this.#troubled.add(record);
  }

  settled(record: string): void {
    this.#troubled.delete(record);
  }

  /** Lets a request do its work and notes what it did. */
  arrive(
    run: ProcessRun,
    request: InProcessRequest,
    sentAt: number,
    work: () => { status: number; text: string },
  ): { status: number; text: string } {
    this.counts.requests += 1;
    if (request.method === 'GET') {
      const answer = work();
      this.#noteRead(run, request, answer.text);
      return answer;
    }
    this.counts.writes += 1;
    const body = request.body as { event_id?: string };
    const event = this.luma.world.events.get(body.event_id ?? '');
    switch (request.path) {
      case '/v1/events/update':
        return event === undefined ? work() : this.#update(run, event, request, sentAt, work);
      case '/v1/events/guests/update-status':
      case '/v1/events/guests/add':
        return event === undefined ? work() : this.#guests(run, event, request, sentAt, work);
      case '/v1/events/create': {
        const answer = work();
        if (answer.status === 200) this.#create(run, (JSON.parse(answer.text) as { id: string }).id);
        return answer;
      }
      default:
        return work();
    }
  }

  #noteRead(run: ProcessRun, { path, query }: InProcessRequest, text: string): void {
    const { event_id: eventId, id: lookedFor, pagination_cursor: cursor } = query;
    const answer = JSON.parse(text) as { id?: string; entries?: { id: string }[] };
    const isOfGuests = path.includes('guests');
    if (typeof eventId === 'string' && !isOfGuests) {
      run.readAt.set(eventId.toLowerCase(), this.now());
      this.#readAt.set(eventId.toLowerCase(), this.now());
    }
    const seen = [...(answer.entries ?? []).map(({ id }) => id), answer.id, lookedFor];
    for (const id of seen) if (typeof id === 'string') run.readAt.set(id.toLowerCase(), this.now());
    // A guest whom a walk does not show was not there when it began, as far as it can tell.
    if (path.endsWith('/guests/list') && cursor === undefined) run.readAt.set(`guests ${eventId}`, this.now());
  }

  /** Something went wrong before; or with this very request, which comes in late, after others have done its work. */
  #mayRepeat(run: ProcessRun): boolean {
    return this.#troubled.has(recordOf(run)) || run.isTroubled;
  }

  /** When this run last looked for a guest; never, where it should have. */
  #lookedAt(run: ProcessRun, event: SimEvent, { id, email }: SimGuest): number {
    const looks = [id, email].flatMap((name) => run.readAt.get(name.toLowerCase()) ?? []);
    return looks.length > 0 ? Math.max(...looks) : (run.readAt.get(`guests ${event.id}`) ?? Number.POSITIVE_INFINITY);
  }

  #update(
    run: ProcessRun,
    event: SimEvent,
    request: InProcessRequest,
    sentAt: number,
    work: () => { status: number; text: string },
  ) {
    const fields = namedFields(request.body as object);
    const before = fieldsAtLuma(event);
    const answer = work();
    if (answer.status !== 200) return answer;
    const after = fieldsAtLuma(event);
    const authors = fields.map((field) => this.#fields.get(`${event.id} ${field}`));
    const isNoOp = fields.every((field) => isEqual(before[field], after[field]));
    if (isNoOp && authors.every((author) => author?.by === 'us') && !this.#mayRepeat(run))
      this.counts.echoes.push(`update of ${event.id}: ${fields.join(', ')} again`);
    fields.forEach((field, index) => {
      const author = authors[index];
      const key = `${event.id} ${field}`;
      const brought = this.#noteBrought(key, after[field]);
      if (author?.by !== 'luma' || isEqual(before[field], after[field])) return;
      const isRepeated = brought.some(({ value, at }) => at > sentAt && at < author.at && isEqual(value, after[field]));
      if (isRepeated)
        this.lateWords.set(key, [...(this.lateWords.get(key) ?? []), { value: after[field], at: this.now() }]);
      const isRead = author.at <= (this.#readAt.get(event.id.toLowerCase()) ?? 0);
      if (!isRead && author.at > sentAt) this.lostWords.add(`${key} ${author.at}`);
      // Between a look and what follows from it a host may always come; nobody can know.
      const readAt = run.readAt.get(event.id.toLowerCase());
      if (author.at > sentAt || (readAt !== undefined && author.at > readAt)) return;
      // Nor does a push look again that comes right after a look.
      const seenAt = this.known.seenAt(event.id);
      if (author.at > seenAt && sentAt - seenAt < LOOK_COUNTS_MS) return;
      if (isSameEventField(field, this.known.field(event.id, field), before[field])) return;
      this.counts.overwritten.push({ lumaEventId: event.id, field, value: before[field] });
    });
    this.#ours(event.id, fields);
    return answer;
  }

  /** @returns what was brought before. */
  #noteBrought(key: string, value: unknown): readonly LateWord[] {
    const before = this.#brought.get(key) ?? [];
    this.#brought.set(key, [...before, { value, at: this.now() }]);
    return before;
  }

  #create(run: ProcessRun, lumaEventId: string): void {
    const { eventId } = run.operation.payload as { eventId: string };
    // What a host has removed meanwhile, before we could know of it, is no second event.
    const standing = (this.created.get(eventId) ?? []).filter((id) => this.luma.world.events.has(id));
    this.created.set(eventId, [...standing, lumaEventId]);
    this.#ours(lumaEventId, EVENT_FIELDS);
  }

  #ours(lumaEventId: string, fields: readonly EventField[]): void {
    for (const field of fields) this.#fields.set(`${lumaEventId} ${field}`, { by: 'us', at: this.now() });
  }

  #guests(
    run: ProcessRun,
    event: SimEvent,
    request: InProcessRequest,
    sentAt: number,
    work: () => { status: number; text: string },
  ) {
    const body = request.body as { guest_id?: string; status?: string; guests?: { email: string }[] };
    const isStatus = body.guest_id !== undefined;
    const named = isStatus
      ? [findGuest(event, body.guest_id ?? '')]
      : (body.guests ?? []).map(({ email }) => findGuest(event, email));
    const known = named.filter((guest): guest is SimGuest => guest !== undefined);
    for (const guest of known) {
      const author = this.#statuses.get(guest.id);
      const isDeclinedAtLuma = guest.status === 'declined' && author?.by === 'luma';
      const isNews = isDeclinedAtLuma && !this.known.isOurRefusal(guest.id);
      if (isNews && body.status !== 'declined' && author.at <= Math.min(this.#lookedAt(run, event, guest), sentAt))
        this.counts.undone.push(`${guest.email} of ${event.id}`);
    }
    const isSame = (guest: SimGuest) =>
      isStatus ? guest.status === body.status : !['invited', 'declined'].includes(guest.status);
    const isEcho =
      known.length > 0 &&
      known.length === named.length &&
      known.every((guest) => isSame(guest) && this.#statuses.get(guest.id)?.by !== 'luma') &&
      !known.some(({ email }) => this.#answered.has(`${event.id} ${email.toLowerCase()}`));
    const sent = isStatus ? known : (body.guests ?? []);
    for (const { email } of sent) this.#answered.delete(`${event.id} ${email.toLowerCase()}`);
    if (isEcho && !this.#mayRepeat(run))
      this.counts.echoes.push(`${request.path} of ${known.map(({ email }) => email).join(', ')} again`);
    const answer = work();
    if (answer.status === 200 && isStatus)
      for (const guest of known) this.#statuses.set(guest.id, { by: 'us', at: this.now() });
    return answer;
  }
}

/** Which record a push is about: an event, or the guests of one. */
export function recordOf({ operation }: Pick<ProcessRun, 'operation'>): string {
  const { eventId } = operation.payload as { eventId?: string };
  return `${operation.job} ${eventId}`;
}

export function findGuest(event: SimEvent, identifier: string): SimGuest | undefined {
  const wanted = identifier.trim().toLowerCase();
  for (const guest of event.guests.values())
    if (guest.id === identifier || guest.email === identifier || guest.email === wanted) return guest;
  return undefined;
}
