import { type DueRsvp, type RsvpIntent, rsvpLinks, toLinkError } from '@luma-sync/domain';
import type { Db } from '../database.js';
import { Prisma } from '../generated/client.js';
import { type Delay, toDelayedError } from '../operations/delayed-error.js';
import { appendTimeline, type NewTimelineFact } from '../timeline/append-timeline.js';

/*
 * Each statement writes a page of links as a transition of `rsvpLinks` (packages/domain) writes one of them;
 * push-marks.integration.test.ts holds the two against each other over all states of a link.
 */

/** One RSVP about to be sent to Luma. */
export interface AskedRsvp extends RsvpIntent {
  rsvpId: string;
}

/** One RSVP of a request that Luma accepted. */
export interface AcceptedRsvp {
  rsvpId: string;
  /** Luma named the guest among those it passes over. */
  isSkipped: boolean;
}

/**
 * About to be sent: stored before the request, so that any later sending knows it is a repeat and lets nobody be
 * mailed, and so that what comes back is known as ours.
 *
 * Looks under one address are none under another: a person who leaves it as well is looked for under it as long as
 * under the first.
 */
export async function markAsked(tx: Db, asked: readonly AskedRsvp[], operationId: string): Promise<void> {
  await tellAsked(tx, asked, operationId);
  await tx.$executeRaw`
    insert into rsvp_links as l (rsvp_id, state, asked_at, asked_email, updated_at)
    select r.id, 'unconfirmed', now(), g.email, now()
    from jsonb_to_recordset(${JSON.stringify(asked)}::jsonb) as g("rsvpId" uuid, email text) join rsvps r
      on r.id = g."rsvpId"
    order by r.id
    on conflict (rsvp_id) do update set asked_at = now(), asked_email = coalesce(excluded.asked_email, l.asked_email),
      accepted_at = null, updated_at = now(),
      confirm_tries = case when l.state <> 'unconfirmed' or excluded.asked_email <> l.asked_email then 0
        else l.confirm_tries end`;
  await tx.$executeRaw`
    update rsvp_links l set
      state = case when r.revision = g.revision then 'unconfirmed' else l.state end,
      asked_revision = greatest(l.asked_revision, g.revision),
      base = case when l.base is null then null else jsonb_set(l.base, '{asked}', to_jsonb(g."approvalStatus")) end
    from jsonb_to_recordset(${JSON.stringify(asked)}::jsonb) as g("rsvpId" uuid, revision int, "approvalStatus" text)
      join rsvps r on r.id = g."rsvpId"
    where l.rsvp_id = r.id`;
}

async function tellAsked(tx: Db, asked: readonly AskedRsvp[], operationId: string): Promise<void> {
  const rsvps = await tx.rsvp.findMany({
    where: { id: { in: asked.map(({ rsvpId }) => rsvpId) } },
    select: { id: true, eventId: true, link: { select: { lumaGuestId: true, askedRevision: true } } },
  });
  const known = new Map(rsvps.map((rsvp) => [rsvp.id, rsvp]));
  await appendTimeline(
    tx,
    asked.flatMap(({ rsvpId, revision, approvalStatus }): NewTimelineFact[] => {
      const rsvp = known.get(rsvpId);
      if (rsvp === undefined) return [];
      const how = rsvp.link?.lumaGuestId == null ? 'add' : 'update';
      const isRepeat = (rsvp.link?.askedRevision ?? 0) >= revision;
      const fact = { fact: 'rsvp-asked', how, approvalStatus, revision, isRepeat } as const;
      return [{ recordType: 'rsvp', recordId: rsvpId, eventId: rsvp.eventId, operationId, fact }];
    }),
  );
}

/**
 * Luma accepted the request; it works in the background. A guest passed over stays so until Luma shows them, or a newer
 * answer is sent.
 */
export async function markAccepted(tx: Db, accepted: readonly AcceptedRsvp[]): Promise<void> {
  const rsvpIds = accepted.map(({ rsvpId }) => rsvpId);
  await tx.$executeRaw`update rsvp_links set accepted_at = now() where rsvp_id = any(${rsvpIds}::uuid[])`;
  const skippedIds = accepted.flatMap(({ rsvpId, isSkipped }) => (isSkipped ? [rsvpId] : []));
  if (skippedIds.length === 0) return;
  const lastError = JSON.stringify(toLinkError(rsvpLinks.SKIPPED_BY_LUMA, new Date()));
  await tx.$executeRaw`
    update rsvp_links set last_error = ${lastError}::jsonb where rsvp_id = any(${skippedIds}::uuid[])
      and state = 'unconfirmed'`;
}

