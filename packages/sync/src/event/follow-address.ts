import { slugOfUrl } from '@luma-sync/domain';
import type { JobContext } from '@luma-sync/jobs';
import type { LumaEvent } from '@luma-sync/luma-contract';
import type { EventSyncStore, SyncEvent } from '@luma-sync/store';
import { slugOf } from './observe-event.js';

/** Whether Luma shows the event under another public address than we know. The two spellings of Luma's host are one. */
export function hasMoved({ url }: Pick<SyncEvent, 'url'>, seen: LumaEvent): boolean {
  const slug = slugOf(seen);
  return slug !== null && slug !== (url === null ? null : slugOfUrl(url));
}

/** The public address is Luma's own: a host may change it, and ours follows. */
export async function followAddress(
  event: SyncEvent,
  { seen, via, observedAt }: { seen: LumaEvent; via: string; observedAt: Date },
  { events }: { events: Pick<EventSyncStore, 'followAddress'> },
  ctx: JobContext,
): Promise<void> {
  if (seen.url === undefined || !hasMoved(event, seen)) return;
  await events.followAddress(ctx, { eventId: event.id, url: seen.url, via, observedAt });
}
