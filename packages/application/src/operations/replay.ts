import { findDefinition, rsvpPush } from '@luma-sync/jobs';
import {
  type EnqueuedOperation,
  enqueueOperation,
  isUnfinished,
  lockForReplay,
  markReplayed,
  resumeParked,
  reviveFailedRsvps,
  type Tx,
} from '@luma-sync/store';

export type Replay =
  | { kind: 'replayed'; operation: EnqueuedOperation }
  | { kind: 'unknown' }
  /** Only a dead letter or a parked one can be run again; anything else still runs by itself or has worked. */
  | { kind: 'not-failed'; state: string }
  /** Its job is unknown to this version, or its payload no longer fits. */
  | { kind: 'unreadable' };

/**
 * Runs a dead letter again, as a new operation that names the old one; the old one is `replayed` and names the new one.
 * A parked operation is itself tried again now.
 */
export async function replayOperation(tx: Tx, id: string, actor: string): Promise<Replay> {
  const row = await lockForReplay(tx, id);
  if (row === null) return { kind: 'unknown' };
  if (row.isParked) {
    await resumeParked(tx, id);
    return { kind: 'replayed', operation: { id, isNew: false } };
  }
  const { replayedBy, eventId, calendarId } = row;
  // Asked for twice: the second request starts nothing.
  if (replayedBy !== null && (await isUnfinished(tx, replayedBy)))
    return { kind: 'replayed', operation: { id: replayedBy, isNew: false } };
  if (row.state !== 'failed') return { kind: 'not-failed', state: row.state };
  const definition = findDefinition(row.job);
  const payload = definition?.payload.safeParse(row.payload);
  if (definition === null || payload === undefined || !payload.success) return { kind: 'unreadable' };
  // The RSVPs that were given up say so themselves; a run looks at them and not at who asked for it.
  if (row.job === rsvpPush.name) await reviveFailedRsvps(tx, rsvpPush.payload.parse(row.payload).eventId);
  const options = { trigger: 'manual', actor, eventId, calendarId, replayOf: id } as const;
  const operation = await enqueueOperation(tx, definition, payload.data, options);
  await markReplayed(tx, id, operation.id);
  return { kind: 'replayed', operation };
}
