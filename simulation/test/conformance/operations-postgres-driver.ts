import { eventPush } from '@luma-sync/jobs';
import {
  beginOperation,
  enqueueOperation,
  finishOperation,
  inTransaction,
  openDatabase,
  requeueOperation,
  saveCheckpoint,
} from '@luma-sync/store';
import { atEnd, openTestDatabase } from '@luma-sync/testkit';
import type { OperationStoreDriver } from './operations-cases.js';

/** Longer than any test takes. */
const LEASE_MS = 600_000;
const ASKED = { trigger: 'api', actor: 'test' } as const;
const FAILURE = { code: 'luma.rejected', message: 'refused' };

/** The store of the workers. Time passes by moving every moment in its tables back. */
export async function openPostgresDriver(): Promise<OperationStoreDriver> {
  const { url } = await openTestDatabase();
  const db = openDatabase({ url, poolMax: 4 });
  atEnd(() => db.$disconnect());
  const run = (id: string, owner: string) => ({ id, owner, isAlone: true });
  const now = async (): Promise<Date> => {
    const [row] = await db.$queryRaw<{ now: Date }[]>`select clock_timestamp() as now`;
    if (row === undefined) throw new Error('Postgres did not say what time it is');
    return row.now;
  };
  return {
    now,
    async advance(ms) {
      await db.$executeRaw`
        update operations set run_after = run_after - ${ms} * interval '1 ms',
          deadline_at = deadline_at - ${ms} * interval '1 ms', crashed_at = crashed_at - ${ms} * interval '1 ms'`;
    },
    async enqueue(eventId, { priority, inMs } = {}) {
      const options = {
        ...ASKED,
        ...(priority === undefined ? {} : { priority }),
        ...(inMs === undefined ? {} : { runAfter: new Date((await now()).getTime() + inMs) }),
      };
      return (await enqueueOperation(db, eventPush, { eventId }, options)).id;
    },
    async begin(id, owner) {
      const recordKey = (_job: string, payload: unknown) => eventPush.oneAtATime(eventPush.payload.parse(payload));
      return (await beginOperation(db, { ...run(id, owner), leaseMs: LEASE_MS, recordKey })).kind;
    },
    async die(owner) {
      await db.$executeRaw`
        update operations set lease_until = now() - interval '1 s' where lease_owner = ${owner} and state = 'running'`;
      await db.$executeRaw`update record_leases set expires_at = now() - interval '10 s' where owner = ${owner}`;
    },
    saveCheckpoint: (id, _owner, checkpoint) => inTransaction(db, (tx) => saveCheckpoint(tx, id, checkpoint)),
    requeue: async (id, owner, back) => (await requeueOperation(db, run(id, owner), back)) !== null,
    async park(id, owner, { waitMs, deadlineMs }) {
      const back = { waitMs, usesAttempt: false, reason: 'operation.parked', park: { deadlineMs } };
      return (await requeueOperation(db, run(id, owner), back)) !== null;
    },
    finish: (id, owner, state) =>
      finishOperation(
        db,
        run(id, owner),
        state === 'failed' ? { state, ...FAILURE } : { state, outcome: { kind: 'done', details: {} } },
      ),
    async row(id) {
      const row = await db.operation.findUniqueOrThrow({ where: { id } });
      return {
        state: row.state,
        owner: row.leaseOwner,
        requests: row.requests,
        attempts: row.attempts,
        crashes: row.crashes,
        slowTries: row.slowTries,
        priority: row.priority,
        runAfter: row.runAfter,
        deadlineAt: row.deadlineAt,
      };
    },
  };
}
