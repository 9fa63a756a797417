import type { ApiKey, ApiKeyInput, AuditEntry, AuditFilter } from './admin-types.js';
import type { DeliveryFilter, WebhookDelivery } from './delivery-types.js';
import type {
  Conflict,
  ConflictFilter,
  HeldMails,
  Message,
  MessageFilter,
  TimelineEntry,
  UnreadableFilter,
  UnreadableRecord,
  UnreadableRecordWithRaw,
} from './story-types.js';
import type {
  Backfill,
  BackfillInput,
  BackfillQuestion,
  BackfillQuestionFilter,
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
  GuestPullStarted,
  MailOutlook,
  Operation,
  OperationFilter,
  OperationRef,
  Page,
  Paging,
  PersonErasure,
  PersonExport,
  RemovalQuestion,
  RemovalQuestionFilter,
  Rsvp,
  RsvpFilter,
  RsvpInput,
  RsvpStatus,
} from './types.js';

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

interface Started {
  operation: OperationRef;
}

/**
 * Every route of luma-sync's API with what it takes and answers. A test compares this table with `/openapi.json`, type by
 * type; the client can send nothing that is not in it.
 */
export interface Routes {
  'PUT /v1/events/{externalId}': { body: EventInput; answer: EventChangedWithMail };
  'GET /v1/events/{externalId}': { answer: { event: Event } };
  'DELETE /v1/events/{externalId}': { answer: EventChanged };
  'GET /v1/events': { query?: EventFilter & Paging; answer: Page<Event> };
  'POST /v1/events/{externalId}/approve': { body?: { confirmRecipients?: number }; answer: EventChangedWithMail };
  'POST /v1/events/{externalId}/reject': { answer: EventChanged };
  'POST /v1/events/{externalId}/push': { answer: EventChanged };
  'POST /v1/events/{externalId}/pull': { answer: EventChanged };
  'POST /v1/events/{externalId}/cancel': { body?: CancelInput; answer: EventChanged };
  'POST /v1/events/{externalId}/guest-pulls': { body?: GuestPullInput; answer: GuestPullStarted };
  'GET /v1/events/{externalId}/timeline': { query?: Paging; answer: Page<TimelineEntry> };

  'PUT /v1/events/{externalId}/rsvps/{personId}': { body: RsvpInput; answer: RsvpChanged };
  'PATCH /v1/events/{externalId}/rsvps/{personId}': { body: { status: RsvpStatus }; answer: RsvpChanged };
  'GET /v1/events/{externalId}/rsvps/{personId}': { answer: { rsvp: Rsvp } };
  'GET /v1/events/{externalId}/rsvps': { query?: RsvpFilter & Paging; answer: Page<Rsvp> };
  'POST /v1/events/{externalId}/rsvps/{personId}/restore': { answer: { rsvp: Rsvp } };
  'GET /v1/events/{externalId}/rsvps/{personId}/timeline': { query?: Paging; answer: Page<TimelineEntry> };

  'GET /v1/removal-questions': { query?: RemovalQuestionFilter & Paging; answer: Page<RemovalQuestion> };
  'POST /v1/removal-questions/{questionId}/answer': {
    body: { answer: 'remove' | 'keep' };
    answer: { question: RemovalQuestion; operation: OperationRef | null };
  };

  'GET /v1/people/{personId}/export': { answer: { export: PersonExport } };
  'POST /v1/people/{personId}/erasure': { body?: { confirm?: boolean }; answer: { erasure: PersonErasure } };

  'POST /v1/calendars': { body: CalendarInput; answer: { calendar: Calendar } };
  'GET /v1/calendars': { answer: Page<Calendar> };
  'GET /v1/calendars/{calendarId}': { answer: { calendar: Calendar } };
  'PATCH /v1/calendars/{calendarId}': { body?: CalendarChange; answer: { calendar: Calendar } };
  'DELETE /v1/calendars/{calendarId}': { answer: undefined };
  'POST /v1/calendars/{calendarId}/test-connection': { answer: ConnectionTest };
  'POST /v1/calendars/{calendarId}/webhook': { answer: { calendar: Calendar } };
  'POST /v1/calendars/{calendarId}/pulls': { answer: Started };
  'GET /v1/calendars/{calendarId}/timeline': { query?: Paging; answer: Page<TimelineEntry> };
  'POST /v1/drift-checks': {
    body?: { calendarId?: string };
    answer: { operation: OperationRef | null; operations: OperationRef[] };
  };

