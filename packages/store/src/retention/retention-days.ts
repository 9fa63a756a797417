/** Days each kind of record is kept. */
export interface RetentionDays {
  /** Operations that were done or discarded: the sync log. */
  operations: number;
  /** Operations that failed for good: somebody may still replay them. */
  deadLetters: number;
  /** Bodies of webhooks that were applied. They hold names and mail addresses. */
  webhookBodies: number;
  /** Bodies of webhooks that were not applied, yet or for good. */
  unappliedWebhookBodies: number;
  webhookDeliveries: number;
  unappliedWebhookDeliveries: number;
  timeline: number;
  idempotencyKeys: number;
  scheduleSlots: number;
  /** Leases that ran out and whose record was not worked on since. */
  recordLeases: number;
  /** Plans of backfills, with their steps. One that was never carried out is called stale first. */
  backfills: number;
  /** Notes of what lists lacked, and what was asked about them. Without its note a removal cannot be undone. */
  absences: number;
  /** Commands to cancel an event at Luma for good, with the number of guests that was confirmed. */
  cancellations: number;
  /** The audit log. Its table keeps every row for 30 days at least, whatever is set. */
  audit: number;
  /** Records of Luma's that could not be read, counted from when they were last seen. They may name people. */
  unreadableRecords: number;
  /** Answers to the registration questions of events that are over. */
  registrationAnswers: number;
  /** Addresses in the ledger of mails that were sent; the ledger itself stays. */
  mailAddresses: number;
  /** Fields that both sides had changed, with both values. */
  conflicts: number;
}

export type RetentionKind =
  | Exclude<keyof RetentionDays, 'backfills'>
  | 'removalQuestions'
  | 'unappliedBackfillPlans'
  | 'backfillSteps'
  | 'backfillPlans';

export const DEFAULT_RETENTION_DAYS: RetentionDays = {
  operations: 90,
  deadLetters: 180,
  webhookBodies: 14,
  unappliedWebhookBodies: 90,
  webhookDeliveries: 90,
  unappliedWebhookDeliveries: 180,
  timeline: 365,
  idempotencyKeys: 2,
  scheduleSlots: 90,
  recordLeases: 1,
  backfills: 90,
  absences: 365,
  cancellations: 365,
  audit: 730,
  unreadableRecords: 90,
  registrationAnswers: 365,
  mailAddresses: 365,
  conflicts: 365,
};
