import { findDefinition, rsvpPush } from '@luma-sync/jobs';
import type { Db } from '../database.js';
import { reviveFailedRsvps } from '../rsvp-sync/push-marks.js';
import { type EnqueuedOperation, enqueueOperation } from './enqueue.js';

export type Replay =
  | { kind: 'replayed'; operation: EnqueuedOperation }
  | { kind: 'unknown' }
  /** Only a dead letter can be run again; anything else still runs by itself or has worked. */
  | { kind: 'not-failed'; state: string }
  /** Its job is unknown to this version, or its payload no longer fits. */
  | { kind: 'unreadable' };

/**
 * Runs a dead letter again, as a new operation that names the old one. Twice at once gives one operation, since the second request joins it.
 */
export async function replayOperation(tx: Db, id: string, actor: string): Promise<Replay> {
  const [row] = await tx.$queryRaw<
    { job: string; payload: unknown; state: string; eventId: string | null; calendarId: string | null }[]
  >`
    select job, payload, state::text as state, event_id as "eventId", calendar_id as "calendarId"
    from operations where id = ${id}::uuid for update`;
  if (row === undefined) return { kind: 'unknown' };
  if (row.state !== 'failed') return { kind: 'not-failed', state: row.state };
  const definition = findDefinition(row.job);
  const payload = definition?.payload.safeParse(row.payload);
  if (definition === null || payload === undefined || !payload.success) return { kind: 'unreadable' };
  // The RSVPs that were given up say so themselves; a run looks at them and not at who asked for it.
  if (row.job === rsvpPush.name) await reviveFailedRsvps(tx, rsvpPush.payload.parse(row.payload).eventId);
  const operation = await enqueueOperation(tx, definition, payload.data, {
    trigger: 'manual',
    actor,
    eventId: row.eventId,
    calendarId: row.calendarId,
    replayOf: id,
  });
  return { kind: 'replayed', operation };
}

export type Discard = { kind: 'discarded' } | { kind: 'unknown' } | { kind: 'not-discardable'; state: string };

/** Closes an operation that waits or has failed, with the reason a person gave. What runs cannot be stopped this way. */
export async function discardOperation(
  tx: Db,
  id: string,
  { reason, actor }: { reason: string; actor: string },
): Promise<Discard> {
  const [row] = await tx.$queryRaw<{ state: string }[]>`
    select state::text as state from operations where id = ${id}::uuid for update`;
  if (row === undefined) return { kind: 'unknown' };
  if (row.state !== 'queued' && row.state !== 'failed') return { kind: 'not-discardable', state: row.state };
  const outcome = JSON.stringify({ kind: 'discarded', reason, details: { by: actor } });
  await tx.$executeRaw`
    update operations set state = 'discarded', outcome = ${outcome}::jsonb, finished_at = now(), dispatch_at = null,
      lease_owner = null, lease_until = null, waiting_reason = null
    where id = ${id}::uuid`;
  return { kind: 'discarded' };
}
