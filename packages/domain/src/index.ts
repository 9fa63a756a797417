export { type CouponOutlook, decideCoupons, describeCoupons } from './coupons/pull-outlook.js';
export type {
  AddressReservation,
  AdoptedEvent,
  AgreedTags,
  AnsweredPush,
  EventLink,
  EventLinkChange,
  EventLinkState,
  RegistrationRefusal,
} from './event-link/index.js';
export * as eventLinks from './event-link/index.js';
export { type AgreedAfterPush, agreeAfterPush, isEarlierRequest, type PushEffect } from './events/agree-after-push.js';
export { decideApproval, PUBLISHING_ROLES } from './events/approval.js';
export {
  type EventRecord,
  type EventRecordChanges,
  toEventRecordChanges,
  toEventState,
  withoutCancelledWord,
} from './events/event-record.js';
export {
  EVENT_FIELDS,
  type EventField,
  type EventState,
  type EventVisibility,
  type ObservedEventState,
} from './events/event-state.js';
export {
  EVENT_FIELD_RULES,
  type EventFieldRule,
  isOurEventField,
  isSameEventField,
} from './events/field-rules.js';
export { compareFollowed, type FollowedColumns, type ShownFollowed, toFollowedColumns } from './events/follow.js';
export { FOLLOWED_FIELD_RULES } from './events/followed-fields.js';
export { followPlace, type LocationType, locationTypeOf } from './events/location-type.js';
export { findTag, hasSameTags, mergeTags, planTags, type TagsBase, withoutRepeatedTags } from './events/merge-tags.js';
export { isRewriting } from './events/rewriting.js';
export { SLUG_HASH_LENGTH, slugOfUrl, toSlug } from './events/slug.js';
export { findTimezone, nearestTimezones } from './events/timezones.js';
export { type Place, type RoutableCalendar, routeToCalendar, toRoutingPlace } from './geo/routing.js';
export { type LinkError, toLinkError } from './links/link-error.js';
export { decideMail, type MailAllowance, type MailDecision } from './mail/decide-mail.js';
export { couldMailGuests, isMailedAbout } from './mail/mailed-fields.js';
export { isSameValue } from './merge/same-value.js';
export {
  type Base,
  type Comparison,
  type Difference,
  type DifferenceReason,
  type Differences,
  type FieldConflict,
  foldAsked,
  type MergeResult,
  mergeThreeWay,
  type Side,
} from './merge/three-way.js';
export { isEmail, normalizeEmail, spellingsOf, toAddressDigest } from './people/email.js';
export { fillFromGuest, type IdentityChange, planIdentityChange } from './people/follow-guest.js';
export { isOnlyAtLuma, isProven, type PersonRecord, toClaim, toContactEmail } from './people/person.js';
export { normalizePhone } from './people/phone.js';
export {
  type AppPersonInput,
  type KnownPeople,
  type PersonFields,
  type PersonPlan,
  planPerson,
} from './people/plan-person.js';
export { isDueForRemoval, isTooMuchMissing } from './removals/judge-missing.js';
export type { DueRsvp, RsvpIntent, RsvpLink, RsvpLinkState, UnleasedRead } from './rsvp-link/index.js';
export * as rsvpLinks from './rsvp-link/index.js';
export {
  type GuestPagePlan,
  planGuestPage,
  ruleOfConflict,
  ruleOfOwner,
  type SecondEntry,
  withoutRepeats,
} from './rsvps/guest-page.js';
export {
  type GuestIdentity,
  type GuestKeys,
  identifyGuests,
  type PersonKeys,
  type RsvpKeys,
} from './rsvps/match-guests.js';
export {
  type GuestPlan,
  type GuestReason,
  type HeldRsvp,
  planGuest,
  type RsvpBase,
  type SeenGuest,
} from './rsvps/plan-guest.js';
export {
  earnsCoupon,
  holdsPlace,
  RSVP_STATUSES,
  type RsvpStatus,
  toApprovalStatus,
  toRsvpStatus,
  type WritableApprovalStatus,
} from './rsvps/status.js';
export { applyAnswer, type StoredAnswer, takesPlace } from './submitted/answer.js';
export {
  type DecisionPlan,
  planApproval,
  planCancellation,
  planRejection,
  type QuietCancelMode,
} from './submitted/decisions.js';
export {
  applySubmitted,
  changedColumns,
  isMoved,
  isSubmitted,
  SUBMITTED_COLUMNS,
  type Submitted,
  toSubmitted,
} from './submitted/event.js';
export { parseUrl, toNormalForm, trimEndOf } from './text/linear.js';
export { isUuid } from './text/uuid.js';
export { toVisibleLine, toVisibleText } from './text/visible-text.js';
