import type { Db } from '../database.js';

/** Operations that were given up for one reason and neither run again nor discarded. */
export interface DeadLetters {
  code: string;
  count: number;
  oldestAt: Date;
}

/** By error code, the most frequent first. */
export function countDeadLetters(db: Db): Promise<DeadLetters[]> {
  return db.$queryRaw<DeadLetters[]>`
    select coalesce(error_code, 'unknown') as code, count(*)::int as count, min(coalesce(finished_at, created_at)) as
      "oldestAt"
    from operations where state = 'failed' group by 1 order by 2 desc, 1`;
}

export interface RepeatedAttempts {
  job: string;
  count: number;
  /** Runs that failed, of the operation with the most. */
  attemptsMax: number;
  /** Error code of that operation's last run. */
  code: string | null;
}

/** An operation with this many failed runs is on its third attempt. */
const FAILED_RUNS_MIN = 2;

/** Unfinished operations on their third or a later attempt, by job. */
export function countRepeatedAttempts(db: Db): Promise<RepeatedAttempts[]> {
  return db.$queryRaw<RepeatedAttempts[]>`
    select job, count(*)::int as count, max(attempts)::int as "attemptsMax",
      (array_agg(error_code order by attempts desc))[1] as code
    from operations where state in ('queued', 'running') and dispatch_at is not null and attempts >= ${FAILED_RUNS_MIN}
    group by job order by job`;
}

export interface OverdueJob {
  job: string;
  count: number;
  oldestAt: Date;
}

/** A relay looks for due operations several times a second. */
const OVERDUE_MS = 5 * 60_000;

/**
 * Operations that have been due for more than five minutes and do not run. Those that wait for a reason of their own
 * are not among them.
 */
export function countOverdue(db: Db): Promise<OverdueJob[]> {
  return db.$queryRaw<OverdueJob[]>`
    select job, count(*)::int as count, min(run_after) as "oldestAt" from operations
    where state = 'queued' and dispatch_at is not null and run_after < now() - ${OVERDUE_MS} * interval '1 ms'
    group by job order by job`;
}
