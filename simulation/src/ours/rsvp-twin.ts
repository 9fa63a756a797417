import { identifyGuests, planGuest, toAddressDigest } from '@luma-sync/domain';
import type { AppliedGuests, DueRsvp, GuestSighting, ObservedGuest } from '@luma-sync/store';
import type { VirtualTime } from '../virtual-time.js';
import type { Commits } from './commits.js';
import type { Deps } from './connect.js';
import type { Operations } from './operations.js';
import { isProven, type PersonRow, type RsvpLinkRow, type RsvpRow, type Tables, toJsonb } from './tables.js';

export type RsvpTwin = Commits<Omit<Deps['rsvps'], 'withGuests'>>;

/** What `createRsvpSyncStore` does to Postgres, done to the tables of a run. Coupons are no part of it. */
export function createRsvpTwin(tables: Tables, operations: Operations, time: VirtualTime): RsvpTwin {
  /** The link as a statement is about to write it. */
  const upsertLink = (rsvpId: string): RsvpLinkRow => {
    const known = tables.rsvpLinks.get(rsvpId);
    if (known !== undefined) return Object.assign(known, { writtenAt: time.date() });
    const link = { ...newRsvpLink(), writtenAt: time.date() };
    tables.rsvpLinks.set(rsvpId, link);
    return link;
  };
  const touch = (rsvpId: string): void => {
    const rsvp = tables.rsvps.get(rsvpId);
    if (rsvp !== undefined) rsvp.updated = tables.tick();
  };

  const applyGuests = (sighting: GuestSighting, operationActor: string): AppliedGuests => {
    const { eventId, observedAt } = sighting;
    const contested: string[] = [];
    const counts = { added: 0, updated: 0, unchanged: 0, unknownStatus: 0 };
    const result: AppliedGuests = { ...counts, refused: [], personIds: new Map(), contested, seconds: [] };
    const links = tables.rsvpsOf(eventId).flatMap(({ id }) => tables.rsvpLinks.get(id) ?? []);
    const gone = new Set(links.filter((link) => isSince(link.writtenAt, sighting)).map((link) => link.goneGuestId));
    const guests = [...new Map(sighting.guests.map((guest) => [guest.lumaGuestId, guest])).values()].filter(
      ({ lumaGuestId }) => !gone.has(lumaGuestId),
    );
    const identities = identifyGuests(guests, candidates(tables, eventId), tables.peopleKeys());
    // Planned all together before anything is written, as a page is.
    for (const { guest, secondOf } of identities) {
      if (secondOf === null || isContested(tables.rsvpLinks.get(secondOf.rsvpId), sighting)) continue;
      const message = `Luma has a second entry of this person, ${guest.approvalStatus} (${guest.lumaGuestId})`;
      if (!tables.timeline.some((entry) => entry.recordId === secondOf.rsvpId && entry.message === message))
        tables.note({ recordType: 'rsvp', recordId: secondOf.rsvpId, kind: 'observed', message });
      const linkedGuestId = secondOf.lumaGuestId;
      const isShown = guests.some((other) => other.lumaGuestId === linkedGuestId);
      if (linkedGuestId !== null && !isShown)
        result.seconds.push({ rsvpId: secondOf.rsvpId, linkedGuestId, lumaGuestId: guest.lumaGuestId });
    }
    const planned = identities
      .filter(({ secondOf }) => secondOf === null)
      .map(({ guest, rsvp, personId, displacedId }) => {
        const link = rsvp === null ? undefined : tables.rsvpLinks.get(rsvp.rsvpId);
        const held =
          rsvp === null
            ? null
            : { status: rsvp.status, revision: rsvp.revision, link: link === undefined ? null : { ...link } };
        const plan = planGuest(held, { ...guest, at: observedAt }, sighting.source === 'app' ? 'ours' : 'theirs');
        return { guest, rsvp, personId, displacedId, plan };
      });
    for (const { guest, rsvp, personId, displacedId, plan } of planned) {
      if (personId !== null) result.personIds.set(guest.lumaGuestId, personId);
      if (plan.kind === 'unchanged') result.unchanged += 1;
      else if (plan.kind === 'unknown-status') result.unknownStatus += 1;
      else if (rsvp !== null && isContested(tables.rsvpLinks.get(rsvp.rsvpId), sighting))
        contested.push(guest.lumaGuestId);
      else {
        if (rsvp !== null) followIdentity(tables, guest, rsvp.rsvpId, plan.base.digest);
        const person = ensurePerson(tables, guest, personId, displacedId);
        if (person === undefined) continue;
        result.personIds.set(guest.lumaGuestId, person);
        if (rsvp === null) {
          if (tables.findRsvp(eventId, person) !== undefined || tables.rsvpOfGuest(guest.lumaGuestId) !== undefined)
            continue;
          const id = tables.newId();
          tables.rsvps.set(id, {
            id,
            eventId,
            personId: person,
            status: plan.status,
            stated: null,
            kind: guest.kind ?? null,
            checkedInAt: guest.checkedInAt ?? null,
            tickets: guest.tickets ?? [],
            answers: guest.answers ?? null,
            revision: 1,
            updated: tables.tick(),
          });
          tables.rsvpLinks.set(id, {
            ...newRsvpLink(),
            lumaGuestId: guest.lumaGuestId,
            pushedRevision: plan.pushedRevision,
            base: toJsonb(plan.base),
            observedAt,
            state: plan.pushNeeded ? 'pending_push' : 'pulled',
            decidedBy: plan.decidedBy,
            writtenAt: time.date(),
          });
          result.added += 1;
          noteRsvp(id, plan.reason, plan.status);
          continue;
        }
        const row = tables.rsvps.get(rsvp.rsvpId);
        const link = tables.rsvpLinks.get(rsvp.rsvpId);
        if (row === undefined || row.revision !== rsvp.revision) continue;
        if (link?.observedAt != null && link.observedAt > observedAt) continue;
        writeGuest(row, guest, plan.status);
        row.updated = tables.tick();
        const next = upsertLink(row.id);
        Object.assign(next, {
          lumaGuestId: guest.lumaGuestId,
          pushedRevision: plan.pushedRevision,
          askedRevision: Math.max(next.askedRevision, plan.pushedRevision),
          base: toJsonb(plan.base),
          observedAt,
          state: plan.pushNeeded ? 'pending_push' : 'synced',
          decidedBy: plan.decidedBy,
          lastError: null,
          confirmTries: plan.pushNeeded ? next.confirmTries : 0,
        });
        result.updated += 1;
        noteRsvp(row.id, plan.reason, plan.status);
        if (plan.conflict !== null) {
          const { theirs, kept } = plan.conflict;
          tables.conflicts.push({
            recordType: 'rsvp',
            recordId: row.id,
            field: 'status',
            base: plan.conflict.base ?? 'none',
            ours: plan.conflict.ours,
            theirs,
            rule: theirs === 'declined' ? 'declined_stays' : kept === 'ours' ? 'owner_app' : 'owner_luma',
            resolution: kept,
          });
        }
      }
    }
    const isWritten = ({ guest }: (typeof planned)[number]) => !contested.includes(guest.lumaGuestId);
    if (planned.some((item) => item.plan.kind === 'write' && item.plan.pushNeeded && isWritten(item)))
      operations.enqueue('rsvp.push', { eventId }, { trigger: sighting.trigger, actor: operationActor });
    return result;
  };

  const noteRsvp = (rsvpId: string, reason: string, status: string): void =>
    tables.note({ recordType: 'rsvp', recordId: rsvpId, kind: 'observed', message: `${reason}: ${status}` });

  return {
    listDue: ({ eventId, limit }) =>
      tables
        .rsvpsOf(eventId)
        .filter((rsvp) => {
          const state = tables.rsvpLinks.get(rsvp.id)?.state ?? 'pending_push';
          return rsvp.status !== 'interested' && (state === 'pending_push' || state === 'unconfirmed');
        })
        .sort((a, b) => a.updated - b.updated)
        .slice(0, limit)
        .map((rsvp) => toDue(tables, rsvp, time.now())),

    findGuest(eventId, lumaGuestId, email) {
      for (const rsvp of tables.rsvpsOf(eventId)) {
        const link = tables.rsvpLinks.get(rsvp.id);
        const person = tables.people.get(rsvp.personId);
        const known = person?.email ?? null;
        const isSame = link?.lumaGuestId === lumaGuestId || (email !== null && known === email);
        if (link === undefined || !isSame) continue;
        if (link.observedAt === null || link.base === null) return null;
        const address = link.base.address ?? (isLumas(person) ? toAddressDigest(known) : undefined);
        return { approvalStatus: link.base.luma, digest: link.base.digest, address, observedAt: link.observedAt };
      }
      return null;
    },

    countLinkedGuests: (eventId) =>
      tables.rsvpsOf(eventId).filter((rsvp) => tables.rsvpLinks.get(rsvp.id)?.lumaGuestId != null).length,

    beginRead: (eventId) => operations.unleasedSince(`guests:${eventId}`),

    applyGuests(holder, sighting) {
      operations.assertOwner(holder);
      return applyGuests(sighting, sighting.via);
    },

    applyPage(holder, sighting, extras) {
      operations.assertOwner(holder);
      const applied = applyGuests(sighting, sighting.via);
      const operation = operations.rows.get(holder.operationId);
      if (operation !== undefined) operation.checkpoint = toJsonb(extras.checkpoint(applied));
      return applied;
    },

    moveToEntry(holder, { rsvpId, linkedGuestId, lumaGuestId, unleasedSince }) {
      operations.assertOwner(holder);
      const link = tables.rsvpLinks.get(rsvpId);
      const isFree = link?.lumaGuestId === linkedGuestId && tables.rsvpOfGuest(lumaGuestId) === undefined;
      if (link === undefined || !isFree || (link.writtenAt ?? unleasedSince) >= unleasedSince) return false;
      Object.assign(link, { lumaGuestId, goneGuestId: linkedGuestId, writtenAt: time.date() });
      return true;
    },

    noteSeen(holder, eventId, lumaGuestId, at) {
      operations.assertOwner(holder);
      for (const rsvp of tables.rsvpsOf(eventId)) {
        const link = tables.rsvpLinks.get(rsvp.id);
        if (link?.lumaGuestId === lumaGuestId && link.observedAt !== null && link.observedAt < at) link.observedAt = at;
      }
    },

    markPulled(eventId, at) {
      const link = tables.eventLinks.get(eventId);
      if (link !== undefined) link.guestsPulledAt = at;
      const failed = tables.rsvpsOf(eventId).flatMap(({ id }) => tables.rsvpLinks.get(id) ?? []);
      const unread = failed.filter(
        ({ state, lastError }) => state === 'push_failed' && lastError?.code === 'rsvp.unreadable_guest',
      );
      for (const row of unread) Object.assign(row, { state: 'pending_push', lastError: null });
      if (unread.length > 0) operations.enqueue('rsvp.push', { eventId }, { trigger: 'scheduled', actor: 'pull' });
    },

    markAsked(holder, asked) {
      operations.assertOwner(holder);
      for (const { rsvpId, revision, approvalStatus, email } of asked) {
        const rsvp = tables.rsvps.get(rsvpId);
        if (rsvp === undefined) continue;
        const isNew = !tables.rsvpLinks.has(rsvpId);
        const link = upsertLink(rsvpId);
        const isElsewhere = email !== null && link.askedEmail !== null && email !== link.askedEmail;
        if (isNew || link.state !== 'unconfirmed' || isElsewhere) link.confirmTries = 0;
        link.askedAt = time.date();
        link.askedRevision = Math.max(link.askedRevision, revision);
        link.askedEmail = email ?? link.askedEmail;
        link.acceptedAt = null;
        if (isNew || rsvp.revision === revision) link.state = 'unconfirmed';
        if (link.base !== null) link.base = { ...link.base, asked: approvalStatus };
      }
    },

    // The simulator of a run refuses no name.
    async noteNameRefused() {},

    markAccepted(holder, rsvpIds) {
      operations.assertOwner(holder);
      for (const id of rsvpIds) {
        const link = tables.rsvpLinks.get(id);
        if (link !== undefined) link.acceptedAt = time.date();
      }
    },

    takeBackAsked(holder, due) {
      operations.assertOwner(holder);
      for (const { rsvpId, state, askedAt, askedRevision, askedEmail, acceptedAt, confirmTries, base } of due) {
        const link = tables.rsvpLinks.get(rsvpId);
        if (link === undefined) continue;
        if (link.state === 'unconfirmed') link.state = state;
        Object.assign(link, { writtenAt: time.date(), askedAt, askedEmail, acceptedAt, confirmTries });
        link.askedRevision = Math.max(askedRevision, link.lumaGuestId === null ? 0 : link.pushedRevision);
        if (link.base === null) continue;
        const { asked: _asked, ...rest } = link.base;
        link.base = base?.asked === undefined ? rest : { ...rest, asked: base.asked };
      }
    },

    markGone(holder, rsvpIds) {
      operations.assertOwner(holder);
      for (const id of rsvpIds) {
        const link = tables.rsvpLinks.get(id);
        if (link?.lumaGuestId == null) continue;
        const { pushedRevision, askedRevision, ownAnswerRevision, lastError, askedAt, askedEmail } = link;
        const state = link.state === 'unconfirmed' ? 'pending_push' : link.state;
        const email = addressOf(tables.people.get(tables.rsvps.get(id)?.personId ?? ''));
        const isLeft = askedEmail !== null && email != null && askedEmail !== email;
        const isAwaited = isLeft && askedAt !== null && time.now() - askedAt.getTime() < ADD_ARRIVES_MS;
        const now = { goneGuestId: link.lumaGuestId, writtenAt: time.date() };
        const kept = { state, pushedRevision, askedRevision, ownAnswerRevision, lastError, askedEmail, ...now };
        Object.assign(link, { ...newRsvpLink(), ...kept, askedAt: isAwaited ? askedAt : null });
      }
    },

    countLook(holder, rsvpIds) {
      operations.assertOwner(holder);
      for (const id of rsvpIds) {
        const link = tables.rsvpLinks.get(id);
        if (link === undefined) continue;
        const dueMs = Math.min(500 * (2 ** (link.confirmTries + 1) - 1), 30_000);
        if (link.askedAt !== null && time.now() - link.askedAt.getTime() < dueMs) continue;
        Object.assign(link, { confirmTries: link.confirmTries + 1, writtenAt: time.date() });
      }
    },

    countConfirmTry(holder, rsvpIds) {
      operations.assertOwner(holder);
      for (const id of rsvpIds) {
        const link = tables.rsvpLinks.get(id);
        if (link !== undefined) Object.assign(link, { confirmTries: link.confirmTries + 1, writtenAt: time.date() });
      }
    },

    markSettled(holder, rsvps) {
      operations.assertOwner(holder);
      for (const { rsvpId, revision } of rsvps) {
        const rsvp = tables.rsvps.get(rsvpId);
        if (rsvp?.revision !== revision) continue;
        const link = upsertLink(rsvpId);
        Object.assign(link, {
          state: 'synced',
          pushedRevision: revision,
          askedRevision: link.lumaGuestId === null ? link.askedRevision : Math.max(link.askedRevision, revision),
          confirmTries: 0,
          lastError: null,
        });
      }
    },

    markUnverified(holder, _eventId, rsvps) {
      operations.assertOwner(holder);
      for (const { rsvpId, revision } of rsvps) {
        const link = tables.rsvpLinks.get(rsvpId);
        if (tables.rsvps.get(rsvpId)?.revision !== revision || link === undefined || link.lumaGuestId !== null)
          continue;
        Object.assign(link, { state: 'unverified', confirmTries: 0, lastError: null });
      }
    },

    markDeclinedThere(holder, _eventId, rsvps) {
      operations.assertOwner(holder);
      for (const { rsvpId, revision } of rsvps) {
        const rsvp = tables.rsvps.get(rsvpId);
        const link = tables.rsvpLinks.get(rsvpId);
        if (rsvp?.revision !== revision || link === undefined) continue;
        rsvp.status = 'rejected';
        touch(rsvpId);
        Object.assign(link, { state: 'synced', pushedRevision: revision, writtenAt: time.date() });
        if (link.base !== null) link.base = { ...link.base, ours: 'rejected' };
        noteRsvp(rsvpId, 'not sent, declined at Luma', 'rejected');
      }
    },

    markFailed(holder, _eventId, rsvpIds, error) {
      operations.assertOwner(holder);
      for (const id of rsvpIds) {
        Object.assign(upsertLink(id), {
          state: 'push_failed',
          lastError: { code: error.code, message: error.message },
        });
        noteRsvp(id, 'push given up', error.code);
      }
    },
  };
}

