import { createAdminClient } from './admin.js';
import { allPages } from './all-pages.js';
import { createStoryClient } from './story.js';
import { type CallOptions, type ClientOptions, createTransport, path } from './transport.js';
import type {
  Backfill,
  BackfillInput,
  BackfillQuestion,
  BackfillStep,
  Calendar,
  CalendarChange,
  CalendarInput,
  CancelInput,
  ConnectionTest,
  CouponImport,
  CouponImportOptions,
  CouponPool,
  CouponPoolInput,
  Event,
  EventFilter,
  EventInput,
  GuestPullInput,
  MailOutlook,
  Operation,
  OperationFilter,
  OperationRef,
  Page,
  Paging,
  PersonErasure,
  PersonExport,
  RemovalQuestion,
  Rsvp,
  RsvpInput,
  RsvpStatus,
} from './types.js';
import { type WaitOptions, waitForOperation } from './wait-for-operation.js';

/** A command on an event. `operation` is null when there was nothing to do. */
export interface EventChanged {
  event: Event;
  operation: OperationRef | null;
}

/** As {@link EventChanged}, of what may let Luma mail people. `mail` is null when it cannot. */
export interface EventChangedWithMail extends EventChanged {
  mail: MailOutlook | null;
}

export interface RsvpChanged {
  rsvp: Rsvp;
  operation: OperationRef | null;
}

export type LumaSyncClient = ReturnType<typeof createLumaSyncClient>;

/**
 * luma-sync for app servers: one method per request, none repeated by itself.
 *
 * Every method throws `ApiError` when it is refused (`RateLimitedError` with `retryAfterMs` for 429 and 503) and `NoAnswerError` when no answer
 * came within `timeoutMs`. A POST carries an `Idempotency-Key`; pass that of a lost one to repeat it safely. Pass one of your own to a
 * PUT or PATCH that you repeat: should the first attempt arrive late, it takes back nothing that was said since.
 */
