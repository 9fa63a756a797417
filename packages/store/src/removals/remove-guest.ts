import type { RsvpBase, RsvpStatus } from '@luma-sync/domain';
import type { Db } from '../database.js';
import { Prisma } from '../generated/client.js';
import { appendTimeline } from '../timeline/append-timeline.js';

/** What a removal replaced, for undoing it. */
interface BeforeRemoval {
  status: RsvpStatus;
  base: RsvpBase | null;
  decidedBy: 'us' | 'luma_side' | 'unknown';
  revision: number;
}

export interface GoneGuest {
  rsvpId: string;
  /** The entry that a read did not find. */
  lumaGuestId: string;
  eventId: string;
  observedAt: Date;
  /** What `beginRead` answered before that read. */
  unleasedSince: Date;
}

/**
 * Luma no longer has this guest: two listings and a read say so. Reads like a refusal made there, so nothing of ours
 * adds the guest again by itself. The RSVP stays, with its coupon and its history. Should Luma show the guest again,
 * the next look takes that over.
 *
 * @returns false when the RSVP changed meanwhile; nothing is removed then.
 */
export async function removeGuest(tx: Db, gone: GoneGuest & { operationId: string }): Promise<boolean> {
  const { rsvpId, lumaGuestId, eventId, operationId, observedAt, unleasedSince } = gone;
  const rsvp = await tx.rsvp.findUnique({ where: { id: rsvpId }, include: { link: true } });
  if (rsvp?.link == null || !['pulled', 'synced', 'push_failed'].includes(rsvp.link.state)) return false;
  const { link, status, revision } = rsvp;
  // Linked to another entry by now, or written while the read was on its way: the next list tells.
  if (link.lumaGuestId !== lumaGuestId || link.updatedAt >= unleasedSince) return false;
  const before: BeforeRemoval = {
    status,
    base: link.base as unknown as RsvpBase | null,
    decidedBy: link.decidedBy,
    revision,
  };
  const changed = await tx.rsvp.updateMany({ where: { id: rsvpId, revision }, data: { status: 'rejected' } });
  if (changed.count === 0) return false;
  // Any digest Luma may show differs from this one: a guest who comes back is seen as changed.
  const base: RsvpBase = { ours: 'rejected', luma: 'declined', digest: 'removed' };
  await tx.rsvpLink.update({
    where: { rsvpId },
    data: {
      state: 'removed',
      base: base as unknown as Prisma.InputJsonValue,
      decidedBy: 'luma_side',
      pushedRevision: revision,
      observedAt,
    },
  });
  await tx.absence.updateMany({
    where: { recordType: 'rsvp', recordId: rsvpId },
    data: { removedAt: observedAt, before: before as unknown as Prisma.InputJsonValue },
  });
  await appendTimeline(tx, [
    {
      recordType: 'rsvp',
      recordId: rsvpId,
      eventId,
      operationId,
      fact: { fact: 'rsvp-removed', was: status },
    },
  ]);
  return true;
}

export type RestoredGuest = { kind: 'restored' } | { kind: 'not-removed' };

/**
 * Undoes a removal: the RSVP is what it was. Nothing is sent to Luma; until a list shows the guest again the RSVP is
 * not removed a second time.
 */
export async function restoreGuest(tx: Db, rsvpId: string, actor: string): Promise<RestoredGuest> {
  const rsvp = await tx.rsvp.findUnique({ where: { id: rsvpId }, include: { link: true } });
  const absence = await tx.absence.findUnique({
    where: { recordType_recordId: { recordType: 'rsvp', recordId: rsvpId } },
  });
  const before = absence?.before as unknown as BeforeRemoval | null;
  if (rsvp?.link?.state !== 'removed' || absence === null || before === null) return { kind: 'not-removed' };
  await tx.rsvp.update({ where: { id: rsvpId }, data: { status: before.status } });
  await tx.rsvpLink.update({
    where: { rsvpId },
    data: {
      state: 'synced',
      base: before.base === null ? Prisma.DbNull : (before.base as unknown as Prisma.InputJsonValue),
      decidedBy: before.decidedBy,
    },
  });
  await tx.absence.update({
    where: { recordType_recordId: { recordType: 'rsvp', recordId: rsvpId } },
    data: { removedAt: null, before: Prisma.DbNull, keptAt: new Date() },
  });
  await appendTimeline(tx, [
    {
      recordType: 'rsvp',
      recordId: rsvpId,
      eventId: rsvp.eventId,
      actor,
      fact: { fact: 'rsvp-restored', status: before.status },
    },
  ]);
  return { kind: 'restored' };
}
