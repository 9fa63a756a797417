export {
  carryAnswer,
  isRefusedAtLuma,
  releaseAddress,
  requestRsvpPush,
} from './answers.js';
export { ADD_ARRIVES_MS, CHECK_PAUSE_MAX_MS, countCheck, countTry, FIRST_CHECK_MS } from './checks.js';
export { type DueRsvp, isDue, toDueRsvp } from './due.js';
export {
  DECLINED_AT_LUMA,
  delayPush,
  failPush,
  giveWay,
  isInPush,
  markUnverified,
  retryFailed,
  retryUnreadable,
  settle,
  UNREADABLE_GUEST,
} from './endings.js';
export {
  type BeforeIntent,
  type RsvpIntent,
  recordAccepted,
  recordIntent,
  revertIntent,
  SKIPPED_BY_LUMA,
} from './intent.js';
export { isFirstSending, isToldOfChanges } from './mailing.js';
export {
  CLOCKS_APART_MS,
  confirmSeen,
  forgetGuest,
  type GuestObservation,
  hasGivenWay,
  isContested,
  isGoneSince,
  isNewest,
  linkGuest,
  linkNewGuest,
  moveToEntry,
  type UnleasedRead,
} from './observations.js';
export type { RsvpLink, RsvpLinkState } from './rsvp-link.js';
