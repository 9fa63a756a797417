import { randomUUID } from 'node:crypto';
import { type GuestPlan, rsvpLinks, ruleOfConflict } from '@luma-sync/domain';
import type { Db } from '../database.js';
import { IS_PROVEN } from '../people/is-proven.js';
import { lockPeople } from '../people/lock-people.js';
import { appendTimeline, type NewTimelineFact } from '../timeline/append-timeline.js';
import { followIdentities } from './follow-identities.js';
import type { GuestMatch } from './match-guests.js';
import { toDeclinedError } from './push-marks.js';
import type { ObservedGuest } from './rsvp-records.js';

export interface GuestWrite {
  match: GuestMatch;
  plan: Extract<GuestPlan, { kind: 'write' }>;
}

export interface GuestWriteOptions {
  eventId: string;
  observedAt: Date;
  /** `webhook`, `pull`, `push`; shown to operators. */
  via: string;
  operationId: string;
}

export interface WrittenGuests {
  added: number;
  updated: number;
  /** Person of each guest given, by Luma's guest id; also of guests written by another run meanwhile. */
  personIds: Map<string, string>;
}

/**
 * Writes a page of merged guests with a handful of statements, whatever its size. Rows that changed since they were
 * read are left for the next look.
 */
export async function writeGuests(
  tx: Db,
  writes: readonly GuestWrite[],
  options: GuestWriteOptions,
): Promise<WrittenGuests> {
  await followIdentities(tx, writes, options.observedAt);
  const personIds = await ensurePeople(
    tx,
    writes.map(({ match }) => match),
  );
  const fresh = writes.filter(({ match }) => match.rsvp === null);
  const known = writes.filter(({ match }) => match.rsvp !== null);
  const addedIds = await insertRsvps(tx, fresh, personIds, options);
  const updatedIds = await updateRsvps(tx, known, options);
  await storeGuestConflicts(tx, known, updatedIds);
  await appendTimeline(tx, [
    ...fresh.flatMap((write) => describe(write, addedIds.get(write.match.guest.lumaGuestId), options)),
    ...known.flatMap((write) =>
      describe(
        write,
        write.match.rsvp !== null && updatedIds.has(write.match.rsvp.rsvpId) ? write.match.rsvp.rsvpId : undefined,
        options,
      ),
    ),
  ]);
  return { added: addedIds.size, updated: updatedIds.size, personIds };
}

/**
 * Guests nobody knows become people who began at Luma; a person of ours without a name, mail or phone takes Luma's.
 * A person known by a claim alone takes nothing, and loses an address that turns out to be a guest's.
 */
async function ensurePeople(tx: Db, matches: readonly GuestMatch[]): Promise<Map<string, string>> {
  await lockPeople(
    tx,
    matches.flatMap(({ guest }) => toPersonRow(guest).email ?? []),
  );
  // A guest without an address has no key that a row could be found by again: theirs gets its id here.
  const newIds = new Map(
    matches.flatMap(({ guest, personId }) =>
      personId === null && guest.email === null ? [[guest.lumaGuestId, randomUUID()] as const] : [],
    ),
  );
  const unknown = matches
    .filter((match) => match.personId === null)
    .map(({ guest }) => ({ id: newIds.get(guest.lumaGuestId) ?? null, ...toPersonRow(guest) }));
  const displaced = matches.flatMap(({ displacedId }) => displacedId ?? []);
  if (displaced.length > 0) {
    await tx.$executeRaw`
      update people p set claimed_email = email, email = null, updated_at = now()
      where id = any(${displaced}::uuid[]) and email is not null and not ${IS_PROVEN}`;
  }
  if (unknown.length > 0) {
    await tx.$executeRaw`
      insert into people (id, name, email, phone, origin, updated_at)
      select coalesce(id, gen_random_uuid()), name, email, phone, 'luma', now()
      from jsonb_to_recordset(${JSON.stringify(unknown)}::jsonb) as g(id uuid, name text, email text, phone text)
      order by email
      on conflict (email) do nothing`;
  }
  const known = matches.filter((match) => match.personId !== null);
  if (known.length > 0) {
    const rows = known.map(({ guest, personId }) => ({ id: personId, ...toPersonRow(guest) }));
    await tx.$executeRaw`
      with g as (
        select id, name, phone, case when not exists (select 1 from people o where o.email = g.email) then email end as
          email
        from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as g(id uuid, name text, phone text, email text)
      )
      update people p set name = coalesce(p.name, g.name), phone = coalesce(p.phone, g.phone), email = coalesce(p.email,
        g.email), updated_at = now()
      from g
      where p.id = g.id and ${IS_PROVEN} and (
        (p.name is null and g.name is not null) or (p.phone is null and g.phone is not null) or (p.email is null
          and g.email is not null))`;
  }
  const emails = unknown.flatMap(({ email }) => email ?? []);
  // Not one who stated the address without proof in this very moment: the next look finds whose it is.
  const found = await tx.$queryRaw<{ id: string; email: string }[]>`
    select id, email from people p where email = any(${emails}::text[]) and ${IS_PROVEN}`;
  const byEmail = new Map(found.map((person) => [person.email, person.id]));
  return new Map(
    matches.flatMap(({ guest, personId }) => {
      const id = personId ?? newIds.get(guest.lumaGuestId) ?? byEmail.get(guest.email ?? '');
      return id === undefined ? [] : [[guest.lumaGuestId, id] as const];
    }),
  );
}

