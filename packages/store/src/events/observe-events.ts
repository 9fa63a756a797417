import {
  type Base,
  type EventRecordChanges,
  type EventState,
  eventLinks,
  type FieldConflict,
  ruleOfOwner,
} from '@luma-sync/domain';
import { eventPush, type Trigger } from '@luma-sync/jobs';
import type { Database, Db } from '../database.js';
import { type EventLinkState, Prisma } from '../generated/client.js';
import { fencedTransaction, type LeaseHolder } from '../leases.js';
import { enqueueOperation } from '../operations/enqueue.js';
import { appendTimeline, type NewTimelineFact } from '../timeline/append-timeline.js';
import { toEventColumns } from './event-columns.js';
import { changeEventLink, writeEventLink } from './event-link-rows.js';
import { noteDifferences } from './note-differences.js';

/** What a merge of Luma's present state into ours decided. */
export interface MergedObservation {
  eventId: string;
  calendarId: string;
  /**
   * The revision the merge was computed from; if ours has moved on, nothing is stored and the caller computes again.
   */
  revision: number;
  take: EventRecordChanges;
  takenFields: readonly string[];
  conflicts: readonly FieldConflict<EventState>[];
  base: Base<EventState>;
  observedAt: Date;
  state: EventLinkState;
  /** True when something of ours still has to travel. */
  pushNeeded: boolean;
  /** Where we saw it: `webhook`, `drift check`, `pull`. */
  via: string;
  trigger: Trigger;
}

/** @returns false when our event changed meanwhile. */
export async function storeObservation(db: Database, holder: LeaseHolder, merged: MergedObservation): Promise<boolean> {
  return fencedTransaction(db, holder, async (tx) => {
    const changed = await tx.event.updateMany({
      where: { id: merged.eventId, revision: merged.revision },
      // An empty change still proves the revision.
      data: { ...toEventColumns(merged.take), updatedAt: new Date() },
    });
    if (changed.count === 0) return false;
    await appendTimeline(tx, describe(merged, holder));
    await noteDifferences(tx, holder, merged.eventId, merged.base);
    await writeEventLink(tx, merged.eventId, eventLinks.recordObservation(merged, new Date()));
    await storeConflicts(tx, 'event', merged.eventId, merged.conflicts);
    if (merged.pushNeeded) {
      await enqueueOperation(
        tx,
        eventPush,
        { eventId: merged.eventId },
        {
          trigger: merged.trigger,
          actor: merged.via,
          eventId: merged.eventId,
          calendarId: merged.calendarId,
        },
      );
    }
    return true;
  });
}

/** Both values of each conflict are kept, also the one that lost. */
export async function storeConflicts(
  tx: Db,
  recordType: 'event' | 'rsvp',
  recordId: string,
  conflicts: readonly FieldConflict<Record<string, unknown> & object>[] | readonly FieldConflict<EventState>[],
): Promise<void> {
  if (conflicts.length === 0) return;
  await tx.conflict.createMany({
    data: conflicts.map((conflict) => ({
      recordType,
      recordId,
      field: conflict.field,
      base: toJson(conflict.base),
      ours: toJson(conflict.ours),
      theirs: toJson(conflict.theirs),
      rule: ruleOfOwner(conflict.kept),
      resolution: conflict.kept,
    })),
  });
}

function toJson(value: unknown): Prisma.InputJsonValue | typeof Prisma.JsonNull {
  return value === null || value === undefined ? Prisma.JsonNull : (value as Prisma.InputJsonValue);
}

function describe(merged: MergedObservation, { operationId }: LeaseHolder): NewTimelineFact[] {
  const { via, takenFields: fields } = merged;
  const about = { recordType: 'event', recordId: merged.eventId, operationId } as const;
  const seen = { via, seenAt: merged.observedAt.toISOString() };
  return [
    ...(fields.length === 0 ? [] : [{ ...about, fact: { fact: 'event-changed-there', fields, ...seen } } as const]),
    ...merged.conflicts.map(
      ({ field, kept }) => ({ ...about, fact: { fact: 'conflict', field, kept, rule: 'owner' } }) as const,
    ),
  ];
}

/** As `eventLinks.recordCheck`, of a page of events that are unchanged. */
export async function touchChecked(db: Database, eventIds: readonly string[], checkedAt: Date): Promise<void> {
  if (eventIds.length === 0) return;
  await db.$executeRaw`
    update event_links set checked_at = ${checkedAt}::timestamptz
    where event_id = any(${[...eventIds]}::uuid[]) and (checked_at is null or checked_at < ${checkedAt}::timestamptz -
      ${eventLinks.CHECK_STORED_MS} * interval '1 millisecond')`;
}

/** Luma no longer has the event. Ours stays, cancelled or not as `cancelled` says, with its guests and history. */
export async function markSourceDeleted(
  db: Database,
  holder: LeaseHolder,
  gone: { eventId: string; cancelled: boolean; via: string; observedAt: Date },
): Promise<void> {
  await fencedTransaction(db, holder, async (tx) => {
    const isCancelled = gone.cancelled && (await markCancelled(tx, gone));
    const lost = await changeEventLink(tx, gone.eventId, (link) => eventLinks.loseEvent(link, gone.observedAt));
    if (lost?.isChanged !== true && !isCancelled) return;
    const seen = { via: gone.via, seenAt: gone.observedAt.toISOString() };
    await appendTimeline(tx, [
      {
        recordType: 'event',
        recordId: gone.eventId,
        operationId: holder.operationId,
        fact: { fact: 'event-gone', isCancelled: gone.cancelled, ...seen },
      },
    ]);
  });
}

/** The event first, as an edit locks it. @returns whether it was not cancelled before. */
async function markCancelled(tx: Db, { eventId, observedAt }: { eventId: string; observedAt: Date }): Promise<boolean> {
  await tx.$executeRaw`select 1 from events where id = ${eventId}::uuid for update`;
  const event = await tx.event.findUnique({ where: { id: eventId }, select: { approval: true } });
  const change = event === null ? {} : eventLinks.cancelAtLuma(event, observedAt);
  if (Object.keys(change).length === 0) return false;
  await tx.event.update({ where: { id: eventId }, data: change });
  return true;
}
