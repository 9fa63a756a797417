import { rsvpLinks } from '@luma-sync/domain';
import { rsvpPush } from '@luma-sync/jobs';
import type { Db } from '../database.js';
import { enqueueOperation } from '../operations/enqueue.js';

/**
 * Makes answers due again that failed since their guest could not be read: Luma may show the guest otherwise by now, or
 * not have them any more.
 */
export async function retryUnreadable(tx: Db, eventId: string): Promise<void> {
  const revived = await tx.$executeRaw`
    update rsvp_links l set state = 'pending_push', last_error = null, updated_at = now()
    from rsvps r where r.id = l.rsvp_id and r.event_id = ${eventId}::uuid
      and l.state = 'push_failed' and l.last_error ->> 'code' = ${rsvpLinks.UNREADABLE_GUEST}`;
  if (revived === 0) return;
  const link = await tx.eventLink.findUnique({ where: { eventId }, select: { calendarId: true } });
  const about = link === null ? { eventId } : { eventId, calendarId: link.calendarId };
  await enqueueOperation(tx, rsvpPush, { eventId }, { trigger: 'scheduled', actor: 'pull', ...about });
}
