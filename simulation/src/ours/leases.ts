import { RetryAfterError } from '@luma-sync/jobs';
import type { LeaseWait } from '@luma-sync/store';
import type { VirtualTime } from '../virtual-time.js';
import type { Operations } from './operations.js';
import type { ProcessRun } from './process-run.js';

/** As a run that waits for a record looks again. */
const LOOK_AGAIN_MS = 150;

/** As `withRecordLease`: takes the lease of a record for the time of the work. */
export function createLeases(run: ProcessRun, operations: Operations, time: VirtualTime) {
  return async <T>(key: string, work: () => Promise<T>, { patienceMs = 0 }: LeaseWait = {}): Promise<T> => {
    await run.boundary(`before taking ${key}`);
    if (operations.holdsLease(key, run.owner)) return work();
    const giveUpAt = time.now() + patienceMs;
    let isTaken = operations.takeLease(key, run.owner);
    while (!isTaken && time.now() < giveUpAt) {
      await time.pause(LOOK_AGAIN_MS);
      isTaken = operations.takeLease(key, run.owner);
    }
    if (!isTaken) throw new RetryAfterError('lease.busy', `another run works on ${key}`, { waitMs: 400 });
    try {
      return await work();
    } finally {
      operations.releaseLease(key, run.owner);
    }
  };
}