const isSince = (moment: Date | null, { unleasedSince }: GuestSighting): boolean =>
  moment !== null && unleasedSince !== undefined && moment >= unleasedSince;

/** As `CLOCKS_APART_MS`. */
const CLOCKS_APART_MS = 5_000;

/** As `matchGuests`: written since the read began. */
function isContested(link: RsvpLinkRow | undefined, sighting: GuestSighting): boolean {
  if (link === undefined) return false;
  if (isSince(link.askedAt, sighting)) return true;
  const isSeenLongBefore =
    link.observedAt !== null && link.observedAt.getTime() <= sighting.observedAt.getTime() - CLOCKS_APART_MS;
  return isSince(link.writtenAt, sighting) && !isSeenLongBefore;
}

/** As `ADD_ARRIVES_SECONDS`. */
const ADD_ARRIVES_MS = 100_000;

export const newRsvpLink = (): RsvpLinkRow => ({
  lumaGuestId: null,
  pushedRevision: 0,
  base: null,
  observedAt: null,
  state: 'pending_push',
  decidedBy: 'unknown',
  askedAt: null,
  askedRevision: 0,
  ownAnswerRevision: 0,
  askedEmail: null,
  acceptedAt: null,
  confirmTries: 0,
  goneGuestId: null,
  writtenAt: null,
  lastError: null,
});

