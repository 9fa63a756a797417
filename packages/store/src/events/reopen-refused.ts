import { EVENT_FIELDS } from '@luma-sync/domain';
import type { Db } from '../database.js';
import type { Prisma } from '../generated/client.js';
import { toSyncEventLink } from './event-records.js';

/**
 * Makes the fields that Luma refused changes of ours again: until the next push both sides agree on Luma's value.
 */
export async function reopenRefused(tx: Db, eventId: string): Promise<void> {
  // A run that is at work writes the base as well.
  await tx.$executeRaw`select 1 from event_links where event_id = ${eventId}::uuid for update`;
  const row = await tx.eventLink.findUnique({ where: { eventId } });
  const base = row === null ? null : toSyncEventLink(row).base;
  const refused = EVENT_FIELDS.filter((field) => base?.notAtLuma?.[field]?.why === 'refused');
  if (base === null || refused.length === 0) return;
  const theirs = Object.fromEntries(refused.map((field) => [field, base.luma[field] ?? null]));
  const reopened = { ...base, ours: { ...base.ours, ...theirs } };
  await tx.eventLink.update({
    where: { eventId },
    data: { base: reopened as unknown as Prisma.InputJsonValue },
  });
}

/** The same for tags: the next push sends them once more. */
export async function reopenRefusedTags(tx: Db, eventId: string): Promise<void> {
  await tx.$executeRaw`update event_links set tags_base = tags_base - 'refused' where event_id = ${eventId}::uuid`;
}

/** The same for whether registration is open. */
export async function reopenRefusedRegistration(tx: Db, eventId: string): Promise<void> {
  await tx.eventLink.updateMany({ where: { eventId }, data: { registrationRefusedValue: null } });
}
