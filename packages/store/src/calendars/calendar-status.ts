import type { Db } from '../database.js';
import { wakeCalendarOperations } from '../operations/wake.js';
import type { CalendarStatus } from './calendar-record.js';

/**
 * Notes how a calendar stands with Luma. Writes nothing when it stands so already, so that many operations which meet the same refusal
 * leave one line behind. A pause set by an operator is only lifted by an operator.
 *
 * @returns true when the status changed.
 */
export async function setCalendarStatus(
  tx: Db,
  id: string,
  status: CalendarStatus,
  reason: string | null,
): Promise<boolean> {
  const changed = await tx.$executeRaw`
    with changed as (
      update calendars set status = ${status}::calendar_status, status_reason = ${reason}, status_since = now(), updated_at = now()
      where id = ${id}::uuid and status <> ${status}::calendar_status and (status <> 'paused' or ${status} = 'paused')
      returning id
    )
    insert into timeline (record_type, record_id, kind, actor, message)
    select 'calendar', id, 'observed', 'luma', ${`status ${status}${reason === null ? '' : `: ${reason}`}`} from changed`;
  if (changed > 0 && status === 'ok') await wakeCalendarOperations(tx, [id]);
  return changed > 0;
}

/** Keeps what Luma says the key belongs to. @returns false when another calendar holds that id already. */
export async function setLumaCalendarId(tx: Db, id: string, lumaCalendarId: string): Promise<boolean> {
  const other = await tx.calendar.findUnique({ where: { lumaCalendarId }, select: { id: true } });
  if (other !== null) return other.id === id;
  await tx.calendar.update({ where: { id }, data: { lumaCalendarId } });
  return true;
}
