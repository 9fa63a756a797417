export type * from './admin-types.js';
export {
  createLumaSyncClient,
  type EventChanged,
  type EventChangedWithMail,
  type LumaSyncClient,
  type RsvpChanged,
} from './client.js';
export {
  ApiError,
  LumaSyncError,
  NoAnswerError,
  OperationFailedError,
  OperationPendingError,
  RateLimitedError,
} from './errors.js';
export type * from './story-types.js';
export type { CallOptions, ClientOptions } from './transport.js';
export type * from './types.js';
export type { WaitOptions } from './wait-for-operation.js';
