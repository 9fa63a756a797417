import type { RsvpBase } from '@luma-sync/domain';
import type { Database, Db } from '../database.js';
import { Prisma } from '../generated/client.js';
import { fencedTransaction, type LeaseHolder } from '../leases.js';
import { appendTimeline } from '../timeline/append-timeline.js';
import { HELD_FROM, IS_MAIL_HELD } from './held-mails.js';

/** An answer that Luma holds and whose mail a person has confirmed. */
export interface ReleasedMail {
  rsvpId: string;
  eventId: string;
  lumaGuestId: string;
  /** What Luma holds, as last seen. */
  base: RsvpBase;
}

const select = (where: Prisma.Sql, limit: number): Prisma.Sql => Prisma.sql`
  select r.id as "rsvpId", e.id as "eventId", l.luma_guest_id as "lumaGuestId", l.base
  from ${HELD_FROM}
  where ${where} and l.mail_confirmed_at is not null and ${IS_MAIL_HELD} and l.base is not null
  order by l.mail_confirmed_at, r.id limit ${limit}`;

export function listReleasedMails(db: Db, eventId: string, limit: number): Promise<ReleasedMail[]> {
  return db.$queryRaw<ReleasedMail[]>`${select(Prisma.sql`e.id = ${eventId}::uuid`, limit)}`;
}

/**
 * Ends the release, before the request: a run that dies after it costs the mail, and nobody is mailed twice.
 *
 * @param why One sentence for an operator.
 * @returns false when the answer changed meanwhile, or another run took it.
 */
export async function takeReleasedMail(
  db: Database,
  holder: LeaseHolder,
  { rsvpId, eventId }: ReleasedMail,
  { isMailed, why }: { isMailed: boolean; why: string },
): Promise<boolean> {
  return fencedTransaction(db, holder, async (tx) => {
    const [released] = await tx.$queryRaw<
      ReleasedMail[]
    >`${select(Prisma.sql`r.id = ${rsvpId}::uuid`, 1)} for update of l`;
    if (released === undefined) return false;
    await tx.$executeRaw`
      update rsvp_links set mail_held_revision = null, mail_confirmed_at = null where rsvp_id = ${rsvpId}::uuid`;
    const mail = { purpose: 'rsvp_push', allowed: isMailed, recipients: isMailed ? 1 : 0, permitId: null };
    const fact = { fact: 'mail-decided', reason: why, mail } as const;
    await appendTimeline(tx, [
      { recordType: 'rsvp', recordId: rsvpId, eventId, operationId: holder.operationId, fact },
    ]);
    return true;
  });
}

/**
 * The request surely mailed nobody.
 *
 * @param isConfirmed False: Luma refused it, so a person has to confirm it anew.
 */
export async function giveBackReleasedMail(
  db: Database,
  holder: LeaseHolder,
  { rsvpId }: ReleasedMail,
  isConfirmed: boolean,
): Promise<void> {
  await fencedTransaction(db, holder, async (tx) => {
    await tx.$executeRaw`
      update rsvp_links l set mail_held_revision = r.revision, mail_confirmed_at = case when ${isConfirmed}::boolean
        then now() end
      from rsvps r where r.id = l.rsvp_id and l.rsvp_id = ${rsvpId}::uuid and l.mail_held_revision is null`;
  });
}
