import type { MailAllowance } from '@luma-sync/domain';
import { HOUR_MS } from '@luma-sync/jobs';
import type { Db } from '../database.js';
import type { MailPurpose } from '../generated/client.js';

/** The newest word counts alone: who names another number has looked again. */
export async function findMailAllowance(
  db: Db,
  query: { eventId: string; calendarId: string; purpose: MailPurpose },
): Promise<MailAllowance> {
  const [row] = await db.$queryRaw<{ limit: number; id: string | null; left: number; actor: string }[]>`
    select c.mail_confirm_above as "limit", p.id, coalesce(p.recipients - p.used, 0) as "left", p.actor
    from calendars c left join lateral (
      select * from mail_permits
      where event_id = ${query.eventId}::uuid and purpose = ${query.purpose}::mail_purpose and expires_at > now()
      order by created_at desc limit 1
    ) p on true
    where c.id = ${query.calendarId}::uuid`;
  if (row === undefined) return { limit: 0, permit: null };
  const { limit, id, left, actor } = row;
  return { limit, permit: id === null || left <= 0 ? null : { id, left, actor } };
}

/** As long as a push may wait: a word given for today's edit must not let next month's mail. */
const PERMIT_MS = 24 * HOUR_MS;

/** Keeps a person's word that so many people may be mailed. */
export async function giveMailPermit(
  tx: Db,
  permit: { eventId: string; purpose: MailPurpose; recipients: number; actor: string },
): Promise<void> {
  await tx.$executeRaw`delete from mail_permits where expires_at < now() - interval '7 days'`;
  await tx.mailPermit.create({ data: { ...permit, expiresAt: new Date(Date.now() + PERMIT_MS) } });
}

/** @param recipients Negative gives back what a request would have used that surely never reached Luma. */
export async function useMailPermit(tx: Db, id: string, recipients: number): Promise<void> {
  await tx.$executeRaw`
    update mail_permits set used = greatest(0, least(recipients, used + ${recipients}::int)) where id = ${id}::uuid`;
}
