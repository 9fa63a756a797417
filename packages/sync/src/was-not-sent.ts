import { JobError } from '@luma-sync/jobs';

/** No slot, a blocked or refused key, no connection, told to stop before it went out: a write that ended so did nothing at Luma. */
export function wasNotSent(error: unknown): boolean {
  return error instanceof JobError && (error.verdict === 'wait' || error.code === 'luma.unreachable');
}
