import { type AddressReservation, type AnsweredPush, type Base, type EventState, eventLinks } from '@luma-sync/domain';
import { PermanentError, RetryAfterError, rsvpPush } from '@luma-sync/jobs';
import type { EventFact } from '@luma-sync/timeline';
import type { Database, Db } from '../database.js';
import { fencedTransaction, type LeaseHolder } from '../leases.js';
import { type Delay, toDelayedError } from '../operations/delayed-error.js';
import { enqueueOperation } from '../operations/enqueue.js';
import { appendTimeline } from '../timeline/append-timeline.js';
import { toEventColumns } from './event-columns.js';
import { changeEventLink, lockEventLink, toEventLinkColumns, writeEventLink } from './event-link-rows.js';
import { isEventInDoubt } from './in-doubt.js';
import { noteDifferences, noteRegistration } from './note-differences.js';

export interface SlugReservation extends AddressReservation {
  eventId: string;
}

/**
 * Pins the event to its calendar and reserves its public address, before Luma is asked to create anything. From then on
 * every run looks for that address first.
 *
 * @returns false when another event of ours has that address; nothing is reserved then.
 * @throws {PermanentError} `event.in_doubt`: a person has to say first whether it is at Luma already
 */
export async function reserveSlug(db: Database, holder: LeaseHolder, reservation: SlugReservation): Promise<boolean> {
  return fencedTransaction(db, holder, async (tx) => {
    const { eventId, slug } = reservation;
    const isTaken = slug !== null && (await tx.eventLink.count({ where: { slug, eventId: { not: eventId } } })) > 0;
    if (isTaken) return false;
    if (await isEventInDoubt(tx, eventId)) {
      throw new PermanentError(
        'event.in_doubt',
        `Luma may have event ${eventId} already; answer what is asked about it at /v1/backfill-questions`,
      );
    }
    const change = eventLinks.reserveAddress(await lockEventLink(tx, eventId), reservation, new Date());
    const { calendarId } = reservation;
    const update = toEventLinkColumns(change);
    const create = { ...update, eventId, calendarId, state: 'pending_push' as const };
    await tx.eventLink.upsert({ where: { eventId }, create, update });
    await note(tx, holder, eventId, { fact: 'event-create-asked', slug });
    return true;
  });
}

export interface AttachedEvent {
  eventId: string;
  lumaEventId: string;
  /** An earlier run had created it, and its answer was lost. */
  adopted: boolean;
  /** How it was found; absent: by its address. */
  foundBy?: 'start-and-name';
}

/**
 * Stores Luma's id the moment it is known: from here on no run creates again.
 *
 * @throws {PermanentError} `event.id_reused`: another event of ours is tied to this id
 */
export async function attachLumaEvent(
  db: Database,
  holder: LeaseHolder,
  { eventId, lumaEventId, adopted: isAdopted, foundBy }: AttachedEvent,
): Promise<void> {
  await fencedTransaction(db, holder, async (tx) => {
    const other = await tx.eventLink.findUnique({ where: { lumaEventId }, select: { eventId: true } });
    if (other !== null && other.eventId !== eventId) {
      throw new PermanentError(
        'event.id_reused',
        `Luma gave event ${eventId} the id ${lumaEventId}, which event ${other.eventId} is tied to`,
      );
    }
    await writeEventLink(tx, eventId, eventLinks.attachToLuma(lumaEventId));
    const how = foundBy === undefined ? {} : { foundBy };
    await note(tx, holder, eventId, { fact: 'event-create-answered', lumaEventId, isAdopted, ...how });
  });
}

/**
 * Stores what both sides are known to agree on, with what Luma is asked for now (`asked`, `underWay`). An event that
 * was never compared has nothing to be noted in.
 */
export async function noteAsked(
  db: Database,
  holder: LeaseHolder,
  { eventId, base }: { eventId: string; base: Base<EventState> },
): Promise<void> {
  await fencedTransaction(db, holder, async (tx) => {
    await noteDifferences(tx, holder, eventId, base);
    await changeEventLink(tx, eventId, (link) => eventLinks.recordEventIntent(link, base));
  });
}

export interface ConfirmedPush extends AnsweredPush {
  eventId: string;
  sentFields: readonly string[];
  /** Why Luma was, or was not, allowed to mail people. */
  mailReason: string | null;
}

/** Stores what both sides now agree on, and wakes the RSVPs that waited for the event to exist. */
export async function confirmPush(db: Database, holder: LeaseHolder, push: ConfirmedPush): Promise<void> {
  await fencedTransaction(db, holder, async (tx) => {
    const current = await tx.event.updateMany({
      where: { id: push.eventId, revision: push.revision },
      data: toEventColumns(eventLinks.toPushedEvent(push)),
    });
    const isCurrent = current.count > 0;
    if (eventLinks.isOvertaken(push, isCurrent)) {
      throw new RetryAfterError(
        'event.changed_meanwhile',
        `event ${push.eventId} changed on both sides during a push`,
        { waitMs: 0 },
      );
    }
    if (push.sentFields.length > 0) {
      const { revision, sentFields: fields, mailReason } = push;
      await note(tx, holder, push.eventId, { fact: 'event-pushed', revision, fields, mailReason });
    }
    await noteDifferences(tx, holder, push.eventId, push.base);
    const { registrationRefused: refusal } = push;
    if (refusal !== undefined) await noteRegistration(tx, holder, push.eventId, refusal?.message ?? null);
    const link = await tx.eventLink.update({
      where: { eventId: push.eventId },
      data: toEventLinkColumns(eventLinks.confirmEventPush(push, isCurrent, new Date())),
      select: { calendarId: true },
    });
    if (push.problem !== null) await note(tx, holder, push.eventId, { fact: 'event-cover-refused', ...push.problem });
    await wakeWaitingRsvps(tx, push.eventId, link.calendarId);
  });
}

async function wakeWaitingRsvps(tx: Db, eventId: string, calendarId: string): Promise<void> {
  const waiting = await tx.rsvpLink.findFirst({
    where: { state: 'pending_push', rsvp: { eventId } },
    select: { id: true },
  });
  if (waiting === null) return;
  await enqueueOperation(tx, rsvpPush, { eventId }, { trigger: 'api', actor: 'event.push', eventId, calendarId });
}

/**
 * The operation was given up: the event says so, with Luma's own words, until an edit or a replay starts it again. One
 * whose last word had got through before its worker died is as it should be, and stays so.
 */
export async function markPushFailed(tx: Db, eventId: string, error: { code: string; message: string }): Promise<void> {
  await changeEventLink(tx, eventId, (link) => eventLinks.failEventPush(link, error, new Date()));
  await appendTimeline(tx, [
    {
      recordType: 'event',
      recordId: eventId,
      eventId,
      fact: { fact: 'event-push-given-up', code: error.code, message: error.message },
    },
  ]);
}

/** The push is tried again later: the event says why it is late, and when that is. */
export async function markPushDelayed(tx: Db, eventId: string, delay: Delay): Promise<void> {
  await changeEventLink(tx, eventId, (link) => eventLinks.delayEventPush(link, toDelayedError(delay)));
}

function note(tx: Db, { operationId }: LeaseHolder, eventId: string, fact: EventFact): Promise<void> {
  return appendTimeline(tx, [{ recordType: 'event', recordId: eventId, operationId, fact }]);
}
