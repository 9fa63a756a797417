import type { Db } from '../database.js';
import { appendTimeline } from '../timeline/append-timeline.js';

/** About to be sent: stored before the request, so that any later sending knows it is a repeat and lets nobody be mailed. */
export async function markAsked(tx: Db, rsvpIds: readonly string[]): Promise<void> {
  await tx.$executeRaw`
    insert into rsvp_links (rsvp_id, state, asked_at, updated_at)
    select id, 'unconfirmed', now(), now() from unnest(${[...rsvpIds]}::uuid[]) as id
    on conflict (rsvp_id) do update set state = 'unconfirmed', asked_at = now(), updated_at = now(),
      confirm_tries = case when rsvp_links.state = 'unconfirmed' then rsvp_links.confirm_tries else 0 end`;
}

/** Luma has no trace of them yet. */
export async function countConfirmTry(tx: Db, rsvpIds: readonly string[]): Promise<void> {
  await tx.$executeRaw`update rsvp_links set confirm_tries = confirm_tries + 1, updated_at = now() where rsvp_id = any(${[...rsvpIds]}::uuid[])`;
}

/** Nothing has to travel: Luma says the same, or has nobody to decline. Skipped for RSVPs that changed meanwhile. */
export async function markSettled(tx: Db, rsvps: readonly { rsvpId: string; revision: number }[]): Promise<void> {
  if (rsvps.length === 0) return;
  await tx.$executeRaw`
    insert into rsvp_links (rsvp_id, state, pushed_revision, updated_at)
    select r.id, 'synced', r.revision, now()
    from jsonb_to_recordset(${JSON.stringify(rsvps)}::jsonb) as g("rsvpId" uuid, revision int) join rsvps r on r.id = g."rsvpId" and r.revision = g.revision
    on conflict (rsvp_id) do update set state = 'synced', pushed_revision = excluded.pushed_revision, confirm_tries = 0, last_error = null, updated_at = now()`;
}

/** Our answer gives way: somebody said no at Luma, and we do not overrule that. */
export async function markDeclinedThere(
  tx: Db,
  rsvps: readonly { rsvpId: string; revision: number }[],
  where: { eventId: string; operationId: string },
): Promise<void> {
  for (const { rsvpId, revision } of rsvps) {
    const changed = await tx.rsvp.updateMany({ where: { id: rsvpId, revision }, data: { status: 'rejected' } });
    if (changed.count === 0) continue;
    await tx.$executeRaw`
      update rsvp_links set state = 'synced', pushed_revision = ${revision}, base = jsonb_set(base, '{ours}', '"rejected"'), updated_at = now()
      where rsvp_id = ${rsvpId}::uuid`;
    await appendTimeline(tx, [
      {
        recordType: 'rsvp',
        recordId: rsvpId,
        eventId: where.eventId,
        kind: 'decided',
        actor: 'luma-sync',
        operationId: where.operationId,
        message: 'Not sent: declined at Luma, not by us. A host can approve the guest at Luma.',
      },
    ]);
  }
}

/** Given up until an edit or a replay, with the reason an operator reads. */
export async function markRsvpFailed(
  tx: Db,
  rsvpIds: readonly string[],
  error: { code: string; message: string },
  where: { eventId: string; operationId: string | null },
): Promise<void> {
  if (rsvpIds.length === 0) return;
  const lastError = JSON.stringify({ ...error, at: new Date().toISOString() });
  await tx.$executeRaw`
    insert into rsvp_links (rsvp_id, state, last_error, updated_at)
    select id, 'push_failed', ${lastError}::jsonb, now() from unnest(${[...rsvpIds]}::uuid[]) as id
    on conflict (rsvp_id) do update set state = 'push_failed', last_error = excluded.last_error, updated_at = now()`;
  await appendTimeline(
    tx,
    rsvpIds.map((rsvpId) => ({
      recordType: 'rsvp' as const,
      recordId: rsvpId,
      eventId: where.eventId,
      kind: 'decided' as const,
      actor: 'luma-sync',
      operationId: where.operationId,
      message: `Push given up: ${error.message}`,
      details: { code: error.code },
    })),
  );
}

/** The whole operation was given up: every RSVP it would have carried says so. */
export async function markDueRsvpsFailed(
  tx: Db,
  eventId: string,
  error: { code: string; message: string },
): Promise<void> {
  const due = await tx.rsvpLink.findMany({
    where: { rsvp: { eventId }, state: { in: ['pending_push', 'unconfirmed'] } },
    select: { rsvpId: true },
  });
  await markRsvpFailed(
    tx,
    due.map(({ rsvpId }) => rsvpId),
    error,
    { eventId, operationId: null },
  );
}
