import type { Db } from '../database.js';
import type { WaitingDelivery } from './records.js';

/**
 * Deliveries about one record that wait for their turn, oldest first. Those that failed before are left to their own runs.
 *
 * @param query `recordKey` is Luma's id of the event.
 */
export function listWaiting(
  db: Db,
  query: { calendarId: string; recordKey: string; types: readonly string[]; limit: number },
): Promise<WaitingDelivery[]> {
  return db.$queryRaw<WaitingDelivery[]>`
    select d.id, d.calendar_id as "calendarId", d.type, d.raw_body as "rawBody", d.state::text as state, d.signed_at as "signedAt",
      d.received_at as "receivedAt", o.id as "operationId"
    from webhook_deliveries d
      join operations o on o.dedupe_key = 'inbox.apply:' || d.id and o.state = 'queued' and o.attempts = 0
    where d.record_key = ${query.recordKey} and d.state = 'pending' and d.calendar_id = ${query.calendarId}::uuid
      and d.type = any(${[...query.types]}::text[]) and d.raw_body is not null
    order by d.received_at, d.id
    limit ${query.limit}`;
}

/** From now on each delivery that waits about the record is applied by its own run: one of them may be what kills the process. */
export async function leaveAlone(db: Db, query: { calendarId: string; recordKey: string }): Promise<void> {
  await db.$executeRaw`
    update operations o set attempts = 1
    from webhook_deliveries d
    where o.dedupe_key = 'inbox.apply:' || d.id and o.state = 'queued' and o.attempts = 0
      and d.record_key = ${query.recordKey} and d.state = 'pending' and d.calendar_id = ${query.calendarId}::uuid`;
}
