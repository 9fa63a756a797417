import { type calendarPull, DAY_MS, done, type Handler, RetryableError } from '@luma-sync/jobs';
import type { CalendarSyncStore } from '@luma-sync/store';
import { type ApplyEventDeps, applyObservedEvent, type EventApplied } from '../event/apply-observed.js';
import { type LumaAccounts, toCall } from '../luma-account.js';

export interface CalendarPullDeps extends ApplyEventDeps {
  calendars: Pick<CalendarSyncStore, 'markPulled'>;
  luma: LumaAccounts;
}

/** Events that ended longer ago no longer change in a way that matters. */
const LOOK_BACK_MS = 2 * DAY_MS;

/** Lists the calendar's coming events and merges each. What webhooks missed, or what began before they were set up, is found here. */
export const handleCalendarPull: Handler<typeof calendarPull, CalendarPullDeps> = async ({ calendarId }, deps, ctx) => {
  const account = await deps.luma.open(calendarId);
  const call = toCall(ctx, 'bulk');
  const after = new Date(ctx.now().getTime() - LOOK_BACK_MS).toISOString();
  const counts: Record<EventApplied, number> = {
    imported: 0,
    updated: 0,
    unchanged: 0,
    'in-flight': 0,
    unreadable: 0,
    'not-ours': 0,
  };
  const listing = account.api.listAllEvents({ after, sort_direction: 'asc' }, call);
  let seen = 0;
  for (;;) {
    const observedAt = ctx.now();
    const step = await listing.next();
    if (step.done === true) {
      const end = step.value;
      if (!end.complete) {
        if (end.reason === 'page-failed') throw end.error;
        throw new RetryableError(
          'luma.listing_incomplete',
          `the event list of calendar ${calendarId} ended early: ${end.reason}`,
        );
      }
      break;
    }
    for (const event of step.value.entries) {
      // A list entry lacks the description, and may be older than a push of ours that ended while the page travelled.
      const sighting = { seen: event, observedAt, via: 'pull', isFull: false, staleness: 'always' } as const;
      const { applied } = await applyObservedEvent(sighting, account, deps, ctx);
      counts[applied] += 1;
    }
    seen += step.value.entries.length;
    await ctx.report({ done: seen, total: null });
  }
  await deps.calendars.markPulled(calendarId, ctx.now());
  return done({ seen, ...counts });
};
