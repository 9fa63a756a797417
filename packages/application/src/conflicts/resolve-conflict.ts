import {
  type EventState,
  followPlace,
  isSameValue,
  toApprovalStatus,
  toEventRecordChanges,
  toRsvpStatus,
} from '@luma-sync/domain';
import { rsvpPush } from '@luma-sync/jobs';
import {
  appendTimeline,
  type Conflict,
  type ConflictRecord,
  type ConflictView,
  type Db,
  type EnqueuedOperation,
  enqueueOperation,
  findLinkedCalendarId,
  findNewerConflict,
  findRecords,
  getEventAndLink,
  isRsvpStatus,
  lockConflict,
  putAnswerQuietly,
  reviseEvent,
  storeResolution,
  type Tx,
  toConflictViews,
  toEventColumns,
  toSyncEvent,
} from '@luma-sync/store';
import { requestEventPush } from '../events/request-push.js';

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
  const conflict = await lockConflict(tx, id);
  if (conflict === null) return { kind: 'unknown' };
  const record = (await findRecords(tx, [conflict])).get(conflict.recordId);
  if (record === undefined) return { kind: 'unknown' };
  const isFlipped = keep !== conflict.resolution;
  if (conflict.resolvedAt !== null && !isFlipped) return resolved(tx, conflict, null);
  const newer = await findNewerConflict(tx, conflict);
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
    const result = await put(tx, { conflict, record, value: wanted, keep, actor });
    if ('kind' in result) return result;
    operation = result.operation;
  }
  const decided = await storeResolution(tx, id, { keep, actor });
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

/** One side's value in our words; of an answer Luma's own word is kept. */
function sideOf({ recordType, ours, theirs }: Conflict, side: 'ours' | 'theirs'): unknown {
  if (side === 'ours') return ours;
  return recordType === 'rsvp' && typeof theirs === 'string' ? toRsvpStatus(theirs) : theirs;
}

type Put = { operation: EnqueuedOperation | null } | Exclude<ResolveResult, { kind: 'resolved' }>;

/** The value that a person chose, to be put in the place of the other one. */
interface ChosenValue {
  conflict: Conflict;
  record: ConflictRecord;
  value: unknown;
  keep: 'ours' | 'theirs';
  actor: string;
}

async function putField(tx: Tx, { conflict, value, actor }: ChosenValue): Promise<Put> {
  const { recordId: eventId, field } = conflict;
  const { event, link } = await getEventAndLink(tx, eventId);
  if (event.approval === 'cancelled') return { kind: 'cancelled' };
  // Both values were read from states of this very shape.
  const changes = toEventRecordChanges({ [field]: value } as Partial<EventState>);
  // Quiet up to here: a decision about the past is nothing to mail guests about.
  const columns = toEventColumns(followPlace(changes, toSyncEvent(event)));
  await reviseEvent(tx, eventId, { ...columns, quietRevision: event.revision + 1 });
  if (event.approval !== 'approved') return { operation: null };
  return {
    operation: await requestEventPush(tx, event, {
      pinnedCalendarId: link?.calendarId ?? null,
      trigger: 'manual',
      actor,
    }),
  };
}

async function putAnswer(tx: Tx, { conflict, record, value, keep, actor }: ChosenValue): Promise<Put> {
  const { recordId: rsvpId, theirs, rule } = conflict;
  const { eventId } = record;
  if (keep === 'ours' && rule === 'declined_stays') return { kind: 'declined-stays' };
  const isWritable = theirs !== 'session' && isRsvpStatus(value) && toApprovalStatus(value) !== null;
  if (!isRsvpStatus(value) || (keep === 'theirs' && !isWritable))
    return { kind: 'not-writable', status: String(theirs) };
  await putAnswerQuietly(tx, rsvpId, value);
  const calendarId = await findLinkedCalendarId(tx, eventId);
  const options = { trigger: 'manual' as const, actor, eventId, calendarId };
  return { operation: await enqueueOperation(tx, rsvpPush, { eventId }, options) };
}
