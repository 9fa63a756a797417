import type { JobContext, Priority } from '@luma-sync/jobs';
import type { CallOptions, LumaApi } from '@luma-sync/luma-client';

/** A calendar whose key we may use right now, and Luma's API behind that key. */
export interface LumaAccount {
  calendarId: string;
  /** Luma's own id of the calendar; null until it was read once. */
  lumaCalendarId: string | null;
  /** Whether Luma may mail guests we add for the first time. */
  mailOnRsvp: boolean;
  /** Whether Luma may mail guests when an edit of ours changes name, time or place. */
  mailOnUpdate: boolean;
  api: LumaApi;
}

export interface LumaAccounts {
  /**
   * @throws {RetryAfterError} `calendar.paused`, `calendar.auth_failed`, `calendar.plan_inactive`: the calendar's work waits, others go on.
   * @throws {PermanentError} `calendar.not_luma`, `calendar.no_key`, `calendar.gone`
   */
  open(calendarId: string): Promise<LumaAccount>;
}

/** How a handler calls Luma: in time with its run, and never on a lease it no longer holds. */
export function toCall(ctx: JobContext, priority: Priority): CallOptions {
  return { signal: ctx.signal, priority, beforeSend: () => ctx.assertLease() };
}
