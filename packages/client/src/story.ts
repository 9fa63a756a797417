import { allPages } from './all-pages.js';
import type { CallOptions, Send } from './transport.js';
import type * as api from './types.js';

/** What happened, and what a person decides about it. */
export const createStoryClient = (send: Send) => ({
  timelines: createTimelines(send),
  heldMails: createHeldMails(send),
  conflicts: createConflicts(send),
  messages: createMessages(send),
  unreadableRecords: createUnreadableRecords(send),
  webhookDeliveries: createWebhookDeliveries(send),
});

function createTimelines(send: Send) {
  const timelines = {
    /** Of an event, its answers and their coupons, oldest first. */
    event: (eventKey: string, query: api.Paging = {}, call?: CallOptions) =>
      send('GET /v1/events/{externalId}/timeline', [eventKey], { query, ...call }),
    rsvp: (eventKey: string, personKey: string, query: api.Paging = {}, call?: CallOptions) =>
      send('GET /v1/events/{externalId}/rsvps/{personId}/timeline', [eventKey, personKey], { query, ...call }),
    calendar: (calendarId: string, query: api.Paging = {}, call?: CallOptions) =>
      send('GET /v1/calendars/{calendarId}/timeline', [calendarId], { query, ...call }),
    /** Every entry of an event, page by page. */
    allOfEvent: (eventKey: string, call?: CallOptions) => allPages((page) => timelines.event(eventKey, page, call)),
    /** Every entry of an answer, page by page. */
    allOfRsvp: (eventKey: string, personKey: string, call?: CallOptions) =>
      allPages((page) => timelines.rsvp(eventKey, personKey, page, call)),
  };
  return timelines;
}

const createHeldMails = (send: Send) => ({
  /** By event, the one that waits longest first. */
  list: (query: { calendarId?: string } & api.Paging = {}, call?: CallOptions) =>
    send('GET /v1/held-mails', [], { query, ...call }),
  /**
   * Lets Luma mail each of them once. Where more than `confirmRecipients` are held it throws
   * `mail.confirmation_required`.
   */
  confirm: (eventKey: string, confirmRecipients: number, call?: CallOptions) =>
    send('POST /v1/events/{externalId}/held-mails/confirm', [eventKey], { body: { confirmRecipients }, ...call }),
  /** Mails nobody of them, for good. @returns how many they were. */
  discard: async (eventKey: string, call?: CallOptions): Promise<number> =>
    (await send('POST /v1/events/{externalId}/held-mails/discard', [eventKey], call)).recipients,
});

function createConflicts(send: Send) {
  const conflicts = {
    /** Those nobody has looked at first, newest first. */
    list: (query: api.ConflictFilter = {}, call?: CallOptions) => send('GET /v1/conflicts', [], { query, ...call }),
    /** Every conflict, page by page. */
    all: (filter: Omit<api.ConflictFilter, keyof api.Paging> = {}, call?: CallOptions) =>
      allPages((page) => conflicts.list({ ...filter, ...page }, call)),
    get: async (id: string, call?: CallOptions): Promise<api.Conflict> =>
      (await send('GET /v1/conflicts/{conflictId}', [id], call)).conflict,
    /** Confirms the value that was chosen, or puts the other one in its place; mails nobody. */
    resolve: (id: string, keep: 'ours' | 'theirs', call?: CallOptions) =>
      send('POST /v1/conflicts/{conflictId}/resolve', [id], { body: { keep }, ...call }),
  };
  return conflicts;
}

const createMessages = (send: Send) => ({
  list: (query: api.MessageFilter = {}, call?: CallOptions) => send('GET /v1/messages', [], { query, ...call }),
  get: async (id: string, call?: CallOptions): Promise<api.Message> =>
    (await send('GET /v1/messages/{messageId}', [id], call)).message,
  /** Of a mail in state `unknown`: whether it arrived. If not, it is sent again. */
  settle: (id: string, isSent: boolean, call?: CallOptions) =>
    send('POST /v1/messages/{messageId}/settle', [id], { body: { sent: isSent }, ...call }),
});

const createUnreadableRecords = (send: Send) => ({
  /** Those seen last come first. */
  list: (query: api.UnreadableFilter = {}, call?: CallOptions) =>
    send('GET /v1/unreadable-records', [], { query, ...call }),
  /** With what Luma sent, which may name people. */
  get: async (id: string, call?: CallOptions) =>
    (await send('GET /v1/unreadable-records/{recordId}', [id], call)).record,
});

const createWebhookDeliveries = (send: Send) => ({
  /** Newest first. */
  list: (query: api.DeliveryFilter & api.Paging = {}, call?: CallOptions) =>
    send('GET /v1/webhook-deliveries', [], { query, ...call }),
  get: async (id: string, call?: CallOptions): Promise<api.WebhookDelivery> =>
    (await send('GET /v1/webhook-deliveries/{deliveryId}', [id], call)).delivery,
  /** Applies it once more. */
  replay: async (id: string, call?: CallOptions): Promise<api.OperationRef> =>
    (await send('POST /v1/webhook-deliveries/{deliveryId}/replay', [id], call)).operation,
});
