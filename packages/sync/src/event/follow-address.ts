import { slugOfUrl } from '@luma-sync/domain';
import type { JobContext } from '@luma-sync/jobs';
import type { LumaEvent } from '@luma-sync/luma-contract';
import type { EventSyncStore, SyncEvent } from '@luma-sync/store';
import { toForeignKind } from './location-type.js';
import { slugOf } from './observe-event.js';

/** Whether Luma shows the event under another public address than we know. The two spellings of Luma's host are one. */
export function hasMoved({ url }: Pick<SyncEvent, 'url'>, seen: LumaEvent): boolean {
  const slug = slugOf(seen);
  return slug !== null && slug !== (url === null ? null : slugOfUrl(url));
}

/** The public address is Luma's own: a host may change it, and ours follows. So does the kind of place of a foreign event. */
export async function followLuma(
  event: SyncEvent,
  { seen, via, observedAt, isFull }: { seen: LumaEvent; via: string; observedAt: Date; isFull: boolean },
  { events }: { events: Pick<EventSyncStore, 'followAddress'> },
  ctx: JobContext,
): Promise<boolean> {
  const isMoved = hasMoved(event, seen);
  const kind = toForeignKind(event, seen, isFull);
  if (!isMoved && kind === null) return false;
  const url = isMoved && seen.url !== undefined ? seen.url : event.url;
  const followed = { url, ...(kind === null ? {} : { locationType: kind }) };
  await events.followAddress(ctx, { eventId: event.id, ...followed, via, observedAt });
  return true;
}
