import type { JobContext, JobsOfQueue, Outcome, PayloadOf, QueueName } from '@luma-sync/jobs';

/** One handler for each job of a queue; a missing one does not compile. */
export type BoundHandlers<Q extends QueueName> = {
  [N in JobsOfQueue<Q>]: (payload: PayloadOf<N>, ctx: JobContext) => Promise<Outcome>;
};
