import type { SecondEntry } from '@luma-sync/domain';
import type { Db } from '../database.js';
import { appendTimeline } from '../timeline/append-timeline.js';
import type { GuestMatch } from './match-guests.js';

/**
 * Luma has a person twice on one event: after a change of address, say. One RSVP stands for them, and the other entry
 * is told of, once for each state it is seen in, so that a host can put it right at Luma.
 */
export async function noteSecondEntries(
  tx: Db,
  seconds: readonly GuestMatch[],
  options: { eventId: string; via: string; operationId: string },
): Promise<void> {
  if (seconds.length === 0) return;
  const rsvpIds = seconds.flatMap(({ secondOf }) => secondOf?.rsvpId ?? []);
  const told = await tx.timelineEntry.findMany({
    where: {
      recordType: 'rsvp',
      recordId: { in: rsvpIds },
      // Told before it had a word of its own.
      OR: [{ fact: 'guest-second-entry' }, { details: { path: ['code'], equals: 'second-entry' } }],
    },
    select: { recordId: true, details: true },
  });
  const key = (rsvpId: string, guestId: unknown, status: unknown) => `${rsvpId} ${guestId} ${status}`;
  const known = new Set(
    told.map(({ recordId, details }) => {
      const { lumaGuestId, status } = details as { lumaGuestId?: unknown; status?: unknown };
      return key(recordId, lumaGuestId, status);
    }),
  );
  await appendTimeline(
    tx,
    seconds.flatMap(({ guest: { lumaGuestId, approvalStatus: status }, secondOf }) =>
      secondOf === null || known.has(key(secondOf.rsvpId, lumaGuestId, status))
        ? []
        : [
            {
              recordType: 'rsvp' as const,
              recordId: secondOf.rsvpId,
              eventId: options.eventId,
              operationId: options.operationId,
              fact: { fact: 'guest-second-entry' as const, lumaGuestId, status, via: options.via },
            },
          ],
    ),
  );
}

export interface EntryMove extends SecondEntry {
  eventId: string;
  /** Before the read that found the linked entry gone: `beginRead`. */
  unleasedSince: Date;
}

/**
 * What both sides agreed on stays: the new entry is compared with it, so that nothing of the old one travels as news.
 *
 * @returns false when the answer was written since the read began.
 */
export async function moveToEntry(tx: Db, move: EntryMove, operationId: string): Promise<boolean> {
  const { eventId, rsvpId, linkedGuestId, lumaGuestId, unleasedSince } = move;
  const moved = await tx.$executeRaw`
    update rsvp_links set luma_guest_id = ${lumaGuestId}, gone_guest_id = ${linkedGuestId}, updated_at = now()
    where rsvp_id = ${rsvpId}::uuid and luma_guest_id = ${linkedGuestId} and updated_at < ${unleasedSince}::timestamptz
      and not exists (select 1 from rsvp_links o where o.luma_guest_id = ${lumaGuestId})`;
  if (moved === 0) return false;
  const fact = { fact: 'guest-entry-moved', from: linkedGuestId, to: lumaGuestId } as const;
  await appendTimeline(tx, [{ recordType: 'rsvp', recordId: rsvpId, eventId, operationId, fact }]);
  return true;
}
