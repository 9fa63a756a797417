import type { EventRecord } from '../events/event-record.js';
import type { EventState } from '../events/event-state.js';
import { toLinkError } from '../links/link-error.js';
import type { Base } from '../merge/three-way.js';
import type { EventLink, EventLinkChange, EventLinkState } from './event-link.js';

/** Luma's state was merged into ours. */
export function recordObservation(
  observation: { base: Base<EventState>; observedAt: Date; state: EventLinkState },
  at: Date,
): EventLinkChange {
  const { base, observedAt, state } = observation;
  return { base, observedAt, checkedAt: observedAt, state, ...(state === 'synced' ? { syncedAt: at } : {}) };
}

/** A check that found no change is stored once a minute at most, so that a quiet record costs no writes. */
export const CHECK_STORED_MS = 60_000;

export const recordCheck = ({ checkedAt }: Pick<EventLink, 'checkedAt'>, at: Date): EventLinkChange =>
  checkedAt === null || checkedAt.getTime() < at.getTime() - CHECK_STORED_MS ? { checkedAt: at } : {};

/** A read showed the event as known. An older read takes nothing back. */
export const recordRead = (link: Pick<EventLink, 'observedAt' | 'checkedAt'>, at: Date): EventLinkChange => ({
  observedAt: laterOf(link.observedAt, at),
  checkedAt: laterOf(link.checkedAt, at),
});

const laterOf = (known: Date | null, at: Date): Date => (known !== null && known > at ? known : at);

/** Luma no longer has the event. Ours stays, with its guests and history. */
export const loseEvent = ({ state }: Pick<EventLink, 'state'>, observedAt: Date): EventLinkChange =>
  state === 'source_deleted' ? {} : { state: 'source_deleted', checkedAt: observedAt, observedAt };

/** Luma cancelled the event. The cancellation may be seen after the event was found gone. */
export const cancelAtLuma = (
  { approval }: Pick<EventRecord, 'approval'>,
  observedAt: Date,
): { approval?: 'cancelled'; cancelledAt?: Date } =>
  approval === 'cancelled' ? {} : { approval: 'cancelled', cancelledAt: observedAt };

/** When Luma made the event, unless that is known. */
export const recordCreatedAt = (link: Pick<EventLink, 'lumaCreatedAt'>, lumaCreatedAt: Date): EventLinkChange =>
  link.lumaCreatedAt === null ? { lumaCreatedAt } : {};

const ID_REUSED = 'event.id_reused';

/** Luma shows another event under the id: nothing is exchanged any more. Marking it again does nothing. */
export function markIdReused(
  link: Pick<EventLink, 'lumaEventId' | 'state' | 'lastError'>,
  observedAt: Date,
  at: Date,
): EventLinkChange {
  if (link.lumaEventId === null) return {};
  if (link.state === 'source_deleted' && link.lastError?.code === ID_REUSED) return {};
  const message = `Luma's ${link.lumaEventId} is another event now`;
  const lastError = toLinkError({ code: ID_REUSED, message }, at);
  return { state: 'source_deleted', checkedAt: observedAt, observedAt, lastError };
}

/** Whether drift checks and pulls read the event: it is at Luma, on that calendar, and not over. */
export const isListed = (
  event: Pick<EventRecord, 'endsAt'>,
  link: EventLink,
  { calendarId, endsAfter }: { calendarId: string; endsAfter: Date },
): boolean =>
  event.endsAt >= endsAfter &&
  link.calendarId === calendarId &&
  link.lumaEventId !== null &&
  link.state !== 'source_deleted';
