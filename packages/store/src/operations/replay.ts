import { couponEmail, findDefinition, inboxApply, rsvpPush } from '@luma-sync/jobs';
import type { Db, Tx } from '../database.js';
import { markDeliveryFailed } from '../inbox-sync/mark-failed.js';
import { releaseRecordLeases } from '../leases.js';
import { couponEmailGivenUp } from '../messages/coupon-email-given-up.js';
import { reviveFailedRsvps } from '../rsvp-sync/push-marks.js';
import { type EnqueuedOperation, enqueueOperation } from './enqueue.js';

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
  const [row] = await tx.$queryRaw<
    {
      job: string;
      payload: unknown;
      state: string;
      isParked: boolean;
      eventId: string | null;
      calendarId: string | null;
      replayedBy: string | null;
    }[]
  >`
    select job, payload, state::text as state, state = 'queued' and parked_at is not null as "isParked", event_id as "eventId", calendar_id as "calendarId",
      replayed_by as "replayedBy"
    from operations where id = ${id}::uuid for update`;
  if (row === undefined) return { kind: 'unknown' };
  if (row.isParked) {
    await tx.$executeRaw`
      update operations set parked_at = null, run_after = now(), dispatch_at = now(), waiting_reason = null where id = ${id}::uuid`;
    return { kind: 'replayed', operation: { id, isNew: false } };
  }
  const runsAs = row.replayedBy === null ? null : await findUnfinished(tx, row.replayedBy);
  // Asked for twice: the second request starts nothing.
  if (runsAs !== null) return { kind: 'replayed', operation: { id: runsAs, isNew: false } };
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
  await markReplayed(tx, id, operation.id);
  return { kind: 'replayed', operation };
}

/** A statement of its own: the other request may have committed while this one waited for the row. */
async function findUnfinished(tx: Db, id: string): Promise<string | null> {
  const row = await tx.operation.findFirst({
    where: { id, state: { in: ['queued', 'running'] } },
    select: { id: true },
  });
  return row?.id ?? null;
}

/** It is no dead letter any more: what became of it stands in the operation that runs it again. */
async function markReplayed(tx: Db, id: string, by: string): Promise<void> {
  await tx.$executeRaw`
    update operations set state = 'replayed', replayed_by = ${by}::uuid where id = ${id}::uuid and state = 'failed'`;
}

export type Discard = { kind: 'discarded' } | { kind: 'unknown' } | { kind: 'not-discardable'; state: string };

/**
 * Closes an operation that is not over, or has failed, with the reason a person gave. A run of it finds at its next
 * heartbeat, or at its next write, that it owns nothing any more, and ends; what it has sent by then is sent.
 */
export async function discardOperation(
  tx: Tx,
  id: string,
  { reason, actor }: { reason: string; actor: string },
): Promise<Discard> {
  const [row] = await tx.$queryRaw<{ job: string; payload: unknown; state: string; leaseOwner: string | null }[]>`
    select job, payload, state::text as state, lease_owner as "leaseOwner" from operations where id = ${id}::uuid for update`;
  if (row === undefined) return { kind: 'unknown' };
  if (!DISCARDABLE.has(row.state)) return { kind: 'not-discardable', state: row.state };
  const outcome = JSON.stringify({ kind: 'discarded', reason, details: { by: actor } });
  await tx.$executeRaw`
    update operations set state = 'discarded', outcome = ${outcome}::jsonb, finished_at = now(), dispatch_at = null,
      lease_owner = null, lease_until = null, waiting_reason = null, waiting_until = null
    where id = ${id}::uuid`;
  await markDiscarded(tx, row, { code: 'operation.discarded', message: `discarded: ${reason}` });
  if (row.leaseOwner !== null) await releaseRecordLeases(tx, row.leaseOwner);
  return { kind: 'discarded' };
}

const DISCARDABLE: ReadonlySet<string> = new Set(['queued', 'running', 'failed']);

/** What one operation alone would have done says that it is not done; a sweep of due rows leaves it alone then. */
async function markDiscarded(
  tx: Db,
  { job, payload }: { job: string; payload: unknown },
  failure: { code: string; message: string },
): Promise<void> {
  const delivery = job === inboxApply.name ? inboxApply.payload.safeParse(payload) : null;
  if (delivery?.success === true) await markDeliveryFailed(tx, delivery.data.deliveryId, failure);
  const mail = job === couponEmail.name ? couponEmail.payload.safeParse(payload) : null;
  if (mail?.success === true) await couponEmailGivenUp(tx, mail.data, failure);
}
