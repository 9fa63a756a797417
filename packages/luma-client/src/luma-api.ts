import type { JobError, Priority, WaitNote } from '@luma-sync/jobs';
import type {
  AddCalendarEventRequest,
  AddGuestsRequest,
  CreateCalendarCouponRequest,
  CreateEventCouponRequest,
  CreateEventRequest,
  ListEventsQuery,
  ListGuestsQuery,
  LumaCalendar,
  LumaCancelRequested,
  LumaContact,
  LumaCoupon,
  LumaCreated,
  LumaEntityLookup,
  LumaEvent,
  LumaEventAdded,
  LumaEventLookup,
  LumaGuest,
  LumaGuestsAccepted,
  LumaListPage,
  LumaSelf,
  LumaTag,
  LumaTicketType,
  LumaUploadUrl,
  LumaWebhook,
  OddRecord,
  UpdateCalendarCouponRequest,
  UpdateEventCouponRequest,
  UpdateEventRequest,
  UpdateGuestStatusRequest,
} from '@luma-sync/luma-contract';

/**
 * What every call is given. There is no default for any of it but `beforeSend`: a call without a signal never ends in
 * time.
 */
export interface CallOptions {
  signal: AbortSignal;
  priority: Priority;
  /**
   * Longest wait for a slot inside this call; a longer one is thrown as `limiter.*` with its length. Default 2,000:
   * short enough for a caller to give its place back. Ask for more where coming back would mean to start over.
   */
  maxWaitMs?: number | undefined;
  /** Told before a wait for a slot inside this call begins, with the code such a wait has when it is thrown. */
  onWait?: ((wait: WaitNote) => void) | undefined;
  /**
   * Called synchronously right before the first byte goes out, after the slot was granted: the place for the worker's
   * lease check. If it throws, nothing is sent, the slot is given back, and what it threw is thrown on.
   */
  beforeSend?: (() => void) | undefined;
  /** Told of this request once it went out and ended, answered or not. */
  onRequest?: ((request: RequestInfo) => void) | undefined;
}

/** One request; holds no ids and no personal data. */
export interface RequestInfo {
  method: string;
  /** Without the query. */
  path: string;
  /** Null when no answer came. */
  status: number | null;
  durationMs: number;
  /** The error's code, or null when all went well. */
  code: string | null;
  /** The answer's `Date` header: Luma's clock, in whole seconds. */
  date?: string | undefined;
}

/**
 * A read that may find nothing. `forbidden` (403) is a foreign event or one that is gone; Luma does not say which.
 * `unreadable` is there, and in a shape that cannot be read: nothing follows from it but that it is there.
 */
export type Found<T> =
  | { kind: 'found'; record: T }
  | { kind: 'unreadable'; odd: OddRecord }
  | { kind: 'forbidden' }
  | { kind: 'missing' };

/** How far a listing may go. */
export interface ListingLimits {
  /** Start after this cursor instead of at the top; for a listing that was interrupted. */
  cursor?: string | undefined;
  /** A listing longer than this is cut off and `complete: false`. Default 1,000. */
  maxPages?: number | undefined;
}

export interface ListedPage<T> {
  /** Records not seen on an earlier page of this listing: rows that move during the walk come twice. */
  entries: T[];
  /** Those that could not be read, or not in full: nothing is concluded about a record that one of them may be. */
  odd: OddRecord[];
  /** Give this to a later listing to go on after this page; undefined on the last one. */
  cursor: string | undefined;
}

/**
 * Only a complete listing says anything about what is missing from it, and nothing about a record that one of its `odd`
 * entries may be.
 */
export type ListingEnd =
  | { complete: true; pages: number }
  | {
      complete: false;
      pages: number;
      reason: 'cursor-repeated' | 'cursor-missing' | 'too-many-pages';
    }
  | {
      complete: false;
      pages: number;
      /**
       * The page after `cursor` could not be read; `error` says why, and is for the caller to throw on if it cannot go
       * on.
       */
      reason: 'page-failed';
      error: JobError;
      cursor: string | undefined;
    };

/**
 * Yields page by page and ends with whether that was all. Read the end with `.next()` or a manual loop: `for await`
 * drops it.
 */
export type Listing<T> = AsyncGenerator<ListedPage<T>, ListingEnd, undefined>;

