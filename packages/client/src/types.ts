/** What luma-sync takes and answers, as `/openapi.json` describes it. Instants are ISO 8601 texts; answers are in UTC. */

export interface EventInput {
  title: string;
  /** Markdown */
  description?: string | null;
  startsAt: string;
  /** Left out a new event lasts an hour, and any other as long as before. */
  endsAt?: string | null;
  /** IANA name. Left out a new event takes the default of its calendar, and any other keeps its own. */
  timezone?: string | null;
  location?: {
    /** Left out it follows from place and link where these leave one choice. */
    type?: 'physical' | 'online' | 'tbd' | null;
    name?: string | null;
    address?: string | null;
    lat?: number | null;
    lng?: number | null;
    /** Taken as an event gives it out; nothing of it is stored. */
    city?: string | null;
    country?: string | null;
  } | null;
  meetingUrl?: string | null;
  coverUrl?: string | null;
  visibility?: 'public' | 'members-only' | 'private';
  capacity?: number | null;
  tags?: string[];
  /** Left out or null the host stays. */
  host?: {
    externalId: string;
    name?: string | null;
    email?: string | null;
    /** What the app calls the host's rights; the calendar's `publishingRoles` says which of them need no approval. */
    role?: string | null;
  } | null;
  calendarId?: string;
  /** Lets Luma mail so many guests about a new name, time or place, where more than the calendar's limit would be. */
  confirmRecipients?: number;
}

/** Whether Luma may mail people because of a command, as far as it is known, and why. */
export interface MailOutlook {
  allowed: boolean;
  recipients: number;
  reason: string;
}

export interface RemoteError {
  code: string;
  message: string;
}

/** Why a record is not as it should be yet. */
export interface SyncError extends RemoteError {
  /** When the same is tried again by itself; null when it is not. */
  nextTryAt: string | null;
}

/** A field that Luma does not hold as we have it. */
export interface EventDifference {
  /** As in conflicts: `title`, `address`, `coordinate`, `meetingUrl` and so on. */
  field: string;
  ours: unknown;
  /** What Luma holds; null where it holds nothing or does not show the field. */
  luma: unknown;
  reason: 'cannot_be_emptied' | 'refused' | 'rewritten' | 'not_shown';
  /** The reason in words, with Luma's own text of a refusal. */
  why: string;
}

export interface Event {
  id: string;
  /** Null for what began at Luma; `id` stands for it in paths then. */
  externalId: string | null;
  source: 'app' | 'luma' | 'ical';
  ownership: 'created' | 'referenced';
  approval: 'draft' | 'pending' | 'approved' | 'cancelled';
  /** How a cancelled event was taken back at Luma; null for one that is not, or that Luma cancelled without us. */
  cancelMode: 'hide' | 'soft' | 'cancel' | null;
  revision: number;
  title: string;
  description: string | null;
  startsAt: string;
  endsAt: string;
  timezone: string;
  location: {
    type: 'physical' | 'online' | 'tbd';
    name: string | null;
    address: string | null;
    lat: number | null;
    lng: number | null;
    /** As Luma derives it from the address. */
    city: string | null;
    country: string | null;
  };
  meetingUrl: string | null;
  coverUrl: string | null;
  visibility: 'public' | 'members-only' | 'private';
  capacity: number | null;
  tags: string[];
  host: { externalId: string; name: string | null; email: string | null; role: string | null } | null;
  calendarId: string | null;
  organizationId: string | null;
  /** What guests are asked when they register, as Luma shows it. `id` is the `questionId` of an answer. */
  registrationQuestions: { id: string; label: string; type: string; required: boolean; options: string[] }[];
  /** Everybody who hosts it, as the app or Luma names them. */
  hosts: { lumaUserId: string | null; externalId: string | null; name: string | null; email: string | null }[];
  luma: { eventId: string; url: string | null; calendarId: string; guestsPulledAt: string | null } | null;
  sync: {
    state: EventSyncState | null;
    pushedRevision: number;
    syncedAt: string | null;
    lastError: SyncError | null;
    /** Fields that Luma does not hold as this event has them; everything else was pushed. */
    notAtLuma: EventDifference[];
  };
  rsvpCount: number;
  updatedAt: string;
}

