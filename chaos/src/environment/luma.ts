/** Wire shapes of the simulator's control API, as far as a run looks at them. */
export interface SimGuest {
  id: string;
  email: string;
  status: string;
  adds: number;
  tickets: { id: string }[];
  checkedInAt: string | null;
}

export interface SimEvent {
  id: string;
  name: string;
  startAt: string;
  endAt: string;
  timezone: string;
  visibility: string;
  descriptionMd: string;
  maxCapacity: number | null;
  geoAddress: { address: string } | null;
  guests: SimGuest[];
}

export interface SimCounters {
  requests: number;
  eventsCreated: number;
  breaches: number;
  lockouts: number;
  outsideDocument: number;
  maxInAnyWindow: number;
  webhooks: { pending: number; attempts: number; lost: number; copies: number };
  duplicates: {
    guests: { eventId: string; email: string; count: number }[];
    events: { name: string; startAt: string; count: number }[];
  };
}

export interface OutsideRequest {
  method: string;
  path: string;
  problems: string[];
}

export interface LumaMail {
  at: string;
  kind: string;
  by: 'api' | 'luma';
  eventId: string;
  to: string;
}

export interface MailboxMail {
  to: string[];
  subject: string;
  text: string | null;
}

/** What hosts and guests do on Luma's own pages, and what went on inside: the simulator's control API. */
export class Luma {
  constructor(
    private readonly url: string,
    private readonly mailboxUrl: string,
  ) {}

  state = async (): Promise<SimEvent[]> => (await this.#ask<{ events: SimEvent[] }>('GET', '/state')).events;
  counters = (): Promise<SimCounters> => this.#ask('GET', '/counters');
  /** The newest requests that Luma's document does not allow. */
  outside = async (): Promise<OutsideRequest[]> =>
    (await this.#ask<{ entries: OutsideRequest[] }>('GET', '/outside')).entries;
  mails = async (): Promise<LumaMail[]> => (await this.#ask<{ entries: LumaMail[] }>('GET', '/mails')).entries;
  change = (settings: object): Promise<unknown> => this.#ask('POST', '/settings', settings);

  register = (eventId: string, guests: readonly { email: string; name: string }[]): Promise<unknown> =>
    this.#ask('POST', `/events/${eventId}/guests`, { guests });
  /** @returns false when there is no such guest yet. */
  changeGuest = async (eventId: string, email: string, change: object): Promise<boolean> => {
    const answer = await this.#send(
      'PATCH',
      `${this.url}/_sim/events/${eventId}/guests/${encodeURIComponent(email)}`,
      change,
    );
    if (answer.status === 404) return false;
    if (!answer.ok) throw new Error(`the simulator answered ${answer.status}: ${await answer.text()}`);
    return true;
  };
  changeEvent = (eventId: string, change: object): Promise<unknown> => this.#ask('PATCH', `/events/${eventId}`, change);
  createEvent = (event: object): Promise<SimEvent> => this.#ask('POST', '/events', event);

  injectFault = async (fault: object): Promise<string> =>
    (await this.#ask<{ id: string }>('POST', '/faults', fault)).id;
  clearFault = (id: string): Promise<unknown> => this.#ask('DELETE', `/faults/${id}`);
  clearFaults = (): Promise<unknown> => this.#ask('DELETE', '/faults');

  mailbox = {
    mails: async (): Promise<MailboxMail[]> =>
      (await this.#ask<{ entries: MailboxMail[] }>('GET', `${this.mailboxUrl}/_mailbox/mails`)).entries,
    injectFault: (fault: object): Promise<unknown> => this.#ask('POST', `${this.mailboxUrl}/_mailbox/faults`, fault),
    /** All of them: the mailbox knows no single one. */
    clearFaults: (): Promise<unknown> => this.#ask('DELETE', `${this.mailboxUrl}/_mailbox/faults`),
  };

  async #ask<T>(method: string, path: string, body?: object): Promise<T> {
    const url = path.startsWith('/') ? `${this.url}/_sim${path}` : path;
    const answer = await this.#send(method, url, body);
    if (!answer.ok)
      throw new Error(`${method} ${url} was answered ${answer.status}: ${(await answer.text()).slice(0, 500)}`);
    return (await answer.json()) as T;
  }

  #send(method: string, url: string, body?: object): Promise<Response> {
    return fetch(url, {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
  }
}
