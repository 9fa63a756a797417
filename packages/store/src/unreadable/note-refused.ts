import type { Database } from '../database.js';
import type { ErasedAddresses } from '../personal-data/erased-addresses.js';
import type { RefusedGuest } from '../rsvps/apply-one-by-one.js';
import { noteReading } from './note-records.js';

/** Keeps guests that were read and whose values Postgres refuses, and closes those that were stored. */
export async function noteStoredGuests(
  db: Database,
  { calendarId, eventId }: { calendarId: string; eventId: string },
  { refused, storedIds }: { refused: readonly RefusedGuest[]; storedIds: readonly string[] },
  erased: Pick<ErasedAddresses, 'find'>,
): Promise<void> {
  const link = await db.eventLink.findUnique({ where: { eventId }, select: { lumaEventId: true } });
  await noteReading(
    db,
    calendarId,
    {
      kind: 'guest',
      from: 'store',
      lumaEventId: link?.lumaEventId ?? null,
      readIds: storedIds,
      odd: refused.map(({ guest, sqlState }) => ({
        isRead: false,
        notes: [{ path: '', reason: `refused_${sqlState}` }],
        identity: { id: guest.lumaGuestId },
        raw: guest,
      })),
    },
    erased,
  );
}
