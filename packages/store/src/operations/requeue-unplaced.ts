import { eventPush } from '@luma-sync/jobs';
import type { Db } from '../database.js';
import { enqueueOperations } from './enqueue.js';

/** Dead letters of pushes that found no calendar, or one that cannot publish. */
const UNPLACED = ['event.no_calendar', 'calendar.no_key', 'calendar.not_luma'];
/** One statement takes this many; what is left is for the next change, or for a person. */
const REQUEUED_MAX = 1_000;

/**
 * Pushes again what was given up because no calendar could take it, since a calendar can now. Run it in the transaction
 * of that change. The dead letters name the operation that runs them again.
 */
export async function requeueUnplaced(tx: Db): Promise<number> {
  const rows = await tx.$queryRaw<{ id: string; eventId: string }[]>`
    select distinct on (o.event_id) o.id, o.event_id as "eventId"
    from operations o join events e on e.id = o.event_id
    where o.state = 'failed' and o.job = ${eventPush.name} and o.error_code = any(${UNPLACED}::text[])
    order by o.event_id, o.created_at desc limit ${REQUEUED_MAX}`;
  if (rows.length === 0) return 0;
  await enqueueOperations(
    tx,
    eventPush,
    rows.map(({ id, eventId }) => ({
      payload: { eventId },
      trigger: 'manual',
      actor: 'calendar',
      eventId,
      replayOf: id,
    })),
  );
  await tx.$executeRaw`
    update operations o set state = 'replayed', replayed_by = n.id
    from operations n
    where o.event_id = any(${rows.map(({ eventId }) => eventId)}::uuid[]) and o.state = 'failed'
      and o.job = ${eventPush.name}
      and o.error_code = any(${UNPLACED}::text[]) and n.dedupe_key = o.dedupe_key and n.state = 'queued'`;
  return rows.length;
}
