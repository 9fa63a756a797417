import { type JobContext, type Priority, SLOT_WAIT_MS } from '@luma-sync/jobs';
import type { CallOptions, LumaApi } from '@luma-sync/luma-client';
import type { CoverFallbacks } from '@luma-sync/store';

/** A calendar whose key we may use right now, and Luma's API behind that key. */
export interface LumaAccount {
  calendarId: string;
  /** Luma's own id of the calendar; null until it was read once. */
  lumaCalendarId: string | null;
  /** Whether Luma may mail guests we add for the first time. */
  mailOnRsvp: boolean;
  /** Whether Luma may mail guests when an edit of ours changes name, time or place. */
  mailOnUpdate: boolean;
  /** False: Luma chooses the public addresses of the events we create. Absent: they are ours. */
  ownAddresses?: boolean;
  /** Covers for events that have none, or none that can be used. */
  coverFallbacks: CoverFallbacks;
  api: LumaApi;
}

export interface LumaAccounts {
  /**
   * @throws {RetryAfterError} `calendar.paused`, `calendar.auth_failed`, `calendar.plan_inactive`: the calendar's work
   *   waits, others go on.
   * @throws {PermanentError} `calendar.not_luma`, `calendar.no_key`, `calendar.gone`
   */
  open(calendarId: string): Promise<LumaAccount>;
}

/**
 * How a handler calls Luma: in time with its run, and never on a lease it no longer holds.
 *
 * The first request of a run gives the worker's place back when it would have to wait for long. Later ones wait inside
 * the run: to come back would mean to read again what was just read, and with a nearly spent budget such a run would
 * never get past its beginning.
 */
export function toCall(ctx: JobContext, priority: Priority): CallOptions {
  return {
    signal: ctx.signal,
    priority,
    get maxWaitMs() {
      // A run that has spent requests waits longer for the next one; the limiter allows no more.
      return ctx.requests.hasSent ? SLOT_WAIT_MS : undefined;
    },
    beforeSend: () => {
      ctx.assertLease();
      ctx.requests.hasSent = true;
    },
    onWait: ctx.onWait,
    onRequest: ctx.onRequest,
  };
}

/**
 * As {@link toCall}, for a run that stores its place after each page: it always gives its place back, and goes on from
 * there.
 */
export function toResumableCall(ctx: JobContext, priority: Priority): CallOptions {
  const { signal, onWait, onRequest } = ctx;
  return { signal, priority, onWait, onRequest, beforeSend: () => ctx.assertLease() };
}
