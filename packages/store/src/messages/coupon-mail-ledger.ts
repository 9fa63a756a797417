import { type Database, type Db, inTransaction } from '../database.js';
import { fencedTransaction, type LeaseHolder } from '../leases.js';
import { appendTimeline } from '../timeline/append-timeline.js';

/*
 * States of a mail in the ledger (`messages`):
 *
 *   reserved --asked--> reserved, asked_at set --answered--> sent
 *      ^                        |
 *      +-------refused----------+   asked_at set --given up--> unknown  (it may have gone out; a person decides)
 *      |                            asked_at null ---given up--> failed   (it surely has not)
 *      +------------------------------------ replay <---- failed, unknown
 *
 * `asked_at` is the first asking whose end is not known to be a refusal: from then on the mail may exist, and the
 * provider's idempotency key protects a repeat for a day. It is committed before the request leaves, so that no crash
 * can hide that there was one.
 */

export interface CouponMail {
  assignmentId: string;
  eventId: string;
  eventTitle: string;
  eventUrl: string | null;
  poolName: string;
  code: string;
  /** The person's address as it is now; null when they have none (any more). */
  email: string | null;
  /** Whether the person is going to the event as we know it now: who declined since is not to be mailed. */
  holdsPlace: boolean;
  isEventCancelled: boolean;
  /** Null when the assignment was made without a mail. */
  message: CouponMessage | null;
}

export interface CouponMessage {
  state: 'reserved' | 'sent' | 'unknown' | 'failed';
  /** Null when the person was erased. */
  recipient: string | null;
  askedAt: Date | null;
}

export interface CouponMailAsking {
  idempotencyKey: string;
  /** False when an earlier asking under the same key is still open. */
  isFirst: boolean;
}

export interface CouponMailFailure {
  code: string;
  at: Date;
  /** True when it is certain that the provider has no mail under this key. */
  isRefused: boolean;
}

export function createCouponMailLedger(db: Database) {
  return {
    find: (assignmentId: string) => findCouponMail(db, assignmentId),

    /**
     * Notes, in a commit of its own, that the provider is about to be asked. Call it before the request leaves.
     *
     * @returns null when the mail is sent already.
     * @throws {RetryAfterError} `operation.lease_lost`
     */
    markAsked: (holder: LeaseHolder, asking: { assignmentId: string; recipient: string; at: Date }) =>
      fencedTransaction(db, holder, (tx) => markAsked(tx, asking)),

    /**
     * Notes that the provider has taken the mail. Without a fence: it stays true also after another run took the
     * operation, and knowing it keeps the other run from asking again. Calling it twice changes nothing.
     */
    markSent: (holder: LeaseHolder, sent: { assignmentId: string; providerId: string; at: Date }) =>
      inTransaction(db, (tx) => markSent(tx, holder, sent)),

    /**
     * Takes back a code that was given and, for certain, never mailed: it is free for others, and the person who had it
     * is served anew by the next pull in which they hold a place. Changes nothing once the provider may have the mail.
     *
     * @throws {RetryAfterError} `operation.lease_lost`
     */
    withdraw: (holder: LeaseHolder, assignmentId: string, reason: 'no-place' | 'event-cancelled') =>
      fencedTransaction(db, holder, (tx) => withdraw(tx, holder, assignmentId, reason)),

    /**
     * Notes why an asking failed; after a refusal the mail counts as never asked for again.
     *
     * @throws {RetryAfterError} `operation.lease_lost`: another run may have asked meanwhile, so nothing is changed.
     */
    noteFailure: (holder: LeaseHolder, assignmentId: string, failure: CouponMailFailure) =>
      fencedTransaction(db, holder, (tx) => noteFailure(tx, assignmentId, failure)),
  };
}

export type CouponMailLedger = ReturnType<typeof createCouponMailLedger>;

