import { eventPull, guestPull, type PayloadOf } from '@luma-sync/jobs';
import type { Db } from '../database.js';
import type { Event, EventLink } from '../generated/client.js';
import { type EnqueuedOperation, enqueueOperation } from '../operations/enqueue.js';
import { appendTimeline } from '../timeline/append-timeline.js';
import { lockEventByKey } from './event-key.js';
import { type EventView, getEventView } from './event-view.js';
import { requestEventPush } from './request-push.js';

/*
 * What a person decides about an event, each in the caller's transaction.
 *
 *   draft <--reject-- pending --approve--> approved --cancel--> cancelled --approve--> approved
 *
 * Every change counts as a revision: it is one that Luma has to hear of.
 */

export type CommandResult =
  /** `operation` is null when the event was so already. */
  | { kind: 'done'; view: EventView; operation: EnqueuedOperation | null }
  | { kind: 'unknown' }
  | { kind: 'read-only' }
  | { kind: 'not-approved' }
  | { kind: 'already-approved' }
  | { kind: 'cancelled' }
  /** Luma does not have the event, as far as we know. */
  | { kind: 'not-linked' };

export interface CommandOptions {
  actor: string;
}

/** Lets an event through to Luma; a cancelled one comes back. */
export function approveEvent(tx: Db, key: string, { actor }: CommandOptions): Promise<CommandResult> {
  return onLockedEvent(tx, key, async (event, link) => {
    if (event.approval === 'approved') return unchanged(tx, event);
    return decide(tx, event, link, {
      data: { approval: 'approved', cancelledAt: null },
      message: 'approved',
      actor,
      isPushed: true,
    });
  });
}

/** Turns down an event that waits. One that is public already can only be cancelled. */
export function rejectEvent(tx: Db, key: string, { actor }: CommandOptions): Promise<CommandResult> {
  return onLockedEvent(tx, key, async (event, link) => {
    if (event.approval === 'approved') return { kind: 'already-approved' };
    if (event.approval === 'cancelled') return { kind: 'cancelled' };
    if (event.approval === 'draft') return unchanged(tx, event);
    return decide(tx, event, link, { data: { approval: 'draft' }, message: 'turned down', actor, isPushed: false });
  });
}

/** Takes the event back by hiding it at Luma, which mails nobody and can be undone. */
export function cancelEvent(tx: Db, key: string, { actor }: CommandOptions): Promise<CommandResult> {
  return onLockedEvent(tx, key, async (event, link) => {
    if (event.approval === 'cancelled') return unchanged(tx, event);
    // A push that is under way may be creating it right now; the one asked for here comes after it.
    const isPushed = event.approval === 'approved' || link !== null;
    const data = { approval: 'cancelled' as const, cancelledAt: new Date() };
    return decide(tx, event, link, { data, message: 'cancelled, to be hidden at Luma', actor, isPushed });
  });
}

/** Asks for a push although nothing changed here. */
export function pushEvent(tx: Db, key: string, { actor }: CommandOptions): Promise<CommandResult> {
  return onLockedEvent(tx, key, async (event, link) => {
    if (event.approval !== 'approved' && !(event.approval === 'cancelled' && link !== null))
      return { kind: 'not-approved' };
    const operation = await requestEventPush(tx, event, {
      pinnedCalendarId: link?.calendarId ?? null,
      trigger: 'manual',
      actor,
    });
    return { kind: 'done', view: await getEventView(tx, event.id), operation };
  });
}

/** Asks for Luma's copy to be read and merged. */
export async function pullEvent(tx: Db, key: string, { actor }: CommandOptions): Promise<CommandResult> {
  return onLinkedEvent(tx, key, (event, link) =>
    enqueueOperation(
      tx,
      eventPull,
      { eventId: event.id },
      { trigger: 'manual', actor, eventId: event.id, calendarId: link.calendarId },
    ),
  );
}

export interface GuestPullOptions {
  /** Absent: yes, unless the event is cancelled. */
  assignCoupons?: boolean | undefined;
  /** As `assignCoupons`. */
  sendEmails?: boolean | undefined;
  approvalStatus?: PayloadOf<'guest.pull'>['approvalStatus'] | undefined;
}

/**
 * Asks for Luma's guest list to be read and merged. Guests of a cancelled event get no coupons and no mail; `cancelled` says so to whoever asked
 * for either.
 */
export async function requestGuestPull(
  tx: Db,
  key: string,
  { assignCoupons, sendEmails, approvalStatus = null }: GuestPullOptions,
  { actor }: CommandOptions,
): Promise<CommandResult> {
  return onLinkedEvent(tx, key, async (event, link) => {
    const isCancelled = event.approval === 'cancelled';
    if (isCancelled && (assignCoupons === true || sendEmails === true)) return { kind: 'cancelled' };
    const coupons = { assignCoupons: assignCoupons ?? !isCancelled, sendEmails: sendEmails ?? !isCancelled };
    return enqueueOperation(
      tx,
      guestPull,
      { eventId: event.id, ...coupons, approvalStatus },
      { trigger: 'manual', actor, eventId: event.id, calendarId: link.calendarId },
    );
  });
}

async function onLockedEvent(
  tx: Db,
  key: string,
  work: (event: Event, link: EventLink | null) => Promise<CommandResult>,
): Promise<CommandResult> {
  const id = await lockEventByKey(tx, key);
  if (id === null) return { kind: 'unknown' };
  const { link, ...event } = await tx.event.findUniqueOrThrow({ where: { id }, include: { link: true } });
  if (event.ownership === 'referenced' || event.source === 'ical') return { kind: 'read-only' };
  return work(event, link);
}

/** Reading at Luma is allowed for events we only follow. */
async function onLinkedEvent(
  tx: Db,
  key: string,
  enqueue: (event: Event, link: EventLink) => Promise<EnqueuedOperation | { kind: 'cancelled' }>,
): Promise<CommandResult> {
  const id = await lockEventByKey(tx, key);
  if (id === null) return { kind: 'unknown' };
  const { link, ...event } = await tx.event.findUniqueOrThrow({ where: { id }, include: { link: true } });
  if (link === null || link.lumaEventId === null) return { kind: 'not-linked' };
  const operation = await enqueue(event, link);
  if ('kind' in operation) return operation;
  return { kind: 'done', view: await getEventView(tx, id), operation };
}

async function unchanged(tx: Db, event: Event): Promise<CommandResult> {
  return { kind: 'done', view: await getEventView(tx, event.id), operation: null };
}

async function decide(
  tx: Db,
  before: Event,
  link: EventLink | null,
  change: { data: Partial<Pick<Event, 'approval' | 'cancelledAt'>>; message: string; actor: string; isPushed: boolean },
): Promise<CommandResult> {
  const event = await tx.event.update({
    where: { id: before.id },
    data: { ...change.data, revision: { increment: 1 } },
  });
  await appendTimeline(tx, [
    {
      recordType: 'event',
      recordId: event.id,
      actor: change.actor,
      fact: { fact: 'event-commanded', revision: event.revision, command: change.message },
    },
  ]);
  const operation = change.isPushed
    ? await requestEventPush(tx, event, {
        pinnedCalendarId: link?.calendarId ?? null,
        trigger: 'api',
        actor: change.actor,
      })
    : null;
  return { kind: 'done', view: await getEventView(tx, event.id), operation };
}