export type EventSyncState =
  | 'pending_push'
  | 'pushed'
  | 'pulled'
  | 'synced'
  | 'push_failed'
  | 'drifted'
  | 'source_deleted'
  | 'conflict';

export interface EventFilter {
  calendarId?: string;
  /** Events that start at this moment or later. */
  from?: string;
  /** Events that start before this moment. */
  to?: string;
  /** No event is ever in the two others yet. */
  state?: Exclude<EventSyncState, 'pushed' | 'conflict'>;
  approval?: Event['approval'];
  /** The event that Luma knows by this id. */
  lumaEventId?: string;
  /** The event with this public address at Luma. */
  lumaUrl?: string;
  /** Events that changed at this moment or later. */
  updatedSince?: string;
}

export type RsvpStatus = 'going' | 'interested' | 'pending' | 'waitlist' | 'rejected' | 'cancelled';

export interface RsvpFilter {
  status?: RsvpStatus;
  /** Answers that changed at this moment or later. */
  updatedSince?: string;
}

export interface RsvpInput {
  name: string;
  /** Without one luma-sync answers `rsvp.email_required`. */
  email?: string | null;
  /** The app has proof that the person receives mail under this address. Without it no guest of Luma's becomes this person. */
  emailVerified?: boolean;
  /** With its country code. */
  phone?: string | null;
  status: RsvpStatus;
}

export interface PersonExport {
  exportedAt: string;
  /** Data that others keep. */
  notIncluded: string[];
  /** Rows by class of data, as they are stored. */
  data: Record<string, unknown[]>;
}

export interface PersonErasure {
  /** False: only counted. */
  isErased: boolean;
  /** Rows that are removed or emptied, by class of data. */
  counts: Record<string, number>;
  /** Rows that stay counted and say nothing of the person any more. */
  kept: Record<string, number>;
  /** Data that others keep. */
  notErased: string[];
}

export interface Rsvp {
  /** The app's id of the person; luma-sync's own for one known only from Luma. */
  personId: string;
  externalId: string | null;
  origin: 'app' | 'luma';
  name: string | null;
  email: string | null;
  /** The app had proof of the address, or Luma showed it. */
  emailVerified: boolean;
  phone: string | null;
  status: RsvpStatus;
  checkedInAt: string | null;
  registeredAt: string | null;
  ticketType: string | null;
  tickets: { id: string; name: string | null; checkedInAt: string | null }[];
  /** Answers to the questions of the registration at Luma. */
  answers: { questionId: string; label: string | null; type: string | null; value: unknown }[];
  updatedAt: string;
  luma: { guestId: string } | null;
  sync: {
    state:
      | 'pending_push'
      | 'unconfirmed'
      | 'pulled'
      | 'synced'
      | 'push_failed'
      | 'removed'
      | 'unverified'
      | 'not_carried'
      | null;
    lastError: SyncError | null;
    /** What Luma does not hold as the answer has it: `name`, where Luma refused the name. */
    notAtLuma: EventDifference[];
    /** Luma has the answer and did not mail about it; `heldMails.confirm` lets it. */
    isMailHeld: boolean;
  };
}

export interface CancelInput {
  /** `hide` and `soft` mail nobody and can be undone; `cancel` is Luma's own, for good. */
  mode?: 'hide' | 'soft' | 'cancel';
  /** With `cancel`: the most guests that Luma may mail. */
  confirmRecipients?: number;
  /** With `cancel`, where somebody paid. */
  refund?: boolean;
}

/** Asked because too much was missing at Luma at once; nothing is removed while it is open. */
export interface RemovalQuestion {
  id: string;
  recordType: 'rsvp' | 'event';
  /** Whose guests are missing; null when it is events. */
  event: string | null;
  calendarId: string | null;
  missing: number;
  total: number;
  state: 'open' | 'answered' | 'settled';
  answer: 'remove' | 'keep' | null;
  answeredBy: string | null;
  answeredAt: string | null;
  settledAt: string | null;
  createdAt: string;
  updatedAt: string;
}