  'POST /v1/calendars/{calendarId}/backfills': { body?: BackfillInput; answer: Started };
  'GET /v1/calendars/{calendarId}/backfills': { query?: Paging; answer: Page<Backfill> };
  'GET /v1/backfills/{planId}': { answer: { backfill: Backfill } };
  'GET /v1/backfills/{planId}/steps': { query?: Paging; answer: Page<BackfillStep> };
  'POST /v1/backfills/{planId}/apply': { answer: Started };
  'GET /v1/backfill-questions': { query?: BackfillQuestionFilter & Paging; answer: Page<BackfillQuestion> };
  'POST /v1/backfill-questions/{questionId}/answer': {
    body: { answer: 'link' | 'keep_apart' };
    answer: { question: BackfillQuestion; operation: OperationRef | null };
  };

  'POST /v1/coupon-pools': { body: CouponPoolInput; answer: { pool: CouponPool } };
  'GET /v1/coupon-pools': { answer: Page<CouponPool> };
  'GET /v1/coupon-pools/{poolId}': { answer: { pool: CouponPool } };
  'POST /v1/coupon-pools/{poolId}/imports': { query?: CouponImportOptions; body: string; answer: CouponImport };

  'GET /v1/operations': { query?: OperationFilter & Paging; answer: Page<Operation> };
  'GET /v1/operations/{operationId}': { answer: { operation: Operation } };
  'POST /v1/operations/{operationId}/retry': { answer: Started };
  'POST /v1/operations/{operationId}/discard': { body: { reason: string }; answer: { operation: Operation } };

  'GET /v1/webhook-deliveries': { query?: DeliveryFilter & Paging; answer: Page<WebhookDelivery> };
  'GET /v1/webhook-deliveries/{deliveryId}': { answer: { delivery: WebhookDelivery } };
  'POST /v1/webhook-deliveries/{deliveryId}/replay': { answer: Started };

  'GET /v1/unreadable-records': { query?: UnreadableFilter; answer: Page<UnreadableRecord> };
  'GET /v1/unreadable-records/{recordId}': { answer: { record: UnreadableRecordWithRaw } };

  'GET /v1/conflicts': { query?: ConflictFilter; answer: Page<Conflict> };
  'GET /v1/conflicts/{conflictId}': { answer: { conflict: Conflict } };
  'POST /v1/conflicts/{conflictId}/resolve': {
    body: { keep: 'ours' | 'theirs' };
    answer: { conflict: Conflict; operation: OperationRef | null };
  };

  'GET /v1/held-mails': { query?: { calendarId?: string } & Paging; answer: Page<HeldMails> };
  'POST /v1/events/{externalId}/held-mails/confirm': {
    body: { confirmRecipients: number };
    answer: { recipients: number; operation: OperationRef | null };
  };
  'POST /v1/events/{externalId}/held-mails/discard': { answer: { recipients: number; operation: OperationRef | null } };

  'GET /v1/messages': { query?: MessageFilter; answer: Page<Message> };
  'GET /v1/messages/{messageId}': { answer: { message: Message } };
  'POST /v1/messages/{messageId}/settle': {
    body: { sent: boolean };
    answer: { message: Message; operation: OperationRef | null };
  };

  'POST /v1/api-keys': { body: ApiKeyInput; answer: { apiKey: ApiKey; key: string | null } };
  'GET /v1/api-keys': { answer: Page<ApiKey> };
  'DELETE /v1/api-keys/{apiKeyId}': { answer: undefined };
  'GET /v1/audit-log': { query?: AuditFilter; answer: Page<AuditEntry> };
}

export type RouteName = keyof Routes;
