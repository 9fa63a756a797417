import type * as api from './types.js';

/** A command on an event. `operation` is null when there was nothing to do. */
export interface EventChanged {
  event: api.Event;
  operation: api.OperationRef | null;
}

/** As {@link EventChanged}, of what may let Luma mail people. `mail` is null when it cannot. */
export interface EventChangedWithMail extends EventChanged {
  mail: api.MailPreview | null;
}

export interface RsvpChanged {
  rsvp: api.Rsvp;
  operation: api.OperationRef | null;
}

interface Started {
  operation: api.OperationRef;
}

/**
 * Every route of luma-sync's API with what it takes and answers. A test compares this table with `/openapi.json`, type
 * by type; the client can send nothing that is not in it.
 */
export interface Routes {
  'PUT /v1/events/{externalId}': { body: api.EventInput; answer: EventChangedWithMail };
  'GET /v1/events/{externalId}': { answer: { event: api.Event } };
  'DELETE /v1/events/{externalId}': { answer: EventChanged };
  'GET /v1/events': { query?: api.EventFilter & api.Paging; answer: api.Page<api.Event> };
  'POST /v1/events/{externalId}/approve': { body?: { confirmRecipients?: number }; answer: EventChangedWithMail };
  'POST /v1/events/{externalId}/reject': { answer: EventChanged };
  'POST /v1/events/{externalId}/push': { answer: EventChanged };
  'POST /v1/events/{externalId}/pull': { answer: EventChanged };
  'POST /v1/events/{externalId}/cancel': { body?: api.CancelInput; answer: EventChanged };
  'POST /v1/events/{externalId}/guest-pulls': { body?: api.GuestPullInput; answer: api.GuestPullStarted };
  'GET /v1/events/{externalId}/timeline': { query?: api.Paging; answer: api.Page<api.TimelineEntry> };

  'PUT /v1/events/{externalId}/rsvps/{personId}': { body: api.RsvpInput; answer: RsvpChanged };
  'PATCH /v1/events/{externalId}/rsvps/{personId}': { body: { status: api.RsvpStatus }; answer: RsvpChanged };
  'GET /v1/events/{externalId}/rsvps/{personId}': { answer: { rsvp: api.Rsvp } };
  'GET /v1/events/{externalId}/rsvps': { query?: api.RsvpFilter & api.Paging; answer: api.Page<api.Rsvp> };
  'POST /v1/events/{externalId}/rsvps/{personId}/restore': { answer: { rsvp: api.Rsvp } };
  'GET /v1/events/{externalId}/rsvps/{personId}/timeline': { query?: api.Paging; answer: api.Page<api.TimelineEntry> };

  'GET /v1/removal-questions': {
    query?: api.RemovalQuestionFilter & api.Paging;
    answer: api.Page<api.RemovalQuestion>;
  };
  'POST /v1/removal-questions/{questionId}/answer': {
    body: { answer: 'remove' | 'keep' };
    answer: { question: api.RemovalQuestion; operation: api.OperationRef | null };
  };

  'GET /v1/people/{personId}/export': { answer: { export: api.PersonExport } };
  'POST /v1/people/{personId}/erasure': { body?: { confirm?: boolean }; answer: { erasure: api.PersonErasure } };

  'POST /v1/calendars': { body: api.CalendarInput; answer: { calendar: api.Calendar } };
  'GET /v1/calendars': { answer: api.Page<api.Calendar> };
  'GET /v1/calendars/{calendarId}': { answer: { calendar: api.Calendar } };
  'PATCH /v1/calendars/{calendarId}': { body?: api.CalendarChange; answer: { calendar: api.Calendar } };
  'DELETE /v1/calendars/{calendarId}': { answer: undefined };
  'POST /v1/calendars/{calendarId}/test-connection': { answer: api.ConnectionTest };
  'POST /v1/calendars/{calendarId}/webhook': { answer: { calendar: api.Calendar } };
  'POST /v1/calendars/{calendarId}/pulls': { answer: Started };
  'GET /v1/calendars/{calendarId}/timeline': { query?: api.Paging; answer: api.Page<api.TimelineEntry> };
  'POST /v1/drift-checks': {
    body?: { calendarId?: string };
    answer: { operation: api.OperationRef | null; operations: api.OperationRef[] };
  };

