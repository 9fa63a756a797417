import type { RsvpStatus } from '@luma-sync/domain';
import type { Db } from '../database.js';

export interface Written {
  id: string;
  isChanged: boolean;
  revision: number;
  status: RsvpStatus;
}

/** As `applyAnswer`, in one statement, so that two equal answers at once make one row and one revision. */
export async function writeAnswer(
  tx: Db,
  eventId: string,
  personId: string,
  said: RsvpStatus,
  isPersonChanged: boolean,
): Promise<Written> {
  const [written] = await tx.$queryRaw<Omit<Written, 'isChanged'>[]>`
    insert into rsvps (event_id, person_id, status, stated)
    values (${eventId}::uuid, ${personId}::uuid, ${said}::rsvp_status, ${said}::rsvp_status)
    on conflict (event_id, person_id) do update set
      status = case when rsvps.stated is not distinct from excluded.stated then rsvps.status else excluded.status end,
      stated = excluded.stated, revision = rsvps.revision + 1, updated_at = now()
    where (rsvps.status <> excluded.status and rsvps.stated is distinct from excluded.stated) or ${isPersonChanged}
    returning id, revision, status::text as status`;
  if (written !== undefined) return { ...written, isChanged: true };
  // No news; but the app may say for the first time what was decided before.
  const [known] = await tx.$queryRaw<Omit<Written, 'isChanged'>[]>`
    with noted as (
      update rsvps set stated = ${said}::rsvp_status
      where event_id = ${eventId}::uuid and person_id = ${personId}::uuid and stated is distinct
        from ${said}::rsvp_status
    )
    select id, revision, status::text as status from rsvps where event_id = ${eventId}::uuid
      and person_id = ${personId}::uuid`;
  if (known === undefined) throw new Error(`no RSVP of person ${personId} for event ${eventId}`);
  return { ...known, isChanged: false };
}
