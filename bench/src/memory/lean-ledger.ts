import type { ClaimedOperation } from '@luma-sync/jobs';
import type { Ledger } from '@luma-sync/queue';
import { createLedger, type Database } from '@luma-sync/store';

/**
 * The ledger with one statement for the beginning and one for a good end, and no lease on the record. Redis sees the
 * very same as with the real one, which costs Postgres and the processor several times as much: a million operations
 * would take hours on a small machine.
 */
export function createLeanLedger(db: Database): Ledger {
  return {
    ...createLedger(db),
    async begin({ id, owner, leaseMs }) {
      const [operation] = await db.$queryRaw<ClaimedOperation[]>`
        update operations set state = 'running', lease_owner = ${owner},
          lease_until = now() + ${leaseMs} * interval '1 ms',
          dispatch_at = now() + ${leaseMs + 2_000} * interval '1 ms', started_at = coalesce(started_at, now())
        where id = ${id}::uuid and state = 'queued'
        returning id, job, payload, attempts, crashes, slow_tries as "slowTries", trigger::text as trigger,
          created_at as "createdAt", deadline_at as "deadlineAt", checkpoint`;
      return operation === undefined ? { kind: 'settled' } : { kind: 'begun', operation };
    },
    // The timeline costs a statement for each run: none is recorded here.
    async finish(run, outcome) {
      const changed = await db.$executeRaw`
        update operations set state = 'done', outcome = ${JSON.stringify(outcome)}::jsonb, finished_at = now(),
          dispatch_at = null,
          lease_owner = null, lease_until = null
        where id = ${run.id}::uuid and lease_owner = ${run.owner} and state = 'running'`;
      return changed === 1;
    },
  };
}
