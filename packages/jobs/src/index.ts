export type { BoundHandler, HandlerRegistry } from './bound-handler.js';
export {
  type Catalog,
  catalog,
  findDefinition,
  type HandlerOf,
  type JobName,
  type JobsOfQueue,
  jobsOf,
  type PayloadInputOf,
  type PayloadOf,
} from './catalog.js';
export type { JobContext, JobLog, Progress, RequestNote, WaitNote } from './context.js';
export { type Handler, type JobDefinition, PRIORITY, type Priority, type QueueName } from './define-job.js';
export { calendarPull } from './definitions/calendar-pull.job.js';
export { couponEmail } from './definitions/coupon-email.job.js';
export { driftCheck } from './definitions/drift-check.job.js';
export { eventCancel } from './definitions/event-cancel.job.js';
export { eventPull } from './definitions/event-pull.job.js';
export { eventPush, PUSH_EXPECTED_MS } from './definitions/event-push.job.js';
export { guestPull } from './definitions/guest-pull.job.js';
export { inboxApply } from './definitions/inbox-apply.job.js';
export { orgBackfill } from './definitions/org-backfill.job.js';
export { rsvpPush } from './definitions/rsvp-push.job.js';
export { rsvpReconcile } from './definitions/rsvp-reconcile.job.js';
export { webhookWatch } from './definitions/webhook-watch.job.js';
export { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from './durations.js';
export {
  FieldsRefusedError,
  InterruptedError,
  JobError,
  type JobErrorOptions,
  OutcomeUnknownError,
  PermanentError,
  type RefusedField,
  RetryAfterError,
  RetryableError,
  toJobError,
  type Verdict,
  type WaitScope,
} from './errors.js';
export { isKeyRefusal } from './key-refusal.js';
export type { ClaimedOperation, Failure, OperationEnding } from './operation/claimed-operation.js';
export {
  beginOperationRun,
  CRASH_MEMORY_MS,
  inheritDeath,
  JOIN_AFTER_DEATH_MS,
  joinOperation,
  moveCheckpoint,
  type OperationRequest,
  type OperationState,
  parkOperationRun,
  queueOperation,
  requeueOperationRun,
} from './operation/operation-state.js';
export {
  type DecidingDefinition,
  type DecidingOperation,
  deadlineOfRun,
  decideRequeue,
  decideRunEnd,
  decideRunStart,
  INTERRUPTED,
  type Moment,
  type Park,
  type Requeue,
  type RunEnd,
} from './operation/run-end.js';
export {
  type RunEnding,
  type RunRecord,
  type RunRequests,
  toOutcomeEnding,
  toRunEnding,
} from './operation/run-ending.js';
export { done, type Outcome, type OutcomeDetails, skipped } from './outcome.js';
export { LATE_ARRIVAL_MS, REQUEST_TIMEOUT_MS, SLOT_WAIT_MS } from './request-times.js';
export { readHttpDateMs, readRetryAfterMs } from './retry-after.js';
export { SCHEDULE_PATTERNS, type ScheduleName } from './schedule-patterns.js';
export { slowRetryMs } from './slow-retry.js';
export type { Trigger } from './trigger.js';
export { hasChangedRecord } from './webhook-result.js';
