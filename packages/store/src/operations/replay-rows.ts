import type { Db } from '../database.js';

export interface OperationToReplay {
  job: string;
  payload: unknown;
  state: string;
  isParked: boolean;
  eventId: string | null;
  calendarId: string | null;
  replayedBy: string | null;
}

/** Holds the row until the transaction ends: of two requests at once the second sees what the first did. */
export async function lockForReplay(tx: Db, id: string): Promise<OperationToReplay | null> {
  const [row] = await tx.$queryRaw<OperationToReplay[]>`
    select job, payload, state::text as state, state = 'queued' and parked_at is not null as "isParked",
      event_id as "eventId", calendar_id as "calendarId", replayed_by as "replayedBy"
    from operations where id = ${id}::uuid for update`;
  return row ?? null;
}

/** A parked operation is due at once. */
export async function resumeParked(tx: Db, id: string): Promise<void> {
  await tx.$executeRaw`
    update operations set parked_at = null, run_after = now(), dispatch_at = now(), waiting_reason = null
    where id = ${id}::uuid`;
}

/** A statement of its own: another request may have committed while this one waited for the row. */
export async function isUnfinished(tx: Db, id: string): Promise<boolean> {
  return (await tx.operation.count({ where: { id, state: { in: ['queued', 'running'] } } })) > 0;
}

/** It is no dead letter any more: the operation that runs it again has the result. */
export async function markReplayed(tx: Db, id: string, by: string): Promise<void> {
  await tx.$executeRaw`
    update operations set state = 'replayed', replayed_by = ${by}::uuid where id = ${id}::uuid and state = 'failed'`;
}

export interface OperationToDiscard {
  job: string;
  payload: unknown;
  state: string;
  leaseOwner: string | null;
}

export async function lockForDiscard(tx: Db, id: string): Promise<OperationToDiscard | null> {
  const [row] = await tx.$queryRaw<OperationToDiscard[]>`
    select job, payload, state::text as state, lease_owner as "leaseOwner"
    from operations where id = ${id}::uuid for update`;
  return row ?? null;
}

/** Its run owns nothing from now on. */
export async function markDiscarded(
  tx: Db,
  id: string,
  { reason, actor }: { reason: string; actor: string },
): Promise<void> {
  const outcome = JSON.stringify({ kind: 'discarded', reason, details: { by: actor } });
  await tx.$executeRaw`
    update operations set state = 'discarded', outcome = ${outcome}::jsonb, finished_at = now(), dispatch_at = null,
      lease_owner = null, lease_until = null, waiting_reason = null, waiting_until = null
    where id = ${id}::uuid`;
}
