import { randomUUID } from 'node:crypto';
import { afterAll } from '@jest/globals';
import { type HandlerRegistry, type JobContext, type JobError, type Outcome, toJobError } from '@luma-sync/jobs';
import { DEFAULT_RUN_SETTINGS, type Ledger, type RunSettings, runOperation } from '@luma-sync/queue';
import { createLedger, type Database, fromPrismaError } from '@luma-sync/store';

/** Thrown where a process is to die: nothing is noted, nothing handed back. */
export class Crash extends Error {}

/** How one run ended, as the runner would store it. */
export type RunEnd =
  | { kind: 'done'; outcome: Outcome }
  | { kind: 'failed'; code: string; message: string }
  | { kind: 'put-back' | 'parked'; code: string }
  | { kind: 'crashed' }
  /** A newer operation does the work, or another run has taken this one over. */
  | { kind: 'superseded' }
  | { kind: 'not-begun' };

const SETTINGS: RunSettings = {
  ...DEFAULT_RUN_SETTINGS,
  leaseMs: 60_000,
  runLimitMs: 20_000,
  handBackAfterMs: 0,
  // Tests let one operation die at each of its boundaries in turn.
  crashesMax: Number.POSITIVE_INFINITY,
};
const quiet = (): void => {};
const LOG = { debug: quiet, info: quiet, warn: quiet, error: quiet };

/** A run that a test left behind ends with the test, and asks nothing of the closed database. */
const stop = new AbortController();
afterAll(() => stop.abort());

/**
 * One run by the queue's own runner, without a queue.
 *
 * @param context What handlers are given in place of the runner's own. A clock of a test goes here: the deadlines of
 *   operations count by that of Postgres, which goes on as it does.
 * @throws what no boundary classified: a mistake of a handler.
 */
export async function runByRunner(
  db: Database,
  id: string,
  handlers: HandlerRegistry,
  context: Partial<JobContext>,
): Promise<RunEnd> {
  const owner = randomUUID();
  const real = createLedger(db);
  // After a death an operation runs alone; its handler is not to know that here.
  let isBegun = false;
  const ledger: Ledger = {
    ...real,
    begin: async (run) => {
      const begun = await real.begin({ ...run, isAlone: true });
      isBegun = begun.kind === 'begun';
      return begun;
    },
    requeue: async (...run) => (stop.signal.aborted ? null : real.requeue(...run)),
  };
  const ended = await runOperation(id, owner, {
    ledger,
    handlers: withContext(handlers, context),
    classify,
    log: LOG,
    settings: SETTINGS,
    shutdown: stop.signal,
  }).catch(async (thrown: unknown) => {
    if (!(thrown instanceof Crash)) throw thrown;
    await db.$executeRaw`update operations set lease_until = now() - interval '1 s' where id = ${id}::uuid`;
    await db.$executeRaw`update record_leases set expires_at = now() - interval '10 s' where owner = ${owner}`;
    return { kind: 'crashed' } as const;
  });
  if (ended.kind === 'settled') return { kind: isBegun ? 'superseded' : 'not-begun' };
  if (ended.kind === 'parked') return { kind: 'parked', code: ended.code };
  if (ended.kind !== 'delayed') return ended;
  return ended.reason === 'lease' ? { kind: 'not-begun' } : { kind: 'put-back', code: ended.reason };
}

const withContext = (handlers: HandlerRegistry, context: Partial<JobContext>): HandlerRegistry =>
  Object.fromEntries(
    Object.entries(handlers).map(([job, handler]) => [job, (payload, ctx) => handler(payload, { ...ctx, ...context })]),
  );

/** A death and a mistake end the run where they are thrown: the runner stores nothing of it. */
function classify(thrown: unknown): JobError {
  if (thrown instanceof Crash) throw thrown;
  const error = toJobError(fromPrismaError(thrown));
  if (error.code === 'unknown') throw thrown;
  return error;
}