function toPersonRow(guest: ObservedGuest) {
  return { name: guest.name, email: guest.email, phone: guest.phone };
}

/** @returns RSVP id by Luma's guest id, of those that were really added. */
async function insertRsvps(
  tx: Db,
  writes: readonly GuestWrite[],
  personIds: ReadonlyMap<string, string>,
  options: GuestWriteOptions,
): Promise<Map<string, string>> {
  const seen = new Set<string>();
  const rows = writes.flatMap(({ match, plan }) => {
    const personId = personIds.get(match.guest.lumaGuestId);
    // Somebody with two entries, of whom we knew neither: the first is theirs, and the next
    // read tells of the other.
    if (personId === undefined || seen.has(personId)) return [];
    seen.add(personId);
    return [{ personId, ...toRow(match.guest, plan) }];
  });
  if (rows.length === 0) return new Map();
  const added = await tx.$queryRaw<{ id: string; lumaGuestId: string }[]>`
    with g as (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as g(
        "personId" uuid, "lumaGuestId" text, status text, kind text, "checkedInAt" timestamptz, "registeredAt"
          timestamptz, tickets jsonb, answers jsonb,
        base jsonb, "pushedRevision" int, "decidedBy" text, "pushNeeded" boolean)
    ), r as (
      insert into rsvps (event_id, person_id, status, kind, checked_in_at, registered_at, tickets, answers, updated_at)
      select ${options.eventId}::uuid, "personId", status::rsvp_status, kind, "checkedInAt", "registeredAt",
        coalesce(tickets, '[]'), answers, now() from g
      on conflict (event_id, person_id) do nothing
      returning id, person_id
    )
    insert into rsvp_links (rsvp_id, luma_guest_id, pushed_revision, base, observed_at, state, decided_by, updated_at)
    select r.id, g."lumaGuestId", g."pushedRevision", g.base, ${options.observedAt}::timestamptz,
      (case when g."pushNeeded" then 'pending_push' else 'pulled' end)::rsvp_link_state, g."decidedBy"::decided_by,
        now()
    from r join g on g."personId" = r.person_id
    on conflict (luma_guest_id) do nothing
    returning rsvp_id as id, luma_guest_id as "lumaGuestId"`;
  return new Map(added.map((row) => [row.lumaGuestId, row.id]));
}

