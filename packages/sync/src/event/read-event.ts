import { isDeepStrictEqual } from 'node:util';
import type { JobContext } from '@luma-sync/jobs';
import type { Found } from '@luma-sync/luma-client';
import type { LumaEvent } from '@luma-sync/luma-contract';
import type { EventSyncStore, SyncEventLink } from '@luma-sync/store';
import { LEASE_WAIT } from '../lease-wait.js';
import { type LumaAccount, toCall } from '../luma-account.js';

/**
 * A read of one event that was made without its lease, so that a push of the event does not wait for the slot and the
 * answer. What a run wrote during the read may be newer than the answer: the commit compares the link with
 * `linkBefore`, under the lease ({@link isUnwritten}).
 */
export interface EventRead {
  found: Found<LumaEvent>;
  observedAt: Date;
  /** The link right before the request; null when there was none. */
  linkBefore: SyncEventLink | null;
}

export interface ReadEventDeps {
  events: Pick<EventSyncStore, 'find'>;
}

/** @param eventId Ours, or null where none is known for Luma's. */
export async function readEvent(
  { eventId, lumaEventId }: { eventId: string | null; lumaEventId: string },
  account: LumaAccount,
  deps: ReadEventDeps,
  ctx: JobContext,
  priority: 'sync' | 'bulk',
): Promise<EventRead> {
  const linkBefore = eventId === null ? null : ((await deps.events.find(eventId))?.link ?? null);
  // A webhook that was believed may bear a moment of Luma's clock, ahead of ours: this read is newer all the same.
  const observedAt = new Date(Math.max(ctx.now().getTime(), linkBefore?.observedAt?.getTime() ?? 0));
  return { found: await account.api.findEvent(lumaEventId, toCall(ctx, priority)), observedAt, linkBefore };
}

/**
 * Whether no run has written to the link since. A run notes each request in it before the request is sent, and what
 * came of it afterwards; and what a dead run had sent stands in the base (`underWay`). The caller holds the event's
 * lease, so no run is at work now.
 */
export function isUnwritten(before: SyncEventLink | null, now: SyncEventLink | null): boolean {
  return isDeepStrictEqual(toWritten(before), toWritten(now));
}

const toWritten = (link: SyncEventLink | null) =>
  link === null ? null : [link.lumaEventId, link.slug, link.observedAt?.getTime(), link.base];

/**
 * Luma has the event no longer, as a read without the lease says. @returns false when a run wrote to the link since:
 * nothing is stored then.
 */
export function markGone(
  gone: { eventId: string; isCancelled: boolean; via: string },
  { observedAt, linkBefore }: Omit<EventRead, 'found'>,
  { events }: { events: Pick<EventSyncStore, 'find' | 'withEvent' | 'markSourceDeleted'> },
  ctx: JobContext,
): Promise<boolean> {
  const { eventId, isCancelled: cancelled, via } = gone;
  const mark = async () => {
    const record = await events.find(eventId);
    if (!isUnwritten(linkBefore, record?.link ?? null)) return false;
    await events.markSourceDeleted(ctx, { eventId, cancelled, via, observedAt });
    return true;
  };
  return events.withEvent(ctx, eventId, mark, LEASE_WAIT);
}
