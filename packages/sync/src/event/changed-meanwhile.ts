import { RetryAfterError } from '@luma-sync/jobs';

/**
 * A fenced write found another state than the run had read. The next run starts at once and reads anew.
 *
 * @param what One sentence: which record changed during what.
 */
export const changedMeanwhile = (what: string): RetryAfterError =>
  new RetryAfterError('event.changed_meanwhile', what, { waitMs: 0 });

/** Of an event and the one of Luma's that it is about to be tied to. */
export const changedWhileTied = (eventId: string, lumaEventId: string): RetryAfterError =>
  changedMeanwhile(`event ${eventId} or Luma's ${lumaEventId} changed while they were tied`);