export interface RemovalQuestionFilter {
  state?: RemovalQuestion['state'];
}

/** What a guest pull will do about coupons, as far as it is known before the list is read. */
export interface GuestPullCoupons {
  assigned: boolean;
  mailed: boolean;
  /** People known here who would be mailed a code now; 0 when nobody is mailed. */
  recipients: number;
  /** One sentence for an operator. */
  message: string;
}

export interface GuestPullStarted {
  operation: OperationRef;
  coupons: GuestPullCoupons;
}

export interface GuestPullInput {
  /** Default true; for a cancelled event false, and true is refused. */
  assignCoupons?: boolean;
  /** Default: the calendar’s `mailCoupons`; for a cancelled event false, and true is refused. */
  sendEmails?: boolean;
  /** People who may be mailed a code. */
  confirmRecipients?: number;
  approvalStatus?: 'approved' | 'pending_approval' | 'invited' | 'declined' | 'waitlist' | null;
}

export interface Routing {
  lat: number;
  lng: number;
  radiusKm: number;
  /** Of several circles around a place the one with the highest takes the event, then the smallest. Default 0. */
  priority?: number;
}

export interface CalendarInput {
  name: string;
  kind: 'luma' | 'manual';
  apiKey?: string;
  isDefault?: boolean;
  routing?: Routing;
  webhookSecret?: string;
  /** Of new events that name no time zone. */
  defaultTimezone?: string;
}

/** Covers for events that have none, or none that can be used: by tag, then for all others. JPEG or PNG. */
export interface CoverFallbacks {
  byTag: Record<string, string>;
  otherwise: string | null;
}

/** What is left out stays; null removes. */
export interface CalendarChange {
  name?: string;
  apiKey?: string | null;
  isDefault?: boolean;
  routing?: Routing | null;
  icalUrl?: string | null;
  webhookSecret?: string;
  syncEnabled?: boolean;
  mailOnRsvp?: boolean;
  mailOnUpdate?: boolean;
  /** Whether a guest pull that does not say `sendEmails` mails the codes it gives. Default false. */
  mailCoupons?: boolean;
  /** False: Luma chooses the public addresses of new events. */
  ownAddresses?: boolean;
  /** Of new events that name no time zone. */
  defaultTimezone?: string | null;
  /** Roles of hosts whose events need no approval, as the app spells them. */
  publishingRoles?: string[];
  /** What a person is told who answers without a mail address; null: luma-sync's own words. */
  emailRequiredText?: string | null;
  /** More people than this are mailed at once only when a command says their number. */
  mailConfirmAbove?: number;
  coverFallbacks?: Partial<CoverFallbacks>;
}

export interface Calendar {
  id: string;
  name: string;
  kind: 'luma' | 'ical' | 'manual';
  isDefault: boolean;
  organizationId: string | null;
  lumaCalendarId: string | null;
  hasApiKey: boolean;
  hasWebhookSecret: boolean;
  webhookUrl: string;
  icalUrl: string | null;
  routing: (Routing & { priority: number }) | null;
  syncEnabled: boolean;
  mailOnRsvp: boolean;
  mailOnUpdate: boolean;
  mailCoupons: boolean;
  ownAddresses: boolean;
  defaultTimezone: string | null;
  publishingRoles: string[];
  emailRequiredText: string | null;
  mailConfirmAbove: number;
  coverFallbacks: CoverFallbacks;
  status: 'ok' | 'auth_failed' | 'plan_inactive' | 'paused';
  statusReason: string | null;
  statusSince: string;
  webhook: {
    id: string | null;
    /** `silent`: it stands at Luma, yet nothing arrives. */
    state: 'unknown' | 'ok' | 'silent';
    checkedAt: string | null;
    repairedAt: string | null;
  };
  lastSyncedAt: string | null;
  createdAt: string;
}

export interface ConnectionTest {
  status: 'connected' | 'disconnected';
  reason: string | null;
}

