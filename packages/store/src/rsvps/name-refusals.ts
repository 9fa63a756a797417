import type { Db } from '../database.js';
import { appendTimeline } from '../timeline/append-timeline.js';

export interface NameRefusal {
  rsvpId: string;
  /** Luma's words; null when it took the name. */
  message: string | null;
}

/** Keeps which names Luma refused, and tells each once. */
export async function noteNameRefused(
  tx: Db,
  names: readonly NameRefusal[],
  where: { eventId: string; operationId: string },
): Promise<void> {
  const changed = await tx.$queryRaw<NameRefusal[]>`
    update rsvp_links l set name_refused = g.message, updated_at = now()
    from jsonb_to_recordset(${JSON.stringify(names)}::jsonb) as g("rsvpId" uuid, message text)
    where l.rsvp_id = g."rsvpId" and l.name_refused is distinct from g.message
    returning l.rsvp_id as "rsvpId", l.name_refused as message`;
  await appendTimeline(
    tx,
    changed.flatMap(({ rsvpId: recordId, message }) =>
      message === null
        ? []
        : [{ recordType: 'rsvp' as const, recordId, ...where, fact: { fact: 'rsvp-name-refused', message } as const }],
    ),
  );
}
