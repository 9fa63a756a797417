import { couponEmail, eventCancel, guestPull } from '@luma-sync/jobs';
import type { Db } from '../database.js';
import type { Operation } from '../generated/client.js';
import { olderThan } from '../older-than.js';
import { calendarsWithin, type Reach } from '../reach/reach.js';

/** An operation as operators and app servers read it. */
export interface OperationView {
  id: string;
  job: string;
  state: Operation['state'];
  trigger: Operation['trigger'];
  actor: string;
  eventId: string | null;
  calendarId: string | null;
  progress: { done: number; total: number | null } | null;
  /** Runs that count, the present one and the last one included. Waits do not count. */
  attempts: number;
  /** Runs in a process of its own, because a process died, or stood still, while it ran beside others. */
  isIsolated: boolean;
  /** Given up for now; `waiting` says when it is tried again. Null for any other. */
  parkedAt: Date | null;
  /**
   * Why nothing happens now, and until when: it waits for its time, or a run of it for its next request. Null
   * otherwise.
   */
  waiting: { reason: string; until: Date } | null;
  outcome: unknown;
  error: { code: string; message: string } | null;
  replayOf: string | null;
  /** Of a dead letter that was run again: the operation that did. */
  replayedBy: string | null;
  createdAt: Date;
  finishedAt: Date | null;
}

export async function findOperation(db: Db, id: string): Promise<OperationView | null> {
  const row = await db.operation.findUnique({ where: { id } });
  return row === null ? null : toOperationView(row, new Date());
}

/** What running an operation does beyond our own records. */
export interface OperationEffects {
  mailsPeople: boolean;
  isIrreversible: boolean;
}

export async function findOperationEffects(db: Db, id: string): Promise<OperationEffects | null> {
  const row = await db.operation.findUnique({ where: { id }, select: { job: true, payload: true } });
  if (row === null) return null;
  const { assignCoupons, sendEmails } = (row.payload ?? {}) as { assignCoupons?: unknown; sendEmails?: unknown };
  const isCancellation = row.job === eventCancel.name;
  const isMailingPull = row.job === guestPull.name && assignCoupons === true && sendEmails === true;
  return {
    mailsPeople: row.job === couponEmail.name || isCancellation || isMailingPull,
    isIrreversible: isCancellation,
  };
}

export interface OperationQuery {
  job?: string | undefined;
  state?: Operation['state'] | undefined;
  eventId?: string | undefined;
  calendarId?: string | undefined;
  /** Only what the caller reaches; absent: all. */
  reach?: Reach;
  /** Those that wait for a slow retry. */
  isParked?: boolean | undefined;
  /** Those that run alone. */
  isIsolated?: boolean | undefined;
  /** The last one of the page before. */
  after?: { at: Date; id: string } | undefined;
  limit: number;
}

const PARKED = { state: 'queued', parkedAt: { not: null } } as const;

/** Newest first. */
export async function listOperations(db: Db, query: OperationQuery): Promise<OperationView[]> {
  const { after } = query;
  const rows = await db.operation.findMany({
    where: {
      AND: [calendarsWithin(query.reach ?? null)],
      ...(query.job === undefined ? {} : { job: query.job }),
      ...(query.state === undefined ? {} : { state: query.state }),
      ...(query.eventId === undefined ? {} : { eventId: query.eventId }),
      ...(query.calendarId === undefined ? {} : { calendarId: query.calendarId }),
      ...(query.isParked === undefined ? {} : query.isParked ? PARKED : { NOT: PARKED }),
      ...(query.isIsolated === undefined ? {} : { isolated: query.isIsolated }),
      ...(after === undefined ? {} : olderThan('createdAt', after)),
    },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: query.limit,
  });
  const now = new Date();
  return rows.map((row) => toOperationView(row, now));
}

function toOperationView(row: Operation, now: Date): OperationView {
  return {
    id: row.id,
    job: row.job,
    state: row.state,
    trigger: row.trigger,
    actor: row.actor,
    eventId: row.eventId,
    calendarId: row.calendarId,
    progress: row.progressDone === null ? null : { done: row.progressDone, total: row.progressTotal },
    attempts: row.attempts + (COUNTED.has(row.state) && row.startedAt !== null ? 1 : 0),
    isIsolated: row.isolated,
    parkedAt: row.state === 'queued' ? row.parkedAt : null,
    waiting: toWaiting(row, now),
    outcome: row.outcome,
    error: row.errorCode === null ? null : { code: row.errorCode, message: row.errorMessage ?? '' },
    replayOf: row.replayOf,
    replayedBy: row.replayedBy,
    createdAt: row.createdAt,
    finishedAt: row.finishedAt,
  };
}

/** States in which the run that began last is not among the failed ones that the row counts. */
const COUNTED: ReadonlySet<string> = new Set(['running', 'done', 'failed', 'replayed']);

function toWaiting({ state, runAfter, waitingReason, waitingUntil }: Operation, now: Date): OperationView['waiting'] {
  const until = state === 'queued' ? runAfter : state === 'running' ? waitingUntil : null;
  return until !== null && until > now ? { reason: waitingReason ?? 'scheduled', until } : null;
}
