import { done, type eventPull, type Handler, skipped } from '@luma-sync/jobs';
import type { EventSyncStore } from '@luma-sync/store';
import { type ApplyEventDeps, applyObservedEvent } from '../event/apply-observed.js';
import { readEvent } from '../event/read-event.js';
import { listTags } from '../event/tags.js';
import type { LumaAccounts } from '../luma-account.js';

export interface EventPullDeps extends ApplyEventDeps {
  events: ApplyEventDeps['events'] & Pick<EventSyncStore, 'touchChecked'>;
  luma: LumaAccounts;
}

/** Reads one linked event, and its tags in a list, where alone Luma shows them. Merges both. */
export const handleEventPull: Handler<typeof eventPull, EventPullDeps> = async ({ eventId }, deps, ctx) => {
  const record = await deps.events.find(eventId);
  if (record === null) return skipped('event-gone');
  const lumaEventId = record.link?.lumaEventId ?? null;
  if (record.link === null || lumaEventId === null) return skipped('not-at-luma');
  const account = await deps.luma.open(record.link.calendarId);
  const { found, ...read } = await readEvent({ eventId, lumaEventId }, account, deps, ctx, 'sync');
  // Luma answers the same for a foreign event and one that is gone: a single read deletes nothing.
  if (found.kind !== 'found') return skipped('unreadable', { lumaEventId });
  const around = { lumaEventId, startsAt: new Date(found.record.start_at) };
  const listedTags = (await listTags(around, account, ctx)) ?? undefined;
  const observation = { ...read, seen: found.record, via: 'pull', isFull: true, ...(listedTags && { listedTags }) };
  const { applied } = await applyObservedEvent(observation, account, deps, ctx);
  if (applied === 'unchanged') await deps.events.touchChecked([eventId], read.observedAt);
  return done({ lumaEventId, applied });
};
