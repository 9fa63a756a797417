import {
  isOnlyAtLuma,
  type LinkError,
  type RsvpLink,
  rsvpLinks,
  toAddressDigest,
  toContactEmail,
} from '@luma-sync/domain';
import type { DueRsvp } from '@luma-sync/store';
import type { VirtualTime } from '../virtual-time.js';
import { GuestMerge } from './apply-guests.js';
import type { Commits } from './commits.js';
import type { Deps } from './connect.js';
import type { Operations } from './operations.js';
import type { RsvpRow, Tables } from './tables.js';

export type InMemoryRsvps = Commits<Omit<Deps['rsvps'], 'withGuests'>>;

/**
 * The tables of a run behind the interface of `createRsvpSyncStore`. What a call does to a link is a transition of
 * `rsvpLinks`.
 */
export function createInMemoryRsvps(tables: Tables, operations: Operations, time: VirtualTime): InMemoryRsvps {
  const merge = new GuestMerge(tables, operations, time);
  const links = new LinkTable(tables, time);
  const noteRsvp = (recordId: string, message: string): void =>
    tables.note({ recordType: 'rsvp', recordId, kind: 'observed', message });
  const fenced =
    <A extends unknown[], R>(work: (...args: A) => R) =>
    (holder: Parameters<Operations['assertOwner']>[0], ...args: A): R => {
      operations.assertOwner(holder);
      return work(...args);
    };

  return {
    listDue: ({ eventId, limit }) =>
      tables
        .rsvpsOf(eventId)
        .filter((rsvp) => rsvpLinks.isDue(rsvp.status, tables.linkOf(rsvp.id)))
        .sort((a, b) => a.updated - b.updated)
        .slice(0, limit)
        .map((rsvp) => toDue(tables, rsvp, time.date())),

    findGuest: (eventId, lumaGuestId, email) => findKnownGuest(tables, eventId, lumaGuestId, email),

    countLinkedGuests: (eventId) =>
      tables.rsvpsOf(eventId).filter((rsvp) => tables.linkOf(rsvp.id)?.lumaGuestId != null).length,

    beginRead: (eventId) => operations.unleasedSince(`guests:${eventId}`),

    applyGuests: fenced((observation) => merge.apply(observation)),

    applyPage(holder, observation, extras) {
      operations.assertOwner(holder);
      const applied = merge.apply(observation);
      operations.saveCheckpoint(holder.operationId, extras.checkpoint(applied));
      return applied;
    },

    moveToEntry: fenced((move) => {
      const link = tables.linkOf(move.rsvpId);
      if (link === null || tables.rsvpOfGuest(move.lumaGuestId) !== undefined) return false;
      const moved = rsvpLinks.moveToEntry(link, move, time.date());
      if (moved !== null) tables.rsvpLinks.set(move.rsvpId, moved);
      return moved !== null;
    }),

    noteSeen: fenced((eventId, lumaGuestId, at) => {
      const rsvpId = tables.rsvpOfGuest(lumaGuestId) ?? '';
      if (tables.rsvps.get(rsvpId)?.eventId === eventId)
        links.change(rsvpId, (link) => rsvpLinks.confirmSeen(link, at));
    }),

    markPulled(eventId, at) {
      const link = tables.eventLinks.get(eventId);
      if (link !== undefined) tables.eventLinks.set(eventId, { ...link, guestsPulledAt: at });
      const changed = links.changeAll(eventId, rsvpLinks.retryUnreadable);
      if (changed > 0) operations.enqueue('rsvp.push', { eventId }, { trigger: 'scheduled', actor: 'pull' });
    },

    markAsked: fenced((asked) => {
      for (const { rsvpId, ...intent } of asked) {
        const rsvp = tables.rsvps.get(rsvpId);
        if (rsvp !== undefined)
          links.set(rsvpId, rsvpLinks.recordIntent(tables.linkOf(rsvpId), intent, rsvp.revision, time.date()));
      }
    }),

    // The simulator of a run refuses no name.
    noteNameRefused() {},

    markAccepted: fenced((accepted) => {
      for (const { rsvpId, isSkipped } of accepted)
        links.change(rsvpId, (link, at) => rsvpLinks.recordAccepted(link, { isSkipped, at }));
    }),

    takeBackAsked: fenced((due) => {
      for (const rsvp of due) links.change(rsvp.rsvpId, (link, at) => rsvpLinks.revertIntent(link, rsvp, at));
    }),

    markGone: fenced((rsvpIds) => {
      for (const id of rsvpIds) {
        const person = tables.people.get(tables.rsvps.get(id)?.personId ?? '');
        const email = person === undefined ? null : toContactEmail(person);
        links.change(id, (link, at) => rsvpLinks.forgetGuest(link, email, at));
      }
    }),

    countLook: fenced((rsvpIds) => {
      for (const id of rsvpIds) links.change(id, rsvpLinks.countCheck);
    }),

    countConfirmTry: fenced((rsvpIds) => {
      for (const id of rsvpIds) links.change(id, rsvpLinks.countTry);
    }),

    markSettled: fenced((rsvps) => {
      for (const { rsvpId, revision } of rsvps)
        if (tables.rsvps.get(rsvpId)?.revision === revision)
          links.set(rsvpId, rsvpLinks.settle(tables.linkOf(rsvpId), revision, time.date()));
    }),

    markUnverified: fenced((_eventId, rsvps) => {
      for (const { rsvpId, revision } of rsvps)
        if (tables.rsvps.get(rsvpId)?.revision === revision) links.change(rsvpId, rsvpLinks.markUnverified);
    }),

    markDeclinedAtLuma: fenced((_eventId, rsvps) => {
      for (const { rsvpId, revision } of rsvps) {
        const rsvp = tables.rsvps.get(rsvpId);
        if (rsvp?.revision !== revision) continue;
        Object.assign(rsvp, { status: 'rejected', updated: tables.tick() });
        links.change(rsvpId, (link, at) => rsvpLinks.giveWay(link, revision, at));
        noteRsvp(rsvpId, 'not sent, declined at Luma: rejected');
      }
    }),

    markFailed: fenced((_eventId, rsvpIds, error) => {
      for (const id of rsvpIds) {
        links.set(id, rsvpLinks.failPush(tables.linkOf(id), error, time.date()));
        noteRsvp(id, `push given up: ${error.code}`);
      }
    }),
  };
}