function toDue(tables: Tables, rsvp: RsvpRow, now: number): DueRsvp {
  const person = tables.people.get(rsvp.personId);
  const link = tables.rsvpLinks.get(rsvp.id) ?? newRsvpLink();
  return {
    rsvpId: rsvp.id,
    personId: rsvp.personId,
    email: addressOf(person),
    name: person?.name ?? null,
    status: rsvp.status,
    revision: rsvp.revision,
    lumaGuestId: link.lumaGuestId,
    base: link.base,
    pushedRevision: link.pushedRevision,
    askedAt: link.askedAt,
    askedRevision: link.askedRevision,
    askedEmail: link.askedEmail,
    acceptedAt: link.acceptedAt,
    mayArrive: mayArrive(link, now),
    confirmTries: link.confirmTries,
    state: link.state === 'unconfirmed' ? 'unconfirmed' : 'pending_push',
    decidedBy: link.decidedBy,
    ...(isOfAnother(tables, rsvp.eventId, person) ? { isOfAnother: true } : {}),
    ...(link.ownAnswerRevision >= rsvp.revision ? { isOwnAnswer: true } : {}),
  };
}

const addressOf = (person: PersonRow | undefined): string | null => person?.email ?? person?.claimedEmail ?? null;

/** Luma has a guest of the event under the address that was only claimed. */
function isOfAnother(tables: Tables, eventId: string, person: PersonRow | undefined): boolean {
  const holder = person?.claimedEmail == null ? undefined : tables.personByEmail(person.claimedEmail);
  const rsvp = holder === undefined ? undefined : tables.findRsvp(eventId, holder.id);
  return rsvp !== undefined && tables.rsvpLinks.get(rsvp.id)?.lumaGuestId != null;
}

