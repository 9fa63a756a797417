import type { EventRecordChanges } from '../events/event-record.js';
import type { EventState } from '../events/event-state.js';
import type { Base } from '../merge/three-way.js';
import type { EventLink, EventLinkChange } from './event-link.js';

/** A decision that one of our events is an event that Luma had before. */
export interface AdoptedEvent {
  /** The revision the decision was made on. */
  revision: number;
  calendarId: string;
  lumaEventId: string;
  slug: string | null;
  url: string | null;
  /** Our record of the same event as it was imported from Luma, which becomes one with the event. */
  mergesEventId: string | null;
  base: Base<EventState>;
  /** Luma's values for what ours left empty. */
  take: EventRecordChanges;
  observedAt: Date;
}

/**
 * Whether the decision still holds: our event is as it was and tied to nothing, and Luma's event is tied to nothing
 * else.
 *
 * @param ours     Our event as it is now; null when it is gone.
 * @param holderId Which event Luma's is tied to now; null: none.
 */
export const mayAdopt = (
  ours: { revision: number; lumaEventId: string | null } | null,
  holderId: string | null,
  adoption: Pick<AdoptedEvent, 'revision' | 'mergesEventId'>,
): boolean =>
  ours !== null &&
  ours.revision === adoption.revision &&
  ours.lumaEventId === null &&
  holderId === adoption.mergesEventId;

/** What our event takes over from Luma's. */
export const toAdoptedEvent = ({
  take,
  url,
}: Pick<AdoptedEvent, 'take' | 'url'>): EventRecordChanges & {
  url?: string;
} => ({ ...take, ...(url === null ? {} : { url }) });

/** Ties the event to Luma's. The push that follows reads it and sends what Luma lacks. */
export function adoptEvent(
  { calendarId, lumaEventId, slug, base, observedAt }: AdoptedEvent,
  isSlugTaken: boolean,
): EventLinkChange & Pick<EventLink, 'calendarId' | 'lumaEventId' | 'state'> {
  return {
    ...{ calendarId, lumaEventId, lumaCreatedAt: null, slug: isSlugTaken ? null : slug, pushedRevision: 0, base },
    ...{ observedAt, checkedAt: observedAt, state: 'pending_push' },
  };
}
