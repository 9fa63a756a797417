import { createAdminClient } from './admin.js';
import { allPages } from './all-pages.js';
import { createCalendarClient } from './calendars.js';
import { createStoryClient } from './story.js';
import { type CallOptions, type ClientOptions, createTransport, type Send } from './transport.js';
import type * as api from './types.js';
import { type WaitOptions, waitForOperation } from './wait-for-operation.js';

export type LumaSyncClient = ReturnType<typeof createLumaSyncClient>;

/**
 * luma-sync for app servers: one method per request, none repeated by itself.
 *
 * Every method throws `ApiError` when it is refused (`RateLimitedError` with `retryAfterMs` for 429 and 503) and
 * `NoAnswerError` when no answer came within `timeoutMs`. A POST carries an `Idempotency-Key`; pass that of a lost one
 * to repeat it safely. Pass one of your own to a PUT or PATCH that you repeat: should the first attempt arrive late, it
 * takes back nothing that was said since.
 */
export function createLumaSyncClient(options: ClientOptions) {
  const send = createTransport(options);
  return {
    ...createStoryClient(send),
    ...createAdminClient(send),
    ...createCalendarClient(send),
    events: createEventClient(send),
    ...createPeopleClient(send),
    operations: createOperationClient(send),
  };
}

function createEventClient(send: Send) {
  const list = (query: api.EventFilter & api.Paging = {}, call?: CallOptions) =>
    send('GET /v1/events', [], { query, ...call });
  return {
    /** The whole event: what is left out is emptied. */
    put: (key: string, body: api.EventInput, call?: CallOptions) =>
      send('PUT /v1/events/{externalId}', [key], { body, ...call }),
    /** As `put`, for an event that exists: a mistyped id throws `event.absent` and makes none. */
    replace: (key: string, body: api.EventInput, call?: CallOptions) =>
      send('PUT /v1/events/{externalId}', [key], { body, ifMatch: '*', ...call }),
    get: async (key: string, call?: CallOptions): Promise<api.Event> =>
      (await send('GET /v1/events/{externalId}', [key], call)).event,
    list,
    all: (filter: api.EventFilter = {}, call?: CallOptions) => allPages((page) => list({ ...filter, ...page }, call)),
    /** With the number of people who answered while it waited, where `mail.confirmation_required` asks for it. */
    approve: (key: string, call?: CallOptions, confirmRecipients?: number) =>
      send('POST /v1/events/{externalId}/approve', [key], {
        ...(confirmRecipients === undefined ? {} : { body: { confirmRecipients } }),
        ...call,
      }),
    reject: (key: string, call?: CallOptions) => send('POST /v1/events/{externalId}/reject', [key], call),
    push: (key: string, call?: CallOptions) => send('POST /v1/events/{externalId}/push', [key], call),
    pull: (key: string, call?: CallOptions) => send('POST /v1/events/{externalId}/pull', [key], call),
    /**
     * Hides it at Luma, unless `how` says otherwise: nobody is mailed, and `approve` brings it back. Mode `cancel` is
     * for good: without a sufficient `confirmRecipients` it throws `mail.confirmation_required`, whose
     * `details.recipients` is the number.
     */
    cancel: (key: string, call?: CallOptions, how: api.CancelInput = {}) =>
      send('POST /v1/events/{externalId}/cancel', [key], { body: { mode: 'hide', ...how }, ...call }),
    /** As `cancel` with mode `hide`; the event stays readable here. */
    remove: (key: string, call?: CallOptions) => send('DELETE /v1/events/{externalId}', [key], call),
  };
}

/** People and their answers. */
function createPeopleClient(send: Send) {
  const list = (eventKey: string, query: api.RsvpFilter & api.Paging = {}, call?: CallOptions) =>
    send('GET /v1/events/{externalId}/rsvps', [eventKey], { query, ...call });
  const rsvps = {
    put: (eventKey: string, personKey: string, body: api.RsvpInput, call?: CallOptions) =>
      send('PUT /v1/events/{externalId}/rsvps/{personId}', [eventKey, personKey], { body, ...call }),
    /** A host's decision on an answer that exists. */
    decide: (eventKey: string, personKey: string, status: api.RsvpStatus, call?: CallOptions) =>
      send('PATCH /v1/events/{externalId}/rsvps/{personId}', [eventKey, personKey], { body: { status }, ...call }),
    get: async (eventKey: string, personKey: string, call?: CallOptions): Promise<api.Rsvp> =>
      (await send('GET /v1/events/{externalId}/rsvps/{personId}', [eventKey, personKey], call)).rsvp,
    list,
    all: (eventKey: string, filter: api.RsvpFilter = {}, call?: CallOptions) =>
      allPages((page) => list(eventKey, { ...filter, ...page }, call)),
  };

  const people = {
    /** Everything that is stored about a person, named by your id, ours, or a mail address. */
    export: async (personKey: string, call?: CallOptions): Promise<api.PersonExport> =>
      (await send('GET /v1/people/{personId}/export', [personKey], call)).export,
    /** Counts only, unless `confirm` says that the person is erased for good. */
    erase: async (personKey: string, { confirm = false } = {}, call?: CallOptions): Promise<api.PersonErasure> =>
      (await send('POST /v1/people/{personId}/erasure', [personKey], { body: { confirm }, ...call })).erasure,
  };

  const guests = {
    pull: async (eventKey: string, body: api.GuestPullInput = {}, call?: CallOptions): Promise<api.OperationRef> =>
      (await send('POST /v1/events/{externalId}/guest-pulls', [eventKey], { body, ...call })).operation,
    /** As `pull`, with what it will do about coupons. */
    startPull: (eventKey: string, body: api.GuestPullInput = {}, call?: CallOptions): Promise<api.GuestPullStarted> =>
      send('POST /v1/events/{externalId}/guest-pulls', [eventKey], { body, ...call }),
  };

  const removals = {
    /** What a person was asked because too much was missing at Luma at once. */
    questions: (query: api.RemovalQuestionFilter & api.Paging = {}, call?: CallOptions) =>
      send('GET /v1/removal-questions', [], { query, ...call }),
    answer: (id: string, answer: 'remove' | 'keep', call?: CallOptions) =>
      send('POST /v1/removal-questions/{questionId}/answer', [id], { body: { answer }, ...call }),
    /** Makes a removed guest's answer what it was. */
    restore: async (eventKey: string, personKey: string, call?: CallOptions): Promise<api.Rsvp> =>
      (await send('POST /v1/events/{externalId}/rsvps/{personId}/restore', [eventKey, personKey], call)).rsvp,
  };

  return { rsvps, people, guests, removals };
}

function createOperationClient(send: Send) {
  const list = (query: api.OperationFilter & api.Paging = {}, call?: CallOptions) =>
    send('GET /v1/operations', [], { query, ...call });
  return {
    get: async (id: string, call?: CallOptions): Promise<api.Operation> =>
      (await send('GET /v1/operations/{operationId}', [id], call)).operation,
    list,
    all: (filter: api.OperationFilter = {}, call?: CallOptions) =>
      allPages((page) => list({ ...filter, ...page }, call)),
    /** Runs a failed one again, as a new one. */
    retry: async (id: string, call?: CallOptions): Promise<api.OperationRef> =>
      (await send('POST /v1/operations/{operationId}/retry', [id], call)).operation,
    discard: async (id: string, reason: string, call?: CallOptions): Promise<api.Operation> =>
      (await send('POST /v1/operations/{operationId}/discard', [id], { body: { reason }, ...call })).operation,
    wait: (id: string, wait?: WaitOptions): Promise<api.Operation> => waitForOperation(send, id, wait),
  };
}
