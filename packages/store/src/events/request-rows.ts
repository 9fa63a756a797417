import type { Db } from '../database.js';
import type { Prisma } from '../generated/client.js';

/** As `eventLinks.requestEventPush`, in one statement: Luma's copy is behind. */
export async function markPushRequested(tx: Db, eventId: string): Promise<void> {
  await tx.$executeRaw`
    update event_links set state = 'pending_push', last_error = null, updated_at = now()
    where event_id = ${eventId}::uuid and state <> 'source_deleted'`;
}

/** What the app last stated. That is no edit, so neither a revision nor a new `updatedAt`. */
export async function storeStated(tx: Db, eventId: string, stated: Prisma.InputJsonValue): Promise<void> {
  await tx.$executeRaw`update events set stated = ${JSON.stringify(stated)}::jsonb where id = ${eventId}::uuid`;
}
