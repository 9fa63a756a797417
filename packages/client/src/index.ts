export { createLumaSyncClient, type LumaSyncClient } from './client.js';
export {
  ApiError,
  LumaSyncError,
  NoAnswerError,
  OperationFailedError,
  OperationPendingError,
  RateLimitedError,
} from './errors.js';
export type { EventChanged, EventChangedWithMail, RouteName, Routes, RsvpChanged } from './routes.js';
export type { CallOptions, ClientOptions } from './transport.js';
export type * from './types.js';
export type { WaitOptions } from './wait-for-operation.js';