export function createLumaSyncClient(options: ClientOptions) {
  const send = createTransport(options);
  const command = <T = EventChanged>(key: string, name: string, body?: object, call?: CallOptions): Promise<T> =>
    send({
      method: 'POST',
      path: `${path`/v1/events/${key}/`}${name}`,
      ...(body === undefined ? {} : { body }),
      ...call,
    });

  const events = {
    /** The whole event: what is left out is emptied. */
    put: (key: string, body: EventInput, call?: CallOptions): Promise<EventChangedWithMail> =>
      send({ method: 'PUT', path: path`/v1/events/${key}`, body, ...call }),
    /** As `put`, for an event that exists: a mistyped id throws `event.absent` and makes none. */
    replace: (key: string, body: EventInput, call?: CallOptions): Promise<EventChangedWithMail> =>
      send({ method: 'PUT', path: path`/v1/events/${key}`, body, ifMatch: '*', ...call }),
    get: async (key: string, call?: CallOptions): Promise<Event> =>
      (await send<{ event: Event }>({ method: 'GET', path: path`/v1/events/${key}`, ...call })).event,
    list: (query: EventFilter & Paging = {}, call?: CallOptions): Promise<Page<Event>> =>
      send({ method: 'GET', path: '/v1/events', query, ...call }),
    all: (filter: EventFilter = {}, call?: CallOptions) =>
      allPages((cursor) => events.list({ ...filter, limit: 200, ...(cursor === undefined ? {} : { cursor }) }, call)),
    /** With the number of people who answered while it waited, where `mail.confirmation_required` asks for it. */
    approve: (key: string, call?: CallOptions, confirmRecipients?: number): Promise<EventChangedWithMail> =>
      command(key, 'approve', confirmRecipients === undefined ? undefined : { confirmRecipients }, call),
    reject: (key: string, call?: CallOptions) => command(key, 'reject', undefined, call),
    push: (key: string, call?: CallOptions) => command(key, 'push', undefined, call),
    pull: (key: string, call?: CallOptions) => command(key, 'pull', undefined, call),
    /**
     * Hides it at Luma, unless `how` says otherwise: nobody is mailed, and `approve` brings it back. Mode `cancel` is for good: without the right
     * `confirmRecipients` it throws `mail.confirmation_required`, whose `details.recipients` is the number.
     */
    cancel: (key: string, call?: CallOptions, how: CancelInput = {}) =>
      command(key, 'cancel', { mode: 'hide', ...how }, call),
  };

  const rsvps = {
    put: (eventKey: string, personKey: string, body: RsvpInput, call?: CallOptions): Promise<RsvpChanged> =>
      send({ method: 'PUT', path: path`/v1/events/${eventKey}/rsvps/${personKey}`, body, ...call }),
    /** A host's decision on an answer that exists. */
    decide: (eventKey: string, personKey: string, status: RsvpStatus, call?: CallOptions): Promise<RsvpChanged> =>
      send({ method: 'PATCH', path: path`/v1/events/${eventKey}/rsvps/${personKey}`, body: { status }, ...call }),
    get: async (eventKey: string, personKey: string, call?: CallOptions): Promise<Rsvp> =>
      (await send<{ rsvp: Rsvp }>({ method: 'GET', path: path`/v1/events/${eventKey}/rsvps/${personKey}`, ...call }))
        .rsvp,
    list: (
      eventKey: string,
      query: { status?: RsvpStatus; updatedSince?: string } & Paging = {},
      call?: CallOptions,
    ): Promise<Page<Rsvp>> => send({ method: 'GET', path: path`/v1/events/${eventKey}/rsvps`, query, ...call }),
    all: (eventKey: string, filter: { status?: RsvpStatus } = {}, call?: CallOptions) =>
      allPages((cursor) =>
        rsvps.list(eventKey, { ...filter, limit: 200, ...(cursor === undefined ? {} : { cursor }) }, call),
      ),
  };

  const people = {
    /** Everything that is stored about a person, named by your id, ours, or a mail address. */
    export: async (personKey: string, call?: CallOptions): Promise<PersonExport> =>
      (await send<{ export: PersonExport }>({ method: 'GET', path: path`/v1/people/${personKey}/export`, ...call }))
        .export,
    /** Counts only, unless `confirm` says that the person is erased for good. */
    erase: async (personKey: string, { confirm = false } = {}, call?: CallOptions): Promise<PersonErasure> =>
      (
        await send<{ erasure: PersonErasure }>({
          method: 'POST',
          path: path`/v1/people/${personKey}/erasure`,
          body: { confirm },
          ...call,
        })
      ).erasure,
  };

  const guests = {
    pull: async (eventKey: string, body: GuestPullInput = {}, call?: CallOptions): Promise<OperationRef> =>
      (
        await send<{ operation: OperationRef }>({
          method: 'POST',
          path: path`/v1/events/${eventKey}/guest-pulls`,
          body,
          ...call,
        })
      ).operation,
  };

  const calendars = {
    create: async (body: CalendarInput, call?: CallOptions): Promise<Calendar> =>
      (await send<{ calendar: Calendar }>({ method: 'POST', path: '/v1/calendars', body, ...call })).calendar,
    list: async (call?: CallOptions): Promise<Calendar[]> =>
      (await send<Page<Calendar>>({ method: 'GET', path: '/v1/calendars', ...call })).data,
    get: async (id: string, call?: CallOptions): Promise<Calendar> =>
      (await send<{ calendar: Calendar }>({ method: 'GET', path: path`/v1/calendars/${id}`, ...call })).calendar,
    change: async (id: string, body: CalendarChange, call?: CallOptions): Promise<Calendar> =>
      (await send<{ calendar: Calendar }>({ method: 'PATCH', path: path`/v1/calendars/${id}`, body, ...call }))
        .calendar,
    remove: (id: string, call?: CallOptions): Promise<void> =>
      send({ method: 'DELETE', path: path`/v1/calendars/${id}`, ...call }),
    testConnection: (id: string, call?: CallOptions): Promise<ConnectionTest> =>
      send({ method: 'POST', path: path`/v1/calendars/${id}/test-connection`, ...call }),
    pull: async (id: string, call?: CallOptions): Promise<OperationRef> =>
      (await send<{ operation: OperationRef }>({ method: 'POST', path: path`/v1/calendars/${id}/pulls`, ...call }))
        .operation,
  };

  const backfills = {
    /** Plans, and carries the plan out if asked to. The operation's outcome names the plan. */
    start: async (calendarId: string, body: BackfillInput = {}, call?: CallOptions): Promise<OperationRef> =>
      (
        await send<{ operation: OperationRef }>({
          method: 'POST',
          path: path`/v1/calendars/${calendarId}/backfills`,
          body,
          ...call,
        })
      ).operation,
    list: (calendarId: string, query: Paging = {}, call?: CallOptions): Promise<Page<Backfill>> =>
      send({ method: 'GET', path: path`/v1/calendars/${calendarId}/backfills`, query, ...call }),
    get: async (id: string, call?: CallOptions): Promise<Backfill> =>
      (await send<{ backfill: Backfill }>({ method: 'GET', path: path`/v1/backfills/${id}`, ...call })).backfill,
    steps: (id: string, query: Paging = {}, call?: CallOptions): Promise<Page<BackfillStep>> =>
      send({ method: 'GET', path: path`/v1/backfills/${id}/steps`, query, ...call }),
    /** Exactly the plan's requests, or nothing when the world has changed since. */
    apply: async (id: string, call?: CallOptions): Promise<OperationRef> =>
      (await send<{ operation: OperationRef }>({ method: 'POST', path: path`/v1/backfills/${id}/apply`, ...call }))
        .operation,
    questions: (
      query: { calendarId?: string; state?: 'open' | 'answered' } & Paging = {},
      call?: CallOptions,
    ): Promise<Page<BackfillQuestion>> => send({ method: 'GET', path: '/v1/backfill-questions', query, ...call }),
    /** The operation ties the two or creates ours; null while something else is asked about the event. */
    answer: (
      questionId: string,
      answer: 'link' | 'keep_apart',
      call?: CallOptions,
    ): Promise<{ question: BackfillQuestion; operation: OperationRef | null }> =>
      send({ method: 'POST', path: path`/v1/backfill-questions/${questionId}/answer`, body: { answer }, ...call }),
  };

  const couponPools = {
    create: async (body: CouponPoolInput, call?: CallOptions): Promise<CouponPool> =>
      (await send<{ pool: CouponPool }>({ method: 'POST', path: '/v1/coupon-pools', body, ...call })).pool,
    list: async (call?: CallOptions): Promise<CouponPool[]> =>
      (await send<Page<CouponPool>>({ method: 'GET', path: '/v1/coupon-pools', ...call })).data,
    get: async (id: string, call?: CallOptions): Promise<CouponPool> =>
      (await send<{ pool: CouponPool }>({ method: 'GET', path: path`/v1/coupon-pools/${id}`, ...call })).pool,
    /**
     * @param csv One code per line, in the first column or the one whose heading says so.
     * @param call `delimiter` and `heading` say how it is to be read, where the file itself does not tell (`coupon_import.unclear`).
     */
    import: (
      id: string,
      csv: string,
      { delimiter, heading, ...call }: CouponImportOptions & CallOptions = {},
    ): Promise<CouponImport> =>
      send({
        method: 'POST',
        path: path`/v1/coupon-pools/${id}/imports`,
        query: { delimiter, heading },
        body: csv,
        ...call,
      }),
  };

  const driftChecks = {
    /** One operation per calendar; without an id, all calendars. */
    start: async (calendarId?: string, call?: CallOptions): Promise<OperationRef[]> =>
      (
        await send<{ operations: OperationRef[] }>({
          method: 'POST',
          path: '/v1/drift-checks',
          body: calendarId === undefined ? {} : { calendarId },
          ...call,
        })
      ).operations,
  };

  const operations = {
    get: async (id: string, call?: CallOptions): Promise<Operation> =>
      (await send<{ operation: Operation }>({ method: 'GET', path: path`/v1/operations/${id}`, ...call })).operation,
    list: (query: OperationFilter & Paging = {}, call?: CallOptions): Promise<Page<Operation>> =>
      send({ method: 'GET', path: '/v1/operations', query, ...call }),
    all: (filter: OperationFilter = {}, call?: CallOptions) =>
      allPages((cursor) =>
        operations.list({ ...filter, limit: 200, ...(cursor === undefined ? {} : { cursor }) }, call),
      ),
    /** Runs a failed one again, as a new one. */
    retry: async (id: string, call?: CallOptions): Promise<OperationRef> =>
      (await send<{ operation: OperationRef }>({ method: 'POST', path: path`/v1/operations/${id}/retry`, ...call }))
        .operation,
    discard: async (id: string, reason: string, call?: CallOptions): Promise<Operation> =>
      (
        await send<{ operation: Operation }>({
          method: 'POST',
          path: path`/v1/operations/${id}/discard`,
          body: { reason },
          ...call,
        })
      ).operation,
    wait: (id: string, wait?: WaitOptions): Promise<Operation> => waitForOperation(send, id, wait),
  };

  const story = createStoryClient(send);
  const admin = createAdminClient(send);
  const removals = {
    /** What a person was asked because too much was missing at Luma at once. */
    questions: (
      query: { state?: RemovalQuestion['state'] } & Paging = {},
      call?: CallOptions,
    ): Promise<Page<RemovalQuestion>> => send({ method: 'GET', path: '/v1/removal-questions', query, ...call }),
    answer: (
      id: string,
      answer: 'remove' | 'keep',
      call?: CallOptions,
    ): Promise<{ question: RemovalQuestion; operation: OperationRef | null }> =>
      send({ method: 'POST', path: path`/v1/removal-questions/${id}/answer`, body: { answer }, ...call }),
    /** Makes a removed guest's answer what it was. */
    restore: async (eventKey: string, personKey: string, call?: CallOptions): Promise<Rsvp> =>
      (
        await send<{ rsvp: Rsvp }>({
          method: 'POST',
          path: path`/v1/events/${eventKey}/rsvps/${personKey}/restore`,
          ...call,
        })
      ).rsvp,
  };

  return {
    ...story,
    ...admin,
    events,
    rsvps,
    people,
    removals,
    guests,
    calendars,
    backfills,
    couponPools,
    driftChecks,
    operations,
  };
}