/** @returns ids of the RSVPs that were written. */
async function updateRsvps(tx: Db, writes: readonly GuestWrite[], options: GuestWriteOptions): Promise<Set<string>> {
  const rows = writes.flatMap(({ match, plan }) =>
    match.rsvp === null
      ? []
      : [{ rsvpId: match.rsvp.rsvpId, revision: match.rsvp.revision, ...toRow(match.guest, plan) }],
  );
  if (rows.length === 0) return new Set();
  const gaveWay = writes.flatMap((write) => (hasGivenWay(write) ? (write.match.rsvp?.rsvpId ?? []) : []));
  const updated = await tx.$queryRaw<{ id: string }[]>`
    with g as (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as g(
        "rsvpId" uuid, revision int, "lumaGuestId" text, status text, kind text, "hasKind" boolean,
          "checkedInAt" timestamptz, "hasCheckIn" boolean,
        "registeredAt" timestamptz, tickets jsonb, answers jsonb, base jsonb, "pushedRevision" int, "decidedBy" text,
          "pushNeeded" boolean)
    ), r as (
      update rsvps r set status = g.status::rsvp_status,
        kind = case when g."hasKind" then g.kind else r.kind end,
        checked_in_at = case when g."hasCheckIn" then g."checkedInAt" else r.checked_in_at end,
        registered_at = coalesce(g."registeredAt", r.registered_at), tickets = coalesce(g.tickets, r.tickets),
          answers = coalesce(g.answers, r.answers), updated_at = now()
      from g left join rsvp_links l on l.rsvp_id = g."rsvpId"
      -- Only if nobody changed ours meanwhile, and nobody saw
      -- Luma's later than this. A moment ahead of our clock orders nothing.
      where r.id = g."rsvpId" and r.revision = g.revision
        and (l.observed_at is null or l.observed_at <= ${options.observedAt}::timestamptz or l.observed_at > now() +
          ${rsvpLinks.CLOCKS_APART_MS} * interval '1 millisecond')
      returning r.id
    )
    insert into rsvp_links (rsvp_id, luma_guest_id, pushed_revision, asked_revision, base, observed_at, state,
      decided_by, last_error, updated_at)
    select r.id, g."lumaGuestId", g."pushedRevision", g."pushedRevision", g.base, ${options.observedAt}::timestamptz,
      (case when g."pushNeeded" then 'pending_push' else 'synced' end)::rsvp_link_state, g."decidedBy"::decided_by,
      case when r.id = any(${gaveWay}::uuid[]) then ${toDeclinedError()}::jsonb end, now()
    from r join g on g."rsvpId" = r.id
    on conflict (rsvp_id) do update set luma_guest_id = excluded.luma_guest_id, pushed_revision =
      excluded.pushed_revision, base = excluded.base,
      -- What Luma has needs no mail, should it have to be said again.
      asked_revision = greatest(rsvp_links.asked_revision, excluded.asked_revision),
      observed_at = excluded.observed_at, state = excluded.state, decided_by = excluded.decided_by, updated_at = now(),
      last_error = excluded.last_error,
      confirm_tries = case when excluded.state = 'pending_push' then rsvp_links.confirm_tries else 0 end
    returning rsvp_id as id`;
  return new Set(updated.map((row) => row.id));
}

/** An answer that asked for a place and had not travelled yet, of somebody who said no at Luma meanwhile. */
function hasGivenWay({ match: { rsvp }, plan }: GuestWrite): boolean {
  return rsvp !== null && rsvpLinks.hasGivenWay(rsvp.link, rsvp, plan);
}

function toRow(guest: ObservedGuest, plan: GuestWrite['plan']) {
  return {
    lumaGuestId: guest.lumaGuestId,
    status: plan.status,
    kind: guest.kind ?? null,
    hasKind: guest.kind !== undefined,
    checkedInAt: guest.checkedInAt ?? null,
    hasCheckIn: guest.checkedInAt !== undefined,
    registeredAt: guest.registeredAt ?? null,
    tickets: guest.tickets ?? null,
    answers: guest.answers ?? null,
    base: plan.base,
    pushedRevision: plan.pushedRevision,
    decidedBy: plan.decidedBy,
    pushNeeded: plan.pushNeeded,
  };
}

async function storeGuestConflicts(tx: Db, writes: readonly GuestWrite[], written: ReadonlySet<string>): Promise<void> {
  const rows = writes.flatMap(({ match, plan }) =>
    plan.conflict === null || match.rsvp === null || !written.has(match.rsvp.rsvpId)
      ? []
      : [
          {
            recordType: 'rsvp',
            recordId: match.rsvp.rsvpId,
            field: 'status',
            base: plan.conflict.base ?? 'none',
            ours: plan.conflict.ours,
            theirs: plan.conflict.theirs,
            rule: ruleOfConflict(plan.conflict),
            resolution: plan.conflict.kept,
          },
        ],
  );
  if (rows.length > 0) await tx.conflict.createMany({ data: rows });
}

function describe(
  { match: { guest }, plan }: GuestWrite,
  rsvpId: string | undefined,
  { eventId, operationId, via, observedAt }: GuestWriteOptions,
): NewTimelineFact[] {
  if (rsvpId === undefined) return [];
  const { reason, status } = plan;
  const { approvalStatus, checkedInAt = null } = guest;
  const tickets = guest.tickets?.length ?? null;
  const seen = { via, seenAt: observedAt.toISOString() };
  const fact = { fact: 'rsvp-seen', reason, status, approvalStatus, tickets, checkedInAt, ...seen } as const;
  return [{ recordType: 'rsvp', recordId: rsvpId, eventId, operationId, fact }];
}
