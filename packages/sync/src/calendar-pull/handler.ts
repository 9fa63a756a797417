import { type calendarPull, DAY_MS, done, type Handler } from '@luma-sync/jobs';
import type { CalendarSyncStore, ReconcileStore } from '@luma-sync/store';
import { z } from 'zod';
import type { Checkpoints } from '../checkpoints.js';
import { type ApplyEventDeps, applyUnlessBusy } from '../event/apply-observed.js';
import { type LumaAccounts, toResumableCall } from '../luma-account.js';
import { readNextPage } from '../read-listing.js';

export interface CalendarPullDeps extends ApplyEventDeps {
  calendars: Pick<CalendarSyncStore, 'markPulled'>;
  reconcile: Pick<ReconcileStore, 'noteUnannounced' | 'pulledAt'>;
  checkpoints: Checkpoints;
  luma: LumaAccounts;
}

/** Events that ended longer ago no longer change in a way that matters. */
const LOOK_BACK_MS = 2 * DAY_MS;

const ALL = { sort_direction: 'asc' } as const;
/** The page size is asked for, never relied on: Luma decides. */
const HEADS = {
  next: { sort_direction: 'asc', pagination_limit: 100 },
  last: { sort_direction: 'desc', pagination_limit: 100 },
} as const;

/** Where an interrupted pull goes on: the page after the last one that was merged whole. */
const checkpointSchema = z.object({
  cursor: z.string().optional(),
  after: z.string(),
  seen: z.number(),
  imported: z.number(),
  updated: z.number(),
  unreadable: z.number(),
});
type Checkpoint = z.infer<typeof checkpointSchema>;

/**
 * Lists the calendar's coming events and merges each. What webhooks missed, or what began before they were set up, is
 * found here.
 */
export const handleCalendarPull: Handler<typeof calendarPull, CalendarPullDeps> = async (payload, deps, ctx) => {
  const { calendarId, head } = payload;
  const account = await deps.luma.open(calendarId);
  const stored = checkpointSchema.safeParse(await deps.checkpoints.read(ctx.operationId));
  const after = new Date(ctx.now().getTime() - LOOK_BACK_MS).toISOString();
  let at: Checkpoint = stored.data ?? { after, seen: 0, imported: 0, updated: 0, unreadable: 0 };
  const query = { after: at.after, ...(head === undefined ? ALL : HEADS[head]) };
  const listing = account.api.listAllEvents(query, toResumableCall(ctx, 'bulk'), { cursor: at.cursor });
  for (;;) {
    const observedAt = ctx.now();
    const page = await readNextPage(listing, `the event list of calendar ${calendarId}`);
    if (page === null) break;
    const { entries, odd, cursor } = page;
    const unread = odd.filter(({ isRead }) => !isRead).length;
    const counts = { imported: 0, updated: 0, unreadable: unread };
    for (const seen of entries) {
      // A list entry lacks the description, and may be older than a push of ours that ended while the page travelled.
      const observation = { seen, observedAt, via: 'pull', isFull: false };
      const applied = await applyUnlessBusy(observation, account, deps, ctx);
      if (applied in counts) counts[applied as keyof typeof counts] += 1;
    }
    at = {
      ...at,
      cursor,
      seen: at.seen + entries.length + unread,
      imported: at.imported + counts.imported,
      updated: at.updated + counts.updated,
      unreadable: at.unreadable + counts.unreadable,
    };
    await deps.checkpoints.write(ctx, at);
    await ctx.report({ done: at.seen, total: null });
    if (head !== undefined) break;
  }
  const { seen, imported, updated, unreadable } = at;
  // A first pull finds what was there before; after that a webhook should have told of every change.
  const isFirst = (await deps.reconcile.pulledAt(calendarId)) === null;
  if (imported + updated > 0 && !isFirst) await deps.reconcile.noteUnannounced(calendarId, ctx.now());
  // A page says nothing of the others.
  if (head === undefined) await deps.calendars.markPulled(calendarId, ctx.now());
  return done({ seen, imported, updated, unreadable });
};