/** One answer that held events or guests. */
export interface Reading {
  kind: 'event' | 'guest';
  from: 'list' | 'read';
  /** Luma's id of the event whose guests they are. */
  lumaEventId: string | null;
  /** Ids of the records that were read, in full or not. */
  readIds: string[];
  odd: OddRecord[];
}

/**
 * Told of each {@link Reading} before the call returns. Must not reject: what becomes of the note does not decide what
 * becomes of the call.
 */
export type NoteReading = (reading: Reading) => Promise<void>;

/**
 * Luma's API as this project uses it: every method is one request (a listing: one per page), spends one slot, and is
 * never repeated by itself.
 *
 * @throws {RetryAfterError} `limiter.*` no slot yet; `luma.rate_limited`; `luma.auth_failed` and `luma.plan_inactive`
 *   (whole account)
 * @throws {PermanentError} `luma.rejected` (400), `luma.forbidden` (403), `luma.not_found` (404)
 * @throws {RetryableError} `luma.unreachable` (nothing was sent), `luma.unavailable`, `luma.unexpected_answer`
 * @throws {OutcomeUnknownError} `luma.outcome_unknown`: a write may have taken effect; look before doing it again
 * @throws {InterruptedError} the signal aborted before anything was sent, or during a read
 */
export interface LumaApi {
  /**
   * Waits until a request of this class could be sent, and sends none: the slot is given back at once. It paces a run
   * of low class whose next requests go out in a higher one, because they hold a record that a person's change may
   * need.
   */
  waitForSlot(effect: 'read' | 'write', call: CallOptions): Promise<void>;
  getSelf(call: CallOptions): Promise<LumaSelf>;
  /** The calendar the key opens. */
  getCalendar(call: CallOptions): Promise<LumaCalendar>;
  /** Who has this slug? Null: nobody. A hit may be anybody's: read the event before taking it for one's own. */
  lookupEntity(slug: string, call: CallOptions): Promise<LumaEntityLookup['entity']>;

  getEvent(eventId: string, call: CallOptions): Promise<LumaEvent>;
  findEvent(eventId: string, call: CallOptions): Promise<Found<LumaEvent>>;
  listEvents(query: ListEventsQuery, call: CallOptions): Promise<LumaListPage<LumaEvent>>;
  listAllEvents(query: EventFilter, call: CallOptions, limits?: ListingLimits): Listing<LumaEvent>;
  /** Not safe to repeat: after `luma.outcome_unknown` look the slug up. Answers the id and nothing else. */
  createEvent(body: CreateEventRequest, call: CallOptions): Promise<LumaCreated>;
  /** Fields left out stay as they are. Unless suppressed, Luma mails every guest when name, time or place change. */
  updateEvent(
    eventId: string,
    changes: EventChanges,
    mail: { suppressNotifications: boolean },
    call: CallOptions,
  ): Promise<void>;
  /** Changes nothing; answers a token that lives 15 minutes. */
  requestCancellation(eventId: string, call: CallOptions): Promise<LumaCancelRequested>;
  /** Deletes the event for good, mails every guest, refunds if asked. Never from automation. */
  cancelEvent(
    eventId: string,
    cancellation: { token: string; shouldRefund?: boolean | undefined },
    mail: { notifiesEveryGuest: true },
    call: CallOptions,
  ): Promise<void>;

  createImageUploadUrl(contentType: ImageContentType, call: CallOptions): Promise<LumaUploadUrl>;
  /**
   * Puts the bytes where `createImageUploadUrl` said; an object store, not Luma's API, so it takes no slot and carries
   * no key. Safe to repeat.
   */
  uploadImage(
    uploadUrl: string,
    image: { bytes: Uint8Array; contentType: ImageContentType },
    call: CallOptions,
  ): Promise<void>;

  /** `guestId`: a guest id, a guest or ticket key, or a mail address. */
  getGuest(eventId: string, guestId: string, call: CallOptions): Promise<LumaGuest>;
  findGuest(eventId: string, guestId: string, call: CallOptions): Promise<Found<LumaGuest>>;
  listGuests(query: ListGuestsQuery, call: CallOptions): Promise<LumaListPage<LumaGuest>>;
  listAllGuests(query: GuestFilter, call: CallOptions, limits?: ListingLimits): Listing<LumaGuest>;
  /** Accepted is not done: Luma adds in the background. Read back before believing it. */
  addGuests(
    eventId: string,
    body: GuestsToAdd,
    mail: { sendEmail: boolean },
    call: CallOptions,
  ): Promise<LumaGuestsAccepted>;
  updateGuestStatus(
    eventId: string,
    body: GuestStatusChange,
    mail: { sendEmail: boolean },
    call: CallOptions,
  ): Promise<void>;

