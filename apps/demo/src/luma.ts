import { request } from './http.js';

export interface SimGuest {
  id: string;
  email: string;
  status: string;
  adds: number;
  tickets: { id: string; checkedInAt: string | null }[];
}

export interface SimEvent {
  id: string;
  name: string;
  url: string;
  startAt: string;
  endAt: string;
  timezone: string;
  visibility: string;
  guests: SimGuest[];
}

export interface SimCounters {
  requests: number;
  breaches: number;
  outsideDocument: number;
  maxInAnyWindow: number;
  refusedWithoutSlot: number;
  refusedWithUsedSlot: number;
  mailsLumaWouldHaveSent: { byApi: Record<string, number> };
  webhooks: { pending: number; attempts: number };
  duplicates: { guests: unknown[]; events: unknown[] };
}

/** What a host or a guest does on Luma's own pages, played through the simulator's control API. */
export class Luma {
  constructor(
    readonly url: string,
    readonly mailboxUrl: string,
  ) {}

  state = () => request<{ events: SimEvent[] }>(this.url, 'GET', '/_sim/state');
  counters = () => request<SimCounters>(this.url, 'GET', '/_sim/counters');
  mails = async () =>
    (await request<{ entries: { to: string[]; subject: string }[] }>(this.mailboxUrl, 'GET', '/_mailbox/mails'))
      .entries;

  register = (eventId: string, count: number, emailPrefix: string) =>
    request(this.url, 'POST', `/_sim/events/${eventId}/guests`, { body: { count, emailPrefix } });
  changeGuest = (eventId: string, guest: string, change: object) =>
    request(this.url, 'PATCH', `/_sim/events/${eventId}/guests/${encodeURIComponent(guest)}`, { body: change });
  changeEvent = (eventId: string, change: object) =>
    request(this.url, 'PATCH', `/_sim/events/${eventId}`, { body: change });
  /** The next request to this path does its work, and its answer is lost. */
  loseAnswer = (path: string) =>
    request(this.url, 'POST', '/_sim/faults', { body: { kind: 'lost-answer', path, count: 1 } });
  createEvent = (event: object) => request<SimEvent>(this.url, 'POST', '/_sim/events', { body: event });
}
