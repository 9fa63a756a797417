import {
  type EventState,
  followPlace,
  isSameValue,
  toApprovalStatus,
  toEventRecordChanges,
  toRsvpStatus,
} from '@luma-sync/domain';
import { rsvpPush } from '@luma-sync/jobs';
import { requestEventPush } from '../app-events/request-push.js';
import type { Db, Tx } from '../database.js';
import { toEventColumns } from '../event-sync/columns.js';
import { toSyncEvent } from '../event-sync/records.js';
import type { Conflict } from '../generated/client.js';
import { type EnqueuedOperation, enqueueOperation } from '../operations/enqueue.js';
import { appendTimeline } from '../timeline/append-timeline.js';
import { type ConflictRecord, type ConflictView, findRecords, isRsvpStatus, toConflictViews } from './conflict-view.js';

export type ResolveResult =
  /** `operation` is null when nothing has to travel. */
  | { kind: 'resolved'; view: ConflictView; operation: EnqueuedOperation | null }
  | { kind: 'unknown' }
  /** The field was changed since, so neither value is what is there now. */
  | { kind: 'stale'; current: unknown }
  /** There is a newer conflict over the same field, which is the one to decide. */
  | { kind: 'superseded'; byId: string }
  | { kind: 'cancelled' }
  /** Declined at Luma: a host can approve the guest there; we do not. */
  | { kind: 'declined-stays' }
  /** Luma cannot be told this answer. */
  | { kind: 'not-writable'; status: string };

/**
 * A person's word on a conflict, in the caller's transaction: confirms the value that stands, or puts the other one in
 * its place, as an edit of ours that travels to Luma and mails nobody. Saying the same again changes nothing.
 */
export async function resolveConflict(
  tx: Tx,
  id: string,
  keep: 'ours' | 'theirs',
  { actor }: { actor: string },
): Promise<ResolveResult> {
  const [locked] = await tx.$queryRaw<{ id: string }[]>`select id from conflicts where id = ${id}::uuid for update`;
  const conflict = locked === undefined ? null : await tx.conflict.findUnique({ where: { id } });
  if (conflict === null) return { kind: 'unknown' };
  await lockRecord(tx, conflict);
  const record = (await findRecords(tx, [conflict])).get(conflict.recordId);
  if (record === undefined) return { kind: 'unknown' };
  const isFlipped = keep !== conflict.resolution;
  if (conflict.resolvedAt !== null && !isFlipped) return resolved(tx, conflict, null);
  const newer = await tx.conflict.findFirst({
    where: { recordId: conflict.recordId, field: conflict.field, createdAt: { gt: conflict.createdAt } },
    orderBy: { createdAt: 'desc' },
    select: { id: true },
  });
  if (newer !== null) return { kind: 'superseded', byId: newer.id };
  const current = record.read(conflict.field);
  const [standing, wanted] = isFlipped
    ? [sideOf(conflict, flip(keep)), sideOf(conflict, keep)]
    : [sideOf(conflict, keep), null];
  if (!isSameValue(current, standing) && !(isFlipped && isSameValue(current, wanted)))
    return { kind: 'stale', current };

  let operation: EnqueuedOperation | null = null;
  if (isFlipped) {
    const put = conflict.recordType === 'rsvp' ? putAnswer : putField;
    const result = await put(tx, conflict, record, wanted, keep, actor);
    if ('kind' in result) return result;
    operation = result.operation;
  }
  const decided = await tx.conflict.update({
    where: { id },
    data: { resolution: keep, resolvedAt: new Date(), resolvedBy: actor },
  });
  await appendTimeline(tx, [
    {
      recordType: conflict.recordType === 'rsvp' ? 'rsvp' : 'event',
      recordId: conflict.recordId,
      eventId: record.eventId,
      actor,
      fact: { fact: 'conflict-settled', field: conflict.field, keep, isFlipped },
    },
  ]);
  return resolved(tx, decided, operation);
}

async function resolved(tx: Db, conflict: Conflict, operation: EnqueuedOperation | null): Promise<ResolveResult> {
  const [view] = await toConflictViews(tx, [conflict]);
  return view === undefined ? { kind: 'unknown' } : { kind: 'resolved', view, operation };
}

const flip = (side: 'ours' | 'theirs') => (side === 'ours' ? 'theirs' : 'ours');

async function lockRecord(tx: Db, { recordType, recordId }: Conflict): Promise<void> {
  if (recordType === 'rsvp') await tx.$queryRaw`select id from rsvps where id = ${recordId}::uuid for update`;
  else await tx.$queryRaw`select id from events where id = ${recordId}::uuid for update`;
}

/** One side's value in our words; of an answer Luma's own word is kept. */
function sideOf({ recordType, ours, theirs }: Conflict, side: 'ours' | 'theirs'): unknown {
  if (side === 'ours') return ours;
  return recordType === 'rsvp' && typeof theirs === 'string' ? toRsvpStatus(theirs) : theirs;
}

type Put = { operation: EnqueuedOperation | null } | Exclude<ResolveResult, { kind: 'resolved' }>;

async function putField(
  tx: Tx,
  { recordId: eventId, field }: Conflict,
  _record: ConflictRecord,
  value: unknown,
  _keep: 'ours' | 'theirs',
  actor: string,
): Promise<Put> {
  const { link, ...event } = await tx.event.findUniqueOrThrow({ where: { id: eventId }, include: { link: true } });
  if (event.approval === 'cancelled') return { kind: 'cancelled' };
  const revision = event.revision + 1;
  // Both values were read from states of this very shape.
  const changes = toEventRecordChanges({ [field]: value } as Partial<EventState>);
  await tx.event.update({
    where: { id: eventId },
    // Quiet up to here: a decision about the past is nothing to mail guests about.
    data: {
      ...toEventColumns(followPlace(changes, toSyncEvent(event))),
      revision,
      quietRevision: revision,
    },
  });
  if (event.approval !== 'approved') return { operation: null };
  return {
    operation: await requestEventPush(tx, event, {
      pinnedCalendarId: link?.calendarId ?? null,
      trigger: 'manual',
      actor,
    }),
  };
}

async function putAnswer(
  tx: Tx,
  { recordId: rsvpId, theirs, rule }: Conflict,
  { eventId }: ConflictRecord,
  value: unknown,
  keep: 'ours' | 'theirs',
  actor: string,
): Promise<Put> {
  if (keep === 'ours' && rule === 'declined_stays') return { kind: 'declined-stays' };
  const isWritable = theirs !== 'session' && isRsvpStatus(value) && toApprovalStatus(value) !== null;
  if (!isRsvpStatus(value) || (keep === 'theirs' && !isWritable))
    return { kind: 'not-writable', status: String(theirs) };
  const { revision } = await tx.rsvp.update({
    where: { id: rsvpId },
    data: { status: value, revision: { increment: 1 } },
    select: { revision: true },
  });
  // Counted as sent, so that sending it is a repeat, which mails nobody.
  await tx.rsvpLink.updateMany({ where: { rsvpId }, data: { state: 'pending_push', askedRevision: revision } });
  const link = await tx.eventLink.findUnique({ where: { eventId }, select: { calendarId: true } });
  const options = { trigger: 'manual' as const, actor, eventId, calendarId: link?.calendarId ?? null };
  return { operation: await enqueueOperation(tx, rsvpPush, { eventId }, options) };
}