  'POST /v1/calendars/{calendarId}/backfills': { body?: api.BackfillInput; answer: Started };
  'GET /v1/calendars/{calendarId}/backfills': { query?: api.Paging; answer: api.Page<api.Backfill> };
  'GET /v1/backfills/{planId}': { answer: { backfill: api.Backfill } };
  'GET /v1/backfills/{planId}/steps': { query?: api.Paging; answer: api.Page<api.BackfillStep> };
  'POST /v1/backfills/{planId}/apply': { answer: Started };
  'GET /v1/backfill-questions': {
    query?: api.BackfillQuestionFilter & api.Paging;
    answer: api.Page<api.BackfillQuestion>;
  };
  'POST /v1/backfill-questions/{questionId}/answer': {
    body: { answer: 'link' | 'keep_apart' };
    answer: { question: api.BackfillQuestion; operation: api.OperationRef | null };
  };

  'POST /v1/coupon-pools': { body: api.CouponPoolInput; answer: { pool: api.CouponPool } };
  'GET /v1/coupon-pools': { answer: api.Page<api.CouponPool> };
  'GET /v1/coupon-pools/{poolId}': { answer: { pool: api.CouponPool } };
  'POST /v1/coupon-pools/{poolId}/imports': { query?: api.CouponImportOptions; body: string; answer: api.CouponImport };

  'GET /v1/operations': { query?: api.OperationFilter & api.Paging; answer: api.Page<api.Operation> };
  'GET /v1/operations/{operationId}': { answer: { operation: api.Operation } };
  'POST /v1/operations/{operationId}/retry': { answer: Started };
  'POST /v1/operations/{operationId}/discard': { body: { reason: string }; answer: { operation: api.Operation } };

  'GET /v1/webhook-deliveries': { query?: api.DeliveryFilter & api.Paging; answer: api.Page<api.WebhookDelivery> };
  'GET /v1/webhook-deliveries/{deliveryId}': { answer: { delivery: api.WebhookDelivery } };
  'POST /v1/webhook-deliveries/{deliveryId}/replay': { answer: Started };

  'GET /v1/unreadable-records': { query?: api.UnreadableFilter; answer: api.Page<api.UnreadableRecord> };
  'GET /v1/unreadable-records/{recordId}': { answer: { record: api.UnreadableRecordWithRaw } };

  'GET /v1/conflicts': { query?: api.ConflictFilter; answer: api.Page<api.Conflict> };
  'GET /v1/conflicts/{conflictId}': { answer: { conflict: api.Conflict } };
  'POST /v1/conflicts/{conflictId}/resolve': {
    body: { keep: 'ours' | 'theirs' };
    answer: { conflict: api.Conflict; operation: api.OperationRef | null };
  };

  'GET /v1/held-mails': { query?: { calendarId?: string } & api.Paging; answer: api.Page<api.HeldMails> };
  'POST /v1/events/{externalId}/held-mails/confirm': {
    body: { confirmRecipients: number };
    answer: { recipients: number; operation: api.OperationRef | null };
  };
  'POST /v1/events/{externalId}/held-mails/discard': {
    answer: { recipients: number; operation: api.OperationRef | null };
  };

  'GET /v1/messages': { query?: api.MessageFilter; answer: api.Page<api.Message> };
  'GET /v1/messages/{messageId}': { answer: { message: api.Message } };
  'POST /v1/messages/{messageId}/settle': {
    body: { sent: boolean };
    answer: { message: api.Message; operation: api.OperationRef | null };
  };

  'POST /v1/api-keys': { body: api.ApiKeyInput; answer: { apiKey: api.ApiKey; key: string | null } };
  'GET /v1/api-keys': { answer: api.Page<api.ApiKey> };
  'DELETE /v1/api-keys/{apiKeyId}': { answer: undefined };
  'GET /v1/audit-log': { query?: api.AuditFilter; answer: api.Page<api.AuditEntry> };
}

export type RouteName = keyof Routes;
