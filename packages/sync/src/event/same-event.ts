import { type JobContext, PermanentError } from '@luma-sync/jobs';
import type { LumaEvent } from '@luma-sync/luma-contract';
import type { EventSyncStore, SyncEventLink } from '@luma-sync/store';

/** A webhook and a read may show the same moment with another precision. */
const PRECISION_MS = 1_000;

export interface SameEventDeps {
  events: Pick<EventSyncStore, 'noteLumaCreatedAt' | 'markIdReused'>;
}

/** An observation of an event that ours is linked to. */
export interface LinkedObservation {
  eventId: string;
  link: Pick<SyncEventLink, 'lumaCreatedAt'>;
  seen: LumaEvent;
  via: string;
  observedAt: Date;
}

/**
 * Whether Luma shows another event under the id that ours is linked to. Luma gives no id twice, but one that was set
 * back to an earlier state does: a simulator, or a backup. An event that changed its calendar is still the same; its
 * creation moment tells.
 */
export function isAnotherEvent({ lumaCreatedAt }: Pick<SyncEventLink, 'lumaCreatedAt'>, seen: LumaEvent): boolean {
  const createdAt = toCreatedAt(seen);
  if (lumaCreatedAt === null || createdAt === null) return false;
  return Math.abs(createdAt.getTime() - lumaCreatedAt.getTime()) >= PRECISION_MS;
}

/** Null where Luma does not show it. */
export function toCreatedAt(seen: LumaEvent): Date | null {
  return seen.created_at === undefined ? null : new Date(seen.created_at);
}

/** Stores when Luma made the event, once. Later observations are compared with it. */
export async function noteCreatedAt(
  { eventId, link, seen }: Pick<LinkedObservation, 'eventId' | 'link' | 'seen'>,
  { events }: SameEventDeps,
  ctx: JobContext,
): Promise<void> {
  const lumaCreatedAt = toCreatedAt(seen);
  if (link.lumaCreatedAt !== null || lumaCreatedAt === null) return;
  await events.noteLumaCreatedAt(ctx, { eventId, lumaCreatedAt });
}

/**
 * For a run that is about to change something at Luma. The caller holds the event's lease.
 *
 * @throws {PermanentError} `event.id_reused`: the id belongs to another event now. Our event is marked; nothing is
 *   merged.
 */
export async function assertSameEvent(
  observation: LinkedObservation,
  { events }: SameEventDeps,
  ctx: JobContext,
): Promise<void> {
  const { eventId, link, seen, via, observedAt } = observation;
  if (!isAnotherEvent(link, seen)) return;
  await events.markIdReused(ctx, { eventId, via, observedAt });
  throw new PermanentError('event.id_reused', toReusedMessage(eventId, seen.id));
}

const toReusedMessage = (eventId: string, lumaEventId: string): string =>
  `Luma's ${lumaEventId} is not event ${eventId} any more: it was made at another moment than the event that we linked`;
