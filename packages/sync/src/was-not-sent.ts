import { JobError, PermanentError } from '@luma-sync/jobs';

/**
 * No slot, a blocked or refused key, no connection, told to stop before it went out: the request never reached Luma.
 */
export function wasNotSent(error: unknown): boolean {
  return error instanceof JobError && (error.verdict === 'wait' || error.code === 'luma.unreachable');
}

/** The request was not sent, or Luma refused it: a write that ended so changed nothing at Luma. */
export const hadNoEffect = (error: unknown): boolean =>
  wasNotSent(error) || (error instanceof PermanentError && error.code === 'luma.rejected');