/** The request surely never reached Luma: as if it had not been meant to. What changed meanwhile stays changed. */
export async function takeBackAsked(tx: Db, due: readonly DueRsvp[]): Promise<void> {
  const rows = due.map(({ rsvpId, state, askedAt, askedRevision, askedEmail, acceptedAt, confirmTries, base }) => ({
    rsvpId,
    state,
    askedAt,
    askedRevision,
    askedEmail,
    acceptedAt,
    confirmTries,
    asked: base?.asked ?? null,
  }));
  await tx.$executeRaw`
    update rsvp_links l set
      state = case when l.state = 'unconfirmed' then g.state::rsvp_link_state else l.state end,
      asked_at = g."askedAt", asked_email = g."askedEmail", accepted_at = g."acceptedAt", confirm_tries =
        g."confirmTries", updated_at = now(),
      asked_revision = greatest(g."askedRevision", case when l.luma_guest_id is null then 0 else l.pushed_revision end),
      base = case when l.base is null or g.asked is null then l.base - 'asked' else jsonb_set(l.base, '{asked}',
        to_jsonb(g.asked)) end
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as g("rsvpId" uuid, state text, "askedAt" timestamptz,
      "askedRevision" int, "askedEmail" text, "acceptedAt" timestamptz, "confirmTries" int, asked text)
    where l.rsvp_id = g."rsvpId"`;
}

/**
 * Luma has these guests no longer: a host took them off, and nothing told of it. What links them is forgotten, so that
 * an answer given since is sent as a new one; the one that was sent before stays a repeat. A guest who was refused
 * there stays refused.
 *
 * The address they were added under is kept: an entry that shows under it is theirs. If they have left it since, a
 * second add under it may still come in, and is waited for as any other.
 */
export async function markGone(tx: Db, rsvpIds: readonly string[]): Promise<void> {
  await tx.$executeRaw`
    with gone as (
      select l.rsvp_id, l.asked_email <> coalesce(p.email, p.claimed_email) and l.asked_at > now() -
        ${rsvpLinks.ADD_ARRIVES_MS} * interval '1 millisecond' as is_awaited
      from rsvp_links l join rsvps r on r.id = l.rsvp_id join people p on p.id = r.person_id
      where l.rsvp_id = any(${[...rsvpIds]}::uuid[]) and l.luma_guest_id is not null
    )
    update rsvp_links l set luma_guest_id = null, gone_guest_id = l.luma_guest_id, base = null, observed_at = null,
      accepted_at = null,
      asked_at = case when gone.is_awaited then l.asked_at end,
      confirm_tries = 0, decided_by = 'unknown', state = case when l.state = 'unconfirmed' then 'pending_push'
        else l.state end, updated_at = now()
    from gone where l.rsvp_id = gone.rsvp_id`;
}

/** A person asks for another try of what was given up. As a repeat it lets nobody be mailed. */
export async function reviveFailedRsvps(tx: Db, eventId: string): Promise<void> {
  await tx.rsvpLink.updateMany({
    where: { rsvp: { eventId }, state: 'push_failed' },
    data: { state: 'pending_push', lastError: Prisma.DbNull },
  });
}

/**
 * Somebody looked, and Luma has no trace of them yet. Looks are counted as they are due after the sending, 0.5 s, 1.5
 * s, 3.5 s and so on up to half a minute: runs that come sooner, because other people answered, must not use up the
 * time Luma is given.
 */
export async function countLook(tx: Db, rsvpIds: readonly string[]): Promise<void> {
  await tx.$executeRaw`
    update rsvp_links set confirm_tries = confirm_tries + 1, updated_at = now()
    where rsvp_id = any(${[...rsvpIds]}::uuid[])
      and (asked_at is null or asked_at <= now() - least(${rsvpLinks.FIRST_CHECK_MS} * (power(2, confirm_tries + 1) -
        1), ${rsvpLinks.CHECK_PAUSE_MAX_MS}) * interval '1 millisecond')`;
}

/** Sent again, or asked for a change that is looked for at once. */
export async function countConfirmTry(tx: Db, rsvpIds: readonly string[]): Promise<void> {
  await tx.$executeRaw`update rsvp_links set confirm_tries = confirm_tries + 1, updated_at = now()
      where rsvp_id = any(${[...rsvpIds]}::uuid[])`;
}

