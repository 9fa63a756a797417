import type { Database } from '../database.js';
import { isolateLapsed } from './isolation.js';
import { readKnown } from './run.js';
import { judgeSilence } from './silence.js';

/** In one look; the next one comes a moment later. */
const AT_ONCE = 20;

/**
 * Isolates running operations whose lease lapsed while they ran beside others, unless their process shows that it is
 * well. The queue would hand out their jobs a second or two later, with the same result.
 *
 * @param jobs Names of the jobs that the worker has handlers for.
 */
export async function isolateSilent(
  db: Database,
  jobs: readonly string[],
  recordKey: (job: string, payload: unknown) => string | null,
): Promise<void> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    select id from operations
    where state = 'running' and not isolated and not lease_alone and lease_until < now()
      and job = any(${[...jobs]}::text[])
    order by priority, lease_until limit ${AT_ONCE}`;
  for (const { id } of rows) {
    const run = await readKnown(db, id);
    if (run === null || run.state !== 'running' || run.busyMs > 0 || judgeSilence(run) !== 'suspect') continue;
    const key = recordKey(run.job, run.payload);
    await isolateLapsed(db, { id, lapsedOwner: run.leaseOwner ?? '', recordKey: key });
  }
}
