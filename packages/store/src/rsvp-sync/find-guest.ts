import type { RsvpBase } from '@luma-sync/domain';
import type { Db } from '../database.js';

/** What we last saw Luma show of a guest; null when we never saw them on this event. */
export interface KnownGuest {
  approvalStatus: string;
  digest: string;
  observedAt: Date;
}

export async function findKnownGuest(
  db: Db,
  eventId: string,
  lumaGuestId: string,
  email: string,
): Promise<KnownGuest | null> {
  const link = await db.rsvpLink.findFirst({
    where: { rsvp: { eventId }, OR: [{ lumaGuestId }, { rsvp: { person: { email } } }] },
    select: { base: true, observedAt: true },
  });
  const base = link?.base as unknown as RsvpBase | null | undefined;
  if (link?.observedAt == null || base == null) return null;
  return { approvalStatus: base.luma, digest: base.digest, observedAt: link.observedAt };
}