export interface BackfillInput {
  /** Carry the plan out at once; by default it is only made. */
  apply?: boolean;
  /** Compare events that start at this moment or later; by default two days ago. */
  startsAfter?: string | null;
}

/** What has to be done so that a calendar and our events know each other. */
export interface Backfill {
  id: string;
  calendarId: string;
  state: 'planned' | 'applying' | 'applied' | 'stale';
  actor: string;
  startsAfter: string;
  compared: number;
  questions: number;
  cost: { requests: number; perMinute: number; minutes: number };
  /** Why it is stale. */
  changes: string[];
  createdAt: string;
  finishedAt: string | null;
}

export interface BackfillStep {
  position: number;
  kind: 'adopt' | 'create' | 'import';
  eventId: string | null;
  lumaEventId: string | null;
  mergesEventId: string | null;
  matchedBy: 'answer' | 'slug' | 'time_and_name' | null;
  sends: string[];
  takes: string[];
  /** Sent to Luma, in this order. */
  requests: string[];
  doneAt: string | null;
}

/** Two events that may be the same. */
export interface BackfillQuestion {
  id: string;
  calendarId: string;
  reason: 'several_fit' | 'near_in_time' | 'like_name';
  event: { id: string; externalId: string | null; title: string; startsAt: string };
  luma: { eventId: string; title: string; startsAt: string; url: string | null };
  answer: 'link' | 'keep_apart' | null;
  answeredBy: string | null;
  answeredAt: string | null;
  createdAt: string;
}

export interface BackfillQuestionFilter {
  calendarId?: string;
  state?: 'open' | 'answered';
}

export interface CouponPoolInput {
  name: string;
  /** The app's ids of the events whose guests get a code; at least one. */
  events: string[];
  calendarId?: string;
}

export interface CouponPool {
  id: string;
  name: string;
  calendarId: string | null;
  events: string[];
  counts: { codes: number; available: number; assigned: number; mailed: number; waiting: number };
  createdAt: string;
}

/** How a file of codes is to be read. Without them a heading, or a first line `sep=;`, has to tell. */
export interface CouponImportOptions {
  /** What divides the columns; `none`: each line is a code as it stands. */
  delimiter?: 'comma' | 'semicolon' | 'tab' | 'pipe' | 'none' | undefined;
  /** Whether the first line is a heading. */
  heading?: boolean | undefined;
}

export interface CouponImport {
  imported: number;
  duplicates: number;
  /** Events whose guests had waited for codes of the pool; a guest pull of each serves them. */
  resumed: number;
  invalid: { line: number; reason: string }[];
}

export type OperationState = 'queued' | 'running' | 'done' | 'failed' | 'discarded' | 'replayed';

export interface OperationRef {
  id: string;
  state: OperationState;
}

export interface Operation extends OperationRef {
  job: string;
  trigger: 'manual' | 'api' | 'scheduled' | 'webhook';
  eventId: string | null;
  calendarId: string | null;
  progress: { done: number; total: number | null } | null;
  attempts: number;
  /** It runs in a process of its own: a process died, or stood still, while it ran beside others. */
  isolated: boolean;
  /** Given up for now since then; `waiting.until` says when it is tried again. Null for any other. */
  parkedAt: string | null;
  /** Why it does not run now. */
  waiting: { reason: string; until: string } | null;
  /** How it ended, once it did. */
  outcome: unknown;
  error: RemoteError | null;
  replayOf: string | null;
  /** Of a dead letter that was run again: the operation that did. */
  replayedBy: string | null;
  createdAt: string;
  finishedAt: string | null;
}

export interface OperationFilter {
  job?: string;
  state?: OperationState;
  eventId?: string;
  calendarId?: string;
  /** Those that wait for a slow retry. */
  parked?: boolean;
  /** Those that run in a process of their own. */
  isolated?: boolean;
}

export interface Page<T> {
  data: T[];
  nextCursor: string | null;
}

export interface Paging {
  /** 1 to 200; 50 by default. */
  limit?: number;
  cursor?: string;
}
