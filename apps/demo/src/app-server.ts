import { request } from './http.js';

export interface WireEvent {
  id: string;
  externalId: string | null;
  title: string;
  startsAt: string;
  endsAt: string;
  timezone: string;
  visibility: string;
  approval: string;
  luma: { eventId: string; url: string | null } | null;
  sync: { state: string };
}

export interface WireRsvp {
  personId: string;
  email: string | null;
  status: string;
  checkedInAt: string | null;
  luma: { guestId: string } | null;
  sync: { state: string };
}

export interface WireTimelineEntry {
  recordType: string;
  at: string;
  kind: string;
  actor: string;
  message: string;
  details: { job?: string; ending?: { details?: { type?: string } } } | null;
  repeats: number;
}

export interface WireConflict {
  event: string;
  field: string;
  ours: unknown;
  theirs: unknown;
  kept: string;
  current: unknown;
}

interface Operation {
  id: string;
  job: string;
  state: string;
  error: { code: string; message: string } | null;
}
type Page<T> = { data: T[]; nextCursor: string | null };

/** An app's own server, as far as it speaks with luma-sync. */
export class AppServer {
  constructor(
    readonly url: string,
    private readonly apiKey: string,
  ) {}

  createCalendar = async (calendar: object) =>
    (await this.call<{ calendar: { id: string } }>('POST', '/v1/calendars', calendar)).calendar;
  registerWebhook = (id: string) => this.call('POST', `/v1/calendars/${id}/webhook`);
  putEvent = (externalId: string, event: object) => this.call('PUT', `/v1/events/${externalId}`, event);
  cancelEvent = (externalId: string, mode: string) => this.call('POST', `/v1/events/${externalId}/cancel`, { mode });
  putRsvp = (externalId: string, personId: string, rsvp: object) =>
    this.call('PUT', `/v1/events/${externalId}/rsvps/${personId}`, rsvp);
  decideRsvp = (externalId: string, personId: string, status: string) =>
    this.call('PATCH', `/v1/events/${externalId}/rsvps/${personId}`, { status });
  pullGuests = (event: string, options: object) =>
    this.call<{ operation: Operation }>('POST', `/v1/events/${event}/guest-pulls`, options);
  checkDrift = (calendarId: string) => this.call('POST', '/v1/drift-checks', { calendarId });
  createPool = async (pool: object) =>
    (await this.call<{ pool: { id: string } }>('POST', '/v1/coupon-pools', pool)).pool;
  importCodes = (poolId: string, csv: string) =>
    request<{ imported: number }>(this.url, 'POST', `/v1/coupon-pools/${poolId}/imports`, {
      text: csv,
      headers: { ...this.headers(), 'content-type': 'text/csv' },
    });

  events = () => this.all<WireEvent>('/v1/events?');
  rsvps = (event: string) => this.all<WireRsvp>(`/v1/events/${event}/rsvps?`);
  operations = (state: string) => this.all<Operation>(`/v1/operations?state=${state}&`);
  conflicts = () => this.all<WireConflict>('/v1/conflicts?');
  timeline = (path: string) => this.all<WireTimelineEntry>(`${path}?`);

  private async all<T>(path: string): Promise<T[]> {
    const found: T[] = [];
    let cursor: string | null = null;
    // More pages than a demo can have.
    for (let page = 0; page < 100; page += 1) {
      const next: Page<T> = await this.call(
        'GET',
        `${path}limit=100${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
      );
      found.push(...next.data);
      cursor = next.nextCursor;
      if (cursor === null) return found;
    }
    throw new Error(`${path} has no end`);
  }

  private call<T = unknown>(method: string, path: string, body?: object): Promise<T> {
    return request<T>(this.url, method, path, { ...(body === undefined ? {} : { body }), headers: this.headers() });
  }

  private headers(): Record<string, string> {
    return { authorization: `Bearer ${this.apiKey}` };
  }
}