const mayArrive = ({ lumaGuestId, askedAt, acceptedAt }: RsvpLinkRow, now: number): boolean =>
  lumaGuestId === null && askedAt !== null && acceptedAt === null && askedAt.getTime() > now - ADD_ARRIVES_MS;

function candidates(tables: Tables, eventId: string) {
  return tables.rsvpsOf(eventId).map((rsvp) => {
    const person = tables.people.get(rsvp.personId);
    return {
      rsvpId: rsvp.id,
      personId: rsvp.personId,
      email: person?.email ?? null,
      name: person?.name ?? null,
      phone: person?.phone ?? null,
      isProven: person !== undefined && isProven(person),
      isLumas: isLumas(person),
      status: rsvp.status,
      revision: rsvp.revision,
      lumaGuestId: tables.rsvpLinks.get(rsvp.id)?.lumaGuestId ?? null,
      askedEmail: tables.rsvpLinks.get(rsvp.id)?.askedEmail ?? null,
      lumaStatus: tables.rsvpLinks.get(rsvp.id)?.base?.luma ?? null,
    };
  });
}

/** Guests nobody knows become people who began at Luma; a person of ours without a name, mail or phone takes Luma's. */
function ensurePerson(
  tables: Tables,
  guest: ObservedGuest,
  personId: string | null,
  displacedId: string | null,
): string | undefined {
  const displaced = tables.people.get(displacedId ?? '');
  if (displaced !== undefined && displaced.email !== null && !isProven(displaced))
    Object.assign(displaced, { claimedEmail: displaced.email, email: null });
  const byEmail = guest.email === null ? undefined : tables.personByEmail(guest.email);
  if (personId === null) {
    if (byEmail !== undefined) return isProven(byEmail) ? byEmail.id : undefined;
    const id = tables.newId();
    const { name, email, phone } = guest;
    tables.people.set(id, {
      ...{ id, externalId: null, name, email, phone, origin: 'luma' },
      ...{ emailVerified: false, claimedEmail: null },
    });
    return id;
  }
  const person = tables.people.get(personId);
  if (person !== undefined && isProven(person)) {
    person.name ??= guest.name;
    person.phone ??= guest.phone;
    if (byEmail === undefined) person.email ??= guest.email;
  }
  return personId;
}