/** The table of links, written by transitions. */
class LinkTable {
  constructor(
    private readonly tables: Tables,
    private readonly time: VirtualTime,
  ) {}

  set(rsvpId: string, link: RsvpLink): void {
    this.tables.rsvpLinks.set(rsvpId, link);
  }

  /** @returns whether the transition changed anything. */
  change(rsvpId: string, transition: (link: RsvpLink, at: Date) => RsvpLink): boolean {
    const link = this.tables.rsvpLinks.get(rsvpId);
    if (link === undefined) return false;
    const next = transition(link, this.time.date());
    this.set(rsvpId, next);
    return next !== link;
  }

  changeAll(eventId: string, transition: (link: RsvpLink, at: Date) => RsvpLink): number {
    return this.tables.rsvpsOf(eventId).filter(({ id }) => this.change(id, transition)).length;
  }
}

function toDue(tables: Tables, rsvp: RsvpRow, at: Date): DueRsvp {
  const person = tables.personOf(rsvp);
  const { id: rsvpId, personId, status, revision } = rsvp;
  const email = person === undefined ? null : toContactEmail(person);
  const isOfAnother = isClaimOfGuest(tables, rsvp);
  const name = person?.name ?? null;
  return rsvpLinks.toDueRsvp(
    { rsvpId, personId, email, name, status, revision, isOfAnother },
    tables.linkOf(rsvpId),
    at,
  );
}

/** Luma has a guest of the event under the address that was only claimed. */
function isClaimOfGuest(tables: Tables, rsvp: RsvpRow): boolean {
  const claimed = tables.personOf(rsvp)?.claimedEmail ?? null;
  const holder = claimed === null ? undefined : tables.personByEmail(claimed);
  const theirs = holder === undefined ? undefined : tables.findRsvp(rsvp.eventId, holder.id);
  return theirs !== undefined && tables.linkOf(theirs.id)?.lumaGuestId != null;
}

/** As `findKnownGuest`: by Luma's id, else by the address. */
function findKnownGuest(tables: Tables, eventId: string, lumaGuestId: string, email: string | null) {
  const byId = tables.rsvps.get(tables.rsvpOfGuest(lumaGuestId) ?? '');
  const person = email === null ? undefined : tables.personByEmail(email);
  const byEmail = person === undefined ? undefined : tables.findRsvp(eventId, person.id);
  for (const rsvp of [byId, byEmail]) {
    const link = rsvp === undefined ? null : tables.linkOf(rsvp.id);
    if (rsvp?.eventId !== eventId || link === null || link.base === null || link.observedAt === null) continue;
    const holder = tables.personOf(rsvp);
    const { luma: approvalStatus, digest } = link.base;
    const isLumas = holder !== undefined && isOnlyAtLuma(holder);
    const address = link.base.address ?? (isLumas ? toAddressDigest(holder.email) : undefined);
    return { approvalStatus, digest, address, observedAt: link.observedAt };
  }
  return null;
}

/** As `markDueRsvpsFailed`: the whole operation was given up. */
export function failDueRsvps(
  tables: Tables,
  time: VirtualTime,
  eventId: string,
  error: Pick<LinkError, 'code' | 'message'>,
) {
  new LinkTable(tables, time).changeAll(eventId, (link, at) =>
    rsvpLinks.isInPush(link) ? rsvpLinks.failPush(link, error, at) : link,
  );
}

/** As `reviveFailedRsvps`. */
export function retryFailedRsvps(tables: Tables, time: VirtualTime, eventId: string): void {
  new LinkTable(tables, time).changeAll(eventId, rsvpLinks.retryFailed);
}
