import { toLinkError } from '@luma-sync/domain';
import type { Failure } from '@luma-sync/jobs';

/** A failure after which the same is tried again. */
export type Delay = Failure & { nextTryAt: Date };

/** A `last_error` of a record whose work is tried again later. */
export const toDelayedError = ({ code, message, nextTryAt }: Delay) => ({
  ...toLinkError({ code, message: message.slice(0, 1_000) }, new Date()),
  nextTryAt: nextTryAt.toISOString(),
});
