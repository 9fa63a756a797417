export { type AdoptedEvent, adoptEvent, mayAdopt, toAdoptedEvent } from './adopt.js';
export { type AddressReservation, attachToLuma, hasAddress, isLinkOf, linkImported, reserveAddress } from './create.js';
export {
  type EventLink,
  type EventLinkChange,
  type EventLinkState,
  newEventLink,
  type RegistrationRefusal,
} from './event-link.js';
export {
  CHECK_STORED_MS,
  cancelAtLuma,
  isListed,
  loseEvent,
  markIdReused,
  recordCheck,
  recordCreatedAt,
  recordObservation,
  recordRead,
} from './observations.js';
export {
  type AnsweredPush,
  confirmEventPush,
  delayEventPush,
  failEventPush,
  gatherEditsMs,
  isOvertaken,
  recordEventIntent,
  requestEventPush,
  toPushedEvent,
} from './push.js';
export { type AgreedTags, recordTags } from './tags.js';