  /** All tags that events of the calendar may bear; one request, no pages. */
  listEventTags(call: CallOptions): Promise<LumaTag[]>;
  /** Luma may keep two tags of one name: list first. */
  createEventTag(name: string, call: CallOptions): Promise<{ id: string }>;
  /** @param tag Its id, or its name. */
  applyEventTag(tag: string, eventId: string, call: CallOptions): Promise<void>;
  unapplyEventTag(tag: string, eventId: string, call: CallOptions): Promise<void>;

  /** Hidden types included; one request, no pages. */
  listTicketTypes(eventId: string, call: CallOptions): Promise<LumaTicketType[]>;

  listEventCoupons(eventId: string, page: PageQuery, call: CallOptions): Promise<LumaListPage<LumaCoupon>>;
  listAllEventCoupons(eventId: string, call: CallOptions, limits?: ListingLimits): Listing<LumaCoupon>;
  createEventCoupon(eventId: string, body: EventCouponBody, call: CallOptions): Promise<LumaCoupon>;
  updateEventCoupon(eventId: string, body: EventCouponChanges, call: CallOptions): Promise<void>;
  listCalendarCoupons(page: PageQuery, call: CallOptions): Promise<LumaListPage<LumaCoupon>>;
  listAllCalendarCoupons(call: CallOptions, limits?: ListingLimits): Listing<LumaCoupon>;
  createCalendarCoupon(body: CreateCalendarCouponRequest, call: CallOptions): Promise<LumaCoupon>;
  updateCalendarCoupon(body: UpdateCalendarCouponRequest, call: CallOptions): Promise<void>;

  /** Is this event on the key's calendar, and in which state? Null: it is not. */
  lookupCalendarEvent(by: { eventId: string } | { url: string }, call: CallOptions): Promise<LumaEventLookup['event']>;
  addEventToCalendar(body: AddCalendarEventRequest, call: CallOptions): Promise<LumaEventAdded>;

  listContacts(query: ContactFilter & PageQuery, call: CallOptions): Promise<LumaListPage<LumaContact>>;
  listAllContacts(query: ContactFilter, call: CallOptions, limits?: ListingLimits): Listing<LumaContact>;

  listWebhooks(page: PageQuery, call: CallOptions): Promise<LumaListPage<LumaWebhook>>;
  listAllWebhooks(call: CallOptions, limits?: ListingLimits): Listing<LumaWebhook>;
  getWebhook(webhookId: string, call: CallOptions): Promise<LumaWebhook>;
  createWebhook(body: { url: string; eventTypes: string[] }, call: CallOptions): Promise<LumaWebhook>;
  /** The URL of a webhook cannot be changed. */
  updateWebhook(
    webhookId: string,
    changes: { eventTypes?: string[] | undefined; status?: 'active' | 'paused' | undefined },
    call: CallOptions,
  ): Promise<LumaWebhook>;
  deleteWebhook(webhookId: string, call: CallOptions): Promise<void>;
}

export type ImageContentType = 'image/jpeg' | 'image/png';
type Paging = 'pagination_cursor' | 'pagination_limit';
export type PageQuery = Pick<ListEventsQuery, Paging>;
export type EventFilter = Omit<ListEventsQuery, 'pagination_cursor'>;
export type GuestFilter = Omit<ListGuestsQuery, 'pagination_cursor'>;
export interface ContactFilter {
  query?: string | undefined;
  tags?: string[] | undefined;
}
export type EventChanges = Omit<UpdateEventRequest, 'event_id' | 'suppress_notifications'>;
export type GuestsToAdd = Omit<AddGuestsRequest, 'event_id' | 'send_email'>;
/** A `message` goes out by mail: it cannot be given together with `sendEmail: false`. */
export type GuestStatusChange = Omit<UpdateGuestStatusRequest, 'event_id' | 'send_email'>;
export type EventCouponBody = Omit<CreateEventCouponRequest, 'event_id'>;
export type EventCouponChanges = Omit<UpdateEventCouponRequest, 'event_id'>;