async function findCouponMail(db: Db, assignmentId: string): Promise<CouponMail | null> {
  const row = await db.couponAssignment.findUnique({
    where: { id: assignmentId },
    select: {
      id: true,
      eventId: true,
      personId: true,
      event: { select: { title: true, url: true, approval: true } },
      pool: { select: { name: true } },
      code: { select: { code: true } },
      person: { select: { email: true, claimedEmail: true, erasedAt: true } },
      message: { select: { state: true, recipient: true, askedAt: true } },
    },
  });
  if (row === null) return null;
  const { eventId, personId } = row;
  const rsvp = await db.rsvp.findUnique({
    where: { eventId_personId: { eventId, personId } },
    select: { status: true },
  });
  return {
    assignmentId: row.id,
    eventId: row.eventId,
    eventTitle: row.event.title,
    eventUrl: row.event.url,
    poolName: row.pool.name,
    code: row.code.code,
    email: row.person.email ?? row.person.claimedEmail,
    holdsPlace: rsvp?.status === 'going',
    isEventCancelled: row.event.approval === 'cancelled',
    message: row.message && { ...row.message, recipient: row.person.erasedAt === null ? row.message.recipient : null },
  };
}

async function markAsked(
  tx: Db,
  { assignmentId, recipient, at }: { assignmentId: string; recipient: string; at: Date },
): Promise<CouponMailAsking | null> {
  const [earlier] = await tx.$queryRaw<{ askedAt: Date | null }[]>`
    select asked_at as "askedAt" from messages where assignment_id = ${assignmentId}::uuid for update`;
  const [row] = await tx.$queryRaw<{ idempotencyKey: string }[]>`
    insert into messages (kind, assignment_id, recipient, idempotency_key, asked_at)
    values ('coupon', ${assignmentId}::uuid, ${recipient}, 'coupon-' || ${assignmentId}, ${at}::timestamptz)
    on conflict (assignment_id) do update set
      state = 'reserved', recipient = excluded.recipient, asked_at = coalesce(messages.asked_at, excluded.asked_at)
    where messages.state <> 'sent'
    returning idempotency_key as "idempotencyKey"`;
  if (row === undefined) return null;
  return { idempotencyKey: row.idempotencyKey, isFirst: earlier === undefined || earlier.askedAt === null };
}

async function markSent(
  tx: Db,
  holder: LeaseHolder,
  { assignmentId, providerId, at }: { assignmentId: string; providerId: string; at: Date },
): Promise<void> {
  const [row] = await tx.$queryRaw<{ eventId: string }[]>`
    update messages m set state = 'sent', provider_id = ${providerId}, sent_at = ${at}::timestamptz, last_error = null
    from coupon_assignments a
    where m.assignment_id = ${assignmentId}::uuid and a.id = m.assignment_id and m.state <> 'sent'
    returning a.event_id as "eventId"`;
  if (row === undefined) return;
  await appendTimeline(tx, [
    {
      recordType: 'coupon',
      recordId: assignmentId,
      eventId: row.eventId,
      operationId: holder.operationId,
      fact: { fact: 'coupon-mailed', providerId },
    },
  ]);
}

async function noteFailure(tx: Db, assignmentId: string, { code, at, isRefused }: CouponMailFailure): Promise<void> {
  const lastError = JSON.stringify({ code, at: at.toISOString() });
  await tx.$executeRaw`
    update messages set last_error = ${lastError}::jsonb, asked_at = case when ${isRefused} then null else asked_at end
    where assignment_id = ${assignmentId}::uuid and state <> 'sent'`;
}

async function withdraw(
  tx: Db,
  { operationId }: LeaseHolder,
  assignmentId: string,
  reason: 'no-place' | 'event-cancelled',
): Promise<void> {
  await tx.$executeRaw`
    delete from messages where assignment_id = ${assignmentId}::uuid and state in ('reserved', 'failed')
      and asked_at is null`;
  const [row] = await tx.$queryRaw<{ eventId: string }[]>`
    delete from coupon_assignments a
    where a.id = ${assignmentId}::uuid and not exists (select 1 from messages m where m.assignment_id = a.id)
    returning a.event_id as "eventId"`;
  if (row === undefined) return;
  await appendTimeline(tx, [
    {
      recordType: 'coupon',
      recordId: assignmentId,
      eventId: row.eventId,
      operationId,
      fact: { fact: 'coupon-withdrawn', reason },
    },
  ]);
}
