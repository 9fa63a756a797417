export { createLumaApi, createLumaClient, type LumaClient, type LumaClientOptions } from './create-luma-client.js';
export { ENDPOINTS, type Endpoint } from './endpoint.js';
export { type FailureContext, fromGotError, fromStatus } from './from-got-error.js';
export type {
  CallOptions,
  ContactFilter,
  EventChanges,
  EventCouponBody,
  EventCouponChanges,
  EventFilter,
  Found,
  GuestFilter,
  GuestStatusChange,
  GuestsToAdd,
  ImageContentType,
  ListedPage,
  Listing,
  ListingEnd,
  ListingLimits,
  LumaApi,
  NoteReading,
  PageQuery,
  Reading,
  RequestInfo,
} from './luma-api.js';
export type {
  AnswerHeaders,
  GrantedSlot,
  SlotAnswer,
  SlotDenialReason,
  SlotGate,
  SlotRequest,
} from './slot-gate.js';
export { createTransport, type Transport, type TransportOptions } from './transport.js';
export { USER_AGENT } from './user-agent.js';