/** Nothing has to travel: Luma says the same, or has nobody to decline. Skipped for RSVPs that changed meanwhile. */
export async function markSettled(tx: Db, rsvps: readonly { rsvpId: string; revision: number }[]): Promise<void> {
  if (rsvps.length === 0) return;
  await tx.$executeRaw`
    insert into rsvp_links (rsvp_id, state, pushed_revision, updated_at)
    select r.id, 'synced', r.revision, now()
    from jsonb_to_recordset(${JSON.stringify(rsvps)}::jsonb) as g("rsvpId" uuid, revision int) join rsvps r
      on r.id = g."rsvpId" and r.revision = g.revision
    on conflict (rsvp_id) do update set state = 'synced', pushed_revision = excluded.pushed_revision,
      asked_revision = case when rsvp_links.luma_guest_id is null then rsvp_links.asked_revision
        else greatest(rsvp_links.asked_revision, excluded.pushed_revision) end,
      confirm_tries = 0, last_error = null, updated_at = now()`;
}

/**
 * Luma has a guest under the address who is not known to be this person: the answer stays here until the address is
 * verified.
 */
export async function markUnverified(
  tx: Db,
  rsvps: readonly { rsvpId: string; revision: number }[],
  where: { eventId: string; operationId: string },
): Promise<void> {
  const written = await tx.$queryRaw<{ rsvpId: string }[]>`
    update rsvp_links l set state = 'unverified', confirm_tries = 0, last_error = null, updated_at = now()
    from jsonb_to_recordset(${JSON.stringify(rsvps)}::jsonb) as g("rsvpId" uuid, revision int) join rsvps r
      on r.id = g."rsvpId" and r.revision = g.revision
    where l.rsvp_id = r.id and l.luma_guest_id is null
    returning l.rsvp_id as "rsvpId"`;
  await appendTimeline(
    tx,
    written.map(({ rsvpId }) => ({
      recordType: 'rsvp' as const,
      recordId: rsvpId,
      eventId: where.eventId,
      operationId: where.operationId,
      fact: { fact: 'rsvp-unverified' } as const,
    })),
  );
}

export const toDeclinedError = (): string => JSON.stringify(toLinkError(rsvpLinks.DECLINED_AT_LUMA, new Date()));

/** Our answer gives way: somebody said no at Luma, and we do not overrule that. */
export async function markDeclinedAtLuma(
  tx: Db,
  rsvps: readonly { rsvpId: string; revision: number }[],
  where: { eventId: string; operationId: string },
): Promise<void> {
  const changed = await tx.$queryRaw<{ rsvpId: string }[]>`
    with changed as (
      update rsvps r set status = 'rejected', updated_at = now()
      from jsonb_to_recordset(${JSON.stringify(rsvps)}::jsonb) as g("rsvpId" uuid, revision int)
      where r.id = g."rsvpId" and r.revision = g.revision
      returning r.id, r.revision
    ), linked as (
      update rsvp_links l set state = 'synced', pushed_revision = changed.revision, base = jsonb_set(l.base, '{ours}',
        '"rejected"'),
        last_error = ${toDeclinedError()}::jsonb, updated_at = now()
      from changed where l.rsvp_id = changed.id
    )
    select id as "rsvpId" from changed`;
  await appendTimeline(
    tx,
    changed.map(({ rsvpId }) => ({
      recordType: 'rsvp' as const,
      recordId: rsvpId,
      eventId: where.eventId,
      operationId: where.operationId,
      fact: { fact: 'rsvp-declined-there' } as const,
    })),
  );
}

/** Given up until an edit or a replay, with the reason an operator reads. */
export async function markRsvpFailed(
  tx: Db,
  rsvpIds: readonly string[],
  error: { code: string; message: string },
  where: { eventId: string; operationId: string | null },
): Promise<void> {
  if (rsvpIds.length === 0) return;
  const lastError = JSON.stringify(toLinkError(error, new Date()));
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
      operationId: where.operationId,
      fact: { fact: 'rsvp-given-up', code: error.code, message: error.message } as const,
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

/**
 * The push of an event's answers is tried again later: each answer that it would have carried says why it is late, and
 * when that is.
 */
export async function markDueRsvpsDelayed(tx: Db, eventId: string, delay: Delay): Promise<void> {
  const lastError = JSON.stringify(toDelayedError(delay));
  // What Luma itself said of a guest stands: the next run decides by it.
  await tx.$executeRaw`
    update rsvp_links l set last_error = ${lastError}::jsonb
    from rsvps r
    where r.id = l.rsvp_id and r.event_id = ${eventId}::uuid and l.state in ('pending_push', 'unconfirmed')
      and l.last_error->>'code' is distinct from ${rsvpLinks.SKIPPED_BY_LUMA.code}`;
}