const isLumas = (person: PersonRow | undefined): boolean => person?.origin === 'luma' && person.externalId === null;

/** As `followIdentities`; the guests of a run keep their addresses. */
function followIdentity(tables: Tables, guest: ObservedGuest, rsvpId: string, digest: string): void {
  const link = tables.rsvpLinks.get(rsvpId);
  const person = tables.people.get(tables.rsvps.get(rsvpId)?.personId ?? '');
  if (person === undefined || !isLumas(person) || link?.lumaGuestId !== guest.lumaGuestId) return;
  if (link.base !== null && link.base.digest === digest) return;
  person.name = guest.name ?? person.name;
  person.phone = guest.phone ?? person.phone;
}

function writeGuest(row: RsvpRow, guest: ObservedGuest, status: RsvpRow['status']): void {
  row.status = status;
  if (guest.kind !== undefined) row.kind = guest.kind;
  if (guest.checkedInAt !== undefined) row.checkedInAt = guest.checkedInAt;
  if (guest.tickets !== undefined) row.tickets = guest.tickets;
  if (guest.answers !== undefined) row.answers = guest.answers;
}

/** As `markDueRsvpsFailed`: the whole operation was given up. */
export function markDueFailed(tables: Tables, eventId: string, error: { code: string; message: string }): void {
  for (const rsvp of tables.rsvpsOf(eventId)) {
    const link = tables.rsvpLinks.get(rsvp.id);
    if (link?.state === 'pending_push' || link?.state === 'unconfirmed')
      Object.assign(link, { state: 'push_failed', lastError: error });
  }
}

/** As `reviveFailedRsvps`. */
export function reviveFailed(tables: Tables, eventId: string): void {
  for (const rsvp of tables.rsvpsOf(eventId)) {
    const link = tables.rsvpLinks.get(rsvp.id);
    if (link?.state === 'push_failed') Object.assign(link, { state: 'pending_push', lastError: null });
  }
}
