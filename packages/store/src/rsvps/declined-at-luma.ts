import { holdsPlace, normalizeEmail, type RsvpStatus } from '@luma-sync/domain';
import { asUuid } from '../as-uuid.js';
import type { Db } from '../database.js';
import { IS_LUMAS } from '../people/is-proven.js';

/**
 * Luma shows the person as declined, and we did not ask for it: the guest, or a host there, said no. What the app
 * merely repeats is no new answer. Somebody known from Luma alone who signs up with proof of their address is the same
 * person.
 */
export async function wasDeclinedAtLuma(
  tx: Db,
  eventId: string,
  personKey: string,
  { status, email, emailVerified }: { status: RsvpStatus; email: string; emailVerified?: boolean | undefined },
): Promise<boolean> {
  if (!holdsPlace(status)) return false;
  const rows = await tx.$queryRaw<unknown[]>`
    select 1 from people p join rsvps r on r.person_id = p.id and r.event_id = ${eventId}::uuid join rsvp_links l
      on l.rsvp_id = r.id
    where (p.external_id = ${personKey} or p.id = ${asUuid(personKey)}::uuid
        or (${emailVerified === true} and p.email = ${normalizeEmail(email)} and ${IS_LUMAS}))
      and r.stated is distinct from ${status}::rsvp_status
      and l.luma_guest_id is not null and l.base->>'luma' = 'declined' and l.decided_by <> 'us'`;
  return rows.length > 0;
}

/** The refusal that Luma shows is ours to undo from now on, as one that we asked for. */
export async function takeOverRefusal(tx: Db, rsvpId: string): Promise<void> {
  await tx.$executeRaw`
    update rsvp_links set decided_by = 'us'
    where rsvp_id = ${rsvpId}::uuid and luma_guest_id is not null and base->>'luma' = 'declined'`;
}
