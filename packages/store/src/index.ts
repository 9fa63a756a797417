// what ingress and the command line read and write
export {
  type ApiKeyRecord,
  type BootstrapKey,
  type CreatedApiKey,
  createApiKey,
  ensureBootstrapApiKey,
  findApiKey,
  findEnvironmentKeys,
  listApiKeys,
  type NewApiKey,
  revokeApiKey,
  touchApiKey,
} from './api-keys/api-keys.js';
export { type ApiKeyForm, newApiKey, toApiKeyForm } from './api-keys/key-format.js';
export {
  API_KEY_SCOPES,
  type ApiKeyScope,
  expandScopes,
  SCOPE_BUNDLES,
  SCOPE_NAMES,
  type ScopeName,
} from './api-keys/scopes.js';
export { type AuditQuery, type AuditRecord, listAudit } from './audit/read-audit.js';
export {
  type AuditActor,
  type AuditActorKind,
  type AuditNote,
  CLI_ACTOR,
  ENVIRONMENT_ACTOR,
  recordAudit,
} from './audit/record-audit.js';
export type { Adoption } from './backfill/adopt.js';
export type { AdoptionCandidate, DiscoveryState } from './backfill/adoption-questions.js';
export { type BackfillStore, createBackfillStore } from './backfill/backfill-store.js';
export type { HeldEvent } from './backfill/candidates.js';
export {
  type BackfillPlanRecord,
  type BackfillStepKind,
  type BackfillStepRecord,
  findBackfillPlan,
  listBackfillPlans,
  listBackfillSteps,
  type NewBackfillStep,
} from './backfill/plans.js';
export {
  type BackfillAnswer,
  isEventLinked,
  isLumaEventTaken,
  listBackfillQuestions,
  lockQuestionPair,
  type NewBackfillQuestion,
  type QuestionPair,
  type QuestionRecord,
  storeBackfillAnswer,
  withdrawOtherLinks,
} from './backfill/questions.js';
export {
  findBudgetOverride,
  idleForMs,
  markAccountUsed,
  noteBudgetForgotten,
} from './calendars/budget-activity.js';
export {
  type CalendarAccess,
  findCalendarAccess,
  findKeyFingerprint,
  findWebhookSecrets,
} from './calendars/calendar-access.js';
export { claimProbe, setStatusOfKey } from './calendars/calendar-health.js';
export type {
  CalendarKind,
  CalendarRecord,
  CalendarStatus,
  CoverFallbacks,
  RefusedWebhookType,
} from './calendars/calendar-record.js';
export {
  type CalendarRules,
  findCalendarRules,
  findMostMailingCalendar,
  getCalendarRules,
} from './calendars/calendar-rules.js';
export { placeOf } from './calendars/calendar-secrets.js';
export { type CalendarSyncStore, createCalendarSyncStore } from './calendars/calendar-sync-store.js';
export { clearFailedTests, noteFailedTest } from './calendars/connection-test.js';
export { findEmailRequiredText } from './calendars/email-required-text.js';
export { ensureEnvironmentCalendar } from './calendars/environment-calendar.js';
export { type CalendarOfKey, isOfAnotherCalendar, noteCalendarOfKey } from './calendars/luma-calendar-id.js';
export { type CalendarFilter, findCalendar, findCalendarIdByKey, listCalendars } from './calendars/read-calendars.js';
export { findUnreadableCalendars } from './calendars/unreadable-secrets.js';
export {
  createWebhookWatchStore,
  type KeptWebhook,
  type WatchedWebhook,
  type WebhookWatchStore,
} from './calendars/webhook-watch-store.js';
export {
  type CalendarChange,
  type CalendarDeletion,
  type CalendarWrite,
  createCalendar,
  deleteCalendar,
  type NewCalendar,
  type Routing,
  setCalendarWebhook,
  updateCalendar,
} from './calendars/write-calendars.js';
export { findNewerConflict, lockConflict, storeResolution } from './conflicts/conflict-rows.js';
// coupons and mail
export type { ConflictView } from './conflicts/conflict-view.js';
export { type ConflictRecord, findRecords, isRsvpStatus, toConflictViews } from './conflicts/conflict-view.js';
export { findConflict, listConflicts } from './conflicts/list-conflicts.js';
export { retryingTransaction } from './contention.js';
// coupons and mail
export { type AssignCouponsRequest, assignCoupons, type PoolAssignment } from './coupons/assign.js';
export { type CouponRequest, createGuestCoupons, type GuestCoupons } from './coupons/guest-coupons-store.js';
export { type ImportedCodes, importCouponCodes } from './coupons/import-codes.js';
export {
  type CouponPool,
  type CreateCouponPoolResult,
  countPoolsOfEvent,
  createCouponPool,
  findCouponPool,
  listCouponPools,
  type NewCouponPool,
} from './coupons/pools.js';
export { findCouponRecipients, listEarners } from './coupons/recipients.js';
export {
  type Database,
  type DatabaseOptions,
  type Db,
  inTransaction,
  openDatabase,
  pingPostgres,
  type Tx,
} from './database.js';
export type { CoalescedDelivery, StoredDelivery, WaitingDelivery } from './deliveries/inbox-records.js';
export { createInboxSyncStore, type InboxSyncStore } from './deliveries/inbox-sync-store.js';
export { markDeliveryFailed } from './deliveries/mark-failed.js';
export {
  type DeliveryQuery,
  type DeliveryRecord,
  type DeliveryState,
  findDelivery,
  listDeliveries,
} from './deliveries/read-deliveries.js';
export { findDeliveryToReplay, markDeliveryPending } from './deliveries/replay-rows.js';
export { type DeliveryReceipt, type NewDelivery, storeDelivery } from './deliveries/store-delivery.js';
export { type DueSweep, enqueueDue } from './due-sweep/enqueue-due.js';
export {
  type Cancellation,
  type CancellationStore,
  createCancellationStore,
} from './events/cancellation-store.js';
export { type CoverStore, type CoverUpload, createCoverStore } from './events/cover-store.js';
export type { DifferenceView } from './events/difference-view.js';
export { toEventColumns } from './events/event-columns.js';
export { findEventIdByKey, findEventKeys, lockEventByKey } from './events/event-key.js';
export type { SyncEvent, SyncEventLink, SyncEventWithLink } from './events/event-records.js';
export { toSyncEvent } from './events/event-records.js';
export {
  type EventAndLink,
  findLinkedCalendarId,
  getEventAndLink,
  getEventLinkAndHosts,
  insertEvent,
  isOrganizationKnown,
  replaceHost,
  reviseEvent,
  storeCancellation,
} from './events/event-rows.js';
export { createEventSyncStore, type EventSyncStore } from './events/event-sync-store.js';
export { type EventView, findEventView, getEventView, type StoredError } from './events/event-view.js';
export type { ImportedEvent, ObservedHost } from './events/import-events.js';
export { isEventInDoubt } from './events/in-doubt.js';
export { listDifferingEvents } from './events/list-differing.js';
export { type EventQuery, listEvents } from './events/list-events.js';
export type { MergedObservation } from './events/observe-events.js';
export type { ConfirmedPush } from './events/push-marks.js';
export { reopenRefused, reopenRefusedRegistration, reopenRefusedTags } from './events/reopen-refused.js';
export { markPushRequested, storeStated } from './events/request-rows.js';
export { findRoutedCalendarId, listRoutableCalendars } from './events/routing.js';
export type { FollowedChange } from './events/store-followed.js';
export { findLowPools, findUnusedPools, type LowPool } from './examine/find-low-pools.js';
export { findSharedKeys, listKeyFingerprints } from './examine/find-shared-keys.js';
export { findSilentCalendars } from './examine/find-silent-calendars.js';
export {
  countDeadLetters,
  countOverdue,
  countRepeatedAttempts,
  type DeadLetters,
  type OverdueJob,
  type RepeatedAttempts,
} from './examine/find-troubles.js';
export { countWaitingForPeople, type WaitingForPeople } from './examine/find-waiting.js';
export {
  findNewestSlots,
  measurePostgresDisk,
  type NewestSlots,
  type PostgresDisk,
} from './examine/measure-server.js';
export type { Calendar, Conflict, Event, EventHost, EventLink, MailPurpose } from './generated/client.js';
export {
  checkIdempotency,
  findAnswer,
  type IdempotencyCheck,
  type IdempotentRequest,
  type StoredAnswer,
  storeAnswer,
} from './idempotency/idempotency.js';
export {
  acquireRecordLease,
  fencedTransaction,
  type LeaseHolder,
  type LeaseWait,
  releaseRecordLeases,
} from './leases.js';
export { createIsolationLedger, createLedger } from './ledger/ledger.js';
export { findMailAllowance, giveMailPermit } from './mail-guard/allowance.js';
export {
  dropHeldMails,
  type HeldMails,
  type HeldMailsQuery,
  listHeldMails,
  lockHeldMails,
  markMailsConfirmed,
} from './mail-guard/held-mails.js';
export { createMailGuard, type MailGuard } from './mail-guard/mail-guard-store.js';
export { countFirstSendings, countGuestsToTell } from './mail-guard/recipients.js';
export type { ReleasedMail } from './mail-guard/released-mails.js';
export { couponEmailGivenUp } from './messages/coupon-email-given-up.js';
export {
  type CouponMail,
  type CouponMailAsking,
  type CouponMailFailure,
  type CouponMailLedger,
  type CouponMessage,
  createCouponMailLedger,
} from './messages/coupon-mail-ledger.js';
export { findMessage, listMessages, type MessageView } from './messages/read-messages.js';
export { closeUnknownMail, findMessageState } from './messages/settle-rows.js';
export { createCheckpoints } from './operations/checkpoints.js';
export {
  claimForDispatch,
  claimForLook,
  countDispatched,
  type DispatchRoom,
  findUndispatchable,
  markUndispatched,
  measureBacklog,
  type OperationToDispatch,
  type OperationToLookAt,
} from './operations/dispatch.js';
export {
  type EnqueuedOperation,
  type EnqueueOptions,
  enqueueOperation,
  enqueueOperations,
} from './operations/enqueue.js';
export { measureIsolation } from './operations/isolation.js';
export {
  findOperation,
  findOperationEffects,
  listOperations,
  type OperationEffects,
  type OperationQuery,
  type OperationView,
} from './operations/read.js';
export {
  isUnfinished,
  lockForDiscard,
  lockForReplay,
  markDiscarded,
  markReplayed,
  resumeParked,
} from './operations/replay-rows.js';
export {
  type BeginResult,
  beginOperation,
  finishOperation,
  heartbeat,
  requeueOperation,
  saveCheckpoint,
} from './operations/run.js';
export { endSession, isSessionEnded } from './operator-sessions/ended-sessions.js';
export { type Respelled, respellPeople } from './people/respell-people.js';
export { findPersonByKey, type StoredPerson, storePerson } from './people/store-person.js';
export { type Erasure, type ErasureCounts, erasePerson } from './personal-data/erase-person.js';
export { createErasedAddresses, type ErasedAddresses, NOBODY_ERASED } from './personal-data/erased-addresses.js';
export { exportPerson, NOT_OURS, type PersonExport } from './personal-data/export-person.js';
export { mayReturn } from './personal-data/may-return.js';
export { openProcessPresence, type ProcessPresence } from './processes/process-presence.js';
export {
  beatMainThread,
  type LiveProcess,
  listLiveProcesses,
} from './processes/worker-processes.js';
export { findWithinReach, isCalendarWithin, type Reach, type ReachedKind, type ReachFinding } from './reach/reach.js';
export { enqueueReconciles } from './reconcile/enqueue-reconciles.js';
export { createReconcileStore, type ReconcileStore } from './reconcile/reconcile-store.js';
export { createEventRemovals, type EventRemovals } from './removals/event-removals-store.js';
export { createGuestRemovals, type GuestRemovals } from './removals/guest-removals-store.js';
export {
  listRemovalQuestions,
  lockRemovalQuestion,
  type RemovalAnswer,
  type RemovalQuestion,
  storeRemovalAnswer,
} from './removals/questions.js';
export { restoreGuest } from './removals/remove-guest.js';
export { applyRetention, type RetentionRun } from './retention/retention.js';
export { DEFAULT_RETENTION_DAYS, type RetentionDays, type RetentionKind } from './retention/retention-days.js';
export {
  type EventOfRsvp,
  findEventOfRsvp,
  findRsvpId,
  putAnswerQuietly,
  requestAnswerPush,
  writeDecision,
} from './rsvps/answer-rows.js';
export type { AppliedGuests, GuestsObservation } from './rsvps/apply-guests.js';
export { takeOverRefusal, wasDeclinedAtLuma } from './rsvps/declined-at-luma.js';
export { reviveFailedRsvps } from './rsvps/push-marks.js';
export type { DueRsvp, ObservedGuest } from './rsvps/rsvp-records.js';
export { createRsvpSyncStore, type PageExtras, type RsvpSyncStore } from './rsvps/rsvp-sync-store.js';
export { findRsvpView, getRsvpView, listRsvps, type RsvpQuery, type RsvpView } from './rsvps/rsvp-view.js';
export { type Written, writeAnswer } from './rsvps/write-answer.js';
export {
  enqueueBackfills,
  enqueueCalendarHeads,
  enqueueCalendarPulls,
  enqueueDriftChecks,
  enqueueWebhookWatches,
} from './schedules/enqueue-scheduled.js';
export {
  type FiredSlot,
  fireScheduleSlot,
  isSlotFired,
  readDatabaseClock,
  type ScheduleSlotKey,
} from './schedules/schedule-slots.js';
export { fingerprintApiKey, type Keyring, openKeyring, SecretError } from './secrets/keyring.js';
export { rotateSecrets, type SecretColumnState, type UnreadableSecret } from './secrets/rotate-secrets.js';
export {
  fromPrismaError,
  isStoreUnavailable,
  isStoreUnmigrated,
} from './store-error.js';
export { toStoreWords } from './store-words.js';
export { appendRun, type EndedRun } from './timeline/append-run.js';
export { appendTimeline, type NewTimelineFact } from './timeline/append-timeline.js';
export {
  readEventTimeline,
  readRecordTimeline,
  readRsvpTimeline,
  type TimelineQuery,
  type TimelineRow,
} from './timeline/read-timeline.js';
export { enqueueRereads } from './unreadable/enqueue-rereads.js';
export {
  hasOpenUnreadable,
  type NotedReading,
  noteReading,
} from './unreadable/note-records.js';
export {
  countOpenUnreadable,
  findUnreadable,
  listUnreadable,
  type UnreadableQuery,
  type UnreadableView,
} from './unreadable/read-records.js';
