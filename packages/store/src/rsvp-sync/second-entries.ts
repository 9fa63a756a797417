import type { Db } from '../database.js';
import { appendTimeline } from '../timeline/append-timeline.js';
import type { GuestMatch } from './match.js';

/**
 * Luma has a person twice on one event: after a change of address, say. One RSVP stands for them, and the other entry is told of, once for each
 * state it is seen in, so that a host can put it right at Luma.
 */
export async function noteSecondEntries(
  tx: Db,
  seconds: readonly GuestMatch[],
  options: { eventId: string; via: string; operationId: string },
): Promise<void> {
  if (seconds.length === 0) return;
  const rsvpIds = seconds.flatMap(({ secondOf }) => secondOf ?? []);
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
      secondOf === null || known.has(key(secondOf, lumaGuestId, status))
        ? []
        : [
            {
              recordType: 'rsvp' as const,
              recordId: secondOf,
              eventId: options.eventId,
              operationId: options.operationId,
              fact: { fact: 'guest-second-entry' as const, lumaGuestId, status, via: options.via },
            },
          ],
    ),
  );
}
