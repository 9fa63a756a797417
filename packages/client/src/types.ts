/**
 * What luma-sync takes and answers, as `/openapi.json` describes it. Instants are ISO 8601 texts; answers are in UTC.
 */

export type * from './admin-types.js';
export type * from './backfill-types.js';
export type * from './calendar-types.js';
export type * from './common-types.js';
export type * from './coupon-types.js';
export type * from './delivery-types.js';
export type * from './event-types.js';
export type * from './operation-types.js';
export type * from './person-types.js';
export type * from './rsvp-types.js';
export type * from './story-types.js';
