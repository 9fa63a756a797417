import { beforeAll, describe, expect, it } from '@jest/globals';
import { type GuestPlan, planGuest, type RsvpLink, type RsvpStatus, rsvpLinks } from '@luma-sync/domain';
import { type LinkTable, openLinkTable, type Played, REVISION } from '../../test/link-table.js';
import { openSyncWorld } from '../../test/sync-world.js';
import type { Db } from '../database.js';
import { countFirstSendings, countGuestsToTell } from '../mail-guard/recipients.js';
import { listDueRsvps } from './due-rsvps.js';
import { type GuestMatch, leaveOutGone, matchGuests } from './match-guests.js';
import {
  countConfirmTry,
  countLook,
  markAccepted,
  markAsked,
  markDeclinedAtLuma,
  markDueRsvpsDelayed,
  markDueRsvpsFailed,
  markGone,
  markRsvpFailed,
  markSettled,
  markUnverified,
  reviveFailedRsvps,
  takeBackAsked,
} from './push-marks.js';
import { retryUnreadable } from './retry-unreadable.js';
import type { ObservedGuest } from './rsvp-records.js';
import { writeGuests } from './write-guests.js';

const HOUR_MS = 3_600_000;
const ERROR = { code: 'luma.rejected', message: 'no' };

let table: LinkTable;
let ids: string[];
let all: string[];
let where: { eventId: string; operationId: string };

beforeAll(async () => {
  const world = await openSyncWorld();
  table = await openLinkTable(world);
  ids = table.rows.map(({ rsvpId }) => rsvpId);
  all = [...ids, ...table.bare.map(({ rsvpId }) => rsvpId)];
  where = { eventId: table.eventId, operationId: (await world.run()).id };
});

/** Of all links, written or not by the statement, that differ from what the transition makes of them. */
function differences(
  { at, before, after }: Played,
  transition: (link: RsvpLink | null, at: Date, rsvpId: string) => RsvpLink | null,
) {
  const found = all.flatMap((rsvpId) => {
    const link = before.get(rsvpId) ?? null;
    const expected = toPicture(link, transition(link, at, rsvpId));
    const stored = toPicture(link, after.get(rsvpId) ?? null);
    return JSON.stringify(stored) === JSON.stringify(expected) ? [] : [{ link, expected, stored }];
  });
  return { count: found.length, first: found.slice(0, 2) };
}
const NONE = { count: 0, first: [] };

/** Without the moment of an error, which is the clock of a process; whether the row was written instead of when. */
function toPicture(before: RsvpLink | null, link: RsvpLink | null) {
  if (link === null) return null;
  const { updatedAt, lastError, base, ...rest } = link;
  const isWritten = before === null || updatedAt.getTime() !== before.updatedAt.getTime();
  const error = lastError === null ? null : [lastError.code, lastError.message, lastError.nextTryAt];
  return { ...sorted(rest), base: base === null ? null : sorted({ ...base }), isWritten, error };
}

const sorted = (record: object) => Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
const withRevision = (revision: number) => all.map((rsvpId) => ({ rsvpId, revision }));
const onLinks = (transition: (link: RsvpLink, at: Date) => RsvpLink) => (link: RsvpLink | null, at: Date) =>
  link === null ? null : transition(link, at);

describe('a statement writes each link as its transition does', () => {
  it.each([
    [REVISION, 'own'],
    [REVISION - 1, 'own'],
    [REVISION, 'other'],
    [REVISION, null],
  ] as const)('recordIntent, revision %i, address %s', async (revision, whose) => {
    const emails = new Map([...table.rows, ...table.bare].map(({ rsvpId, email }) => [rsvpId, email]));
    const toIntent = (rsvpId: string) => ({
      revision,
      approvalStatus: 'waitlist' as const,
      email: whose === 'own' ? (emails.get(rsvpId) ?? '') : whose === 'other' ? `new-${rsvpId}@example.org` : null,
    });
    const asked = all.map((rsvpId) => ({ rsvpId, ...toIntent(rsvpId) }));
    const played = await table.play((tx) => markAsked(tx, asked, where.operationId));
    const transition = (link: RsvpLink | null, at: Date, rsvpId: string) =>
      rsvpLinks.recordIntent(link, toIntent(rsvpId), REVISION, at);
    expect(differences(played, transition)).toEqual(NONE);
  });

  it.each([true, false])('recordAccepted, skipped: %s', async (isSkipped) => {
    const played = await table.play((tx) =>
      markAccepted(
        tx,
        all.map((rsvpId) => ({ rsvpId, isSkipped })),
      ),
    );
    expect(
      differences(
        played,
        onLinks((link, at) => rsvpLinks.recordAccepted(link, { isSkipped, at })),
      ),
    ).toEqual(NONE);
  });

  it.each(['pending_push', 'unconfirmed'] as const)('revertIntent to %s', async (state) => {
    const held = { askedAt: new Date(0), askedRevision: 1, askedEmail: 'x@example.org', acceptedAt: null };
    const bases = [null, { ours: 'going', luma: 'approved', digest: 'x', asked: 'declined' }] as const;
    const toHeld = (rsvpId: string) => ({ ...held, state, confirmTries: 1, base: bases[Number(rsvpId < '8')] ?? null });
    const due = ids.map((rsvpId) => ({ rsvpId, ...toHeld(rsvpId) }));
    const played = await table.play((tx) => takeBackAsked(tx, due as unknown as Parameters<typeof takeBackAsked>[1]));
    const transition = (link: RsvpLink | null, at: Date, rsvpId: string) =>
      link === null ? null : rsvpLinks.revertIntent(link, toHeld(rsvpId), at);
    expect(differences(played, transition)).toEqual(NONE);
  });

  it('forgetGuest', async () => {
    const emails = new Map(table.rows.map(({ rsvpId, email }) => [rsvpId, email]));
    const played = await table.play((tx) => markGone(tx, all));
    const transition = (link: RsvpLink | null, at: Date, rsvpId: string) =>
      link === null ? null : rsvpLinks.forgetGuest(link, emails.get(rsvpId) ?? null, at);
    expect(differences(played, transition)).toEqual(NONE);
  });

  it.each([
    ['countCheck', rsvpLinks.countCheck, countLook],
    ['countTry', rsvpLinks.countTry, countConfirmTry],
  ] as const)('%s', async (_name, transition, statement) => {
    expect(differences(await table.play((tx) => statement(tx, all)), onLinks(transition))).toEqual(NONE);
  });

  it.each([REVISION, REVISION - 1])('settle, markUnverified and giveWay, revision %i', async (revision) => {
    const rsvps = withRevision(revision);
    const ifSame = (next: RsvpLink | null, link: RsvpLink | null) => (revision === REVISION ? next : link);
    expect(
      differences(await table.play((tx) => markSettled(tx, rsvps)), (link, at) =>
        ifSame(rsvpLinks.settle(link, revision, at), link),
      ),
    ).toEqual(NONE);
    expect(
      differences(await table.play((tx) => markUnverified(tx, rsvps, where)), (link, at) =>
        ifSame(link && rsvpLinks.markUnverified(link, at), link),
      ),
    ).toEqual(NONE);
    const declined = await table.play((tx) => markDeclinedAtLuma(tx, rsvps, where));
    expect(differences(declined, (link, at) => ifSame(link && rsvpLinks.giveWay(link, revision, at), link))).toEqual(
      NONE,
    );
    expect(new Set(declined.statuses.values())).toEqual(new Set([revision === REVISION ? 'rejected' : 'going']));
  });

  it('failPush, of given RSVPs and of all that are due', async () => {
    expect(
      differences(await table.play((tx) => markRsvpFailed(tx, all, ERROR, where)), (link, at) =>
        rsvpLinks.failPush(link, ERROR, at),
      ),
    ).toEqual(NONE);
    expect(
      differences(
        await table.play((tx) => markDueRsvpsFailed(tx, table.eventId, ERROR)),
        onLinks((link, at) => (rsvpLinks.isInPush(link) ? rsvpLinks.failPush(link, ERROR, at) : link)),
      ),
    ).toEqual(NONE);
  });

  it('delayPush', async () => {
    const nextTryAt = new Date(Date.now() + HOUR_MS);
    const delayed = { ...ERROR, at: '', nextTryAt: nextTryAt.toISOString() };
    const played = await table.play((tx) => markDueRsvpsDelayed(tx, table.eventId, { ...ERROR, nextTryAt }));
    expect(
      differences(
        played,
        onLinks((link) => rsvpLinks.delayPush(link, delayed)),
      ),
    ).toEqual(NONE);
  });

  it.each([
    ['retryFailed', rsvpLinks.retryFailed, reviveFailedRsvps],
    ['retryUnreadable', rsvpLinks.retryUnreadable, retryUnreadable],
  ] as const)('%s', async (_name, transition, statement) => {
    expect(differences(await table.play((tx) => statement(tx, table.eventId)), onLinks(transition))).toEqual(NONE);
  });

  it.each([
    ['going', true, 0],
    ['rejected', false, 0],
    ['rejected', false, 2 * HOUR_MS],
    ['going', false, 2 * HOUR_MS],
  ] as const)('linkGuest: %s, push needed: %s, seen %i ms ago', async (status, pushNeeded, agoMs) => {
    const observedAt = new Date(Date.now() - agoMs);
    const plan: Write = {
      ...{ kind: 'write', status, pushNeeded, pushedRevision: 4, decidedBy: 'luma_side', conflict: null },
      ...{ base: { ours: status, luma: 'approved', digest: 'n' }, reason: 'changed-there' },
    };
    const played = await table.play(async (tx) => writeAll(tx, observedAt, plan));
    const transition = (link: RsvpLink | null, at: Date, rsvpId: string) =>
      rsvpLinks.isNewest(link, observedAt, at)
        ? rsvpLinks.linkGuest(
            link,
            { status: 'going', revision: REVISION },
            toObservation(rsvpId, observedAt, plan),
            at,
          )
        : link;
    expect(differences(played, transition)).toEqual(NONE);
  });

  it('linkGuest, of links that were seen in the future of our clock', async () => {
    const observedAt = new Date();
    const plan = planGuest(null, { approvalStatus: 'approved', digest: 'n', at: observedAt }, 'ours') as Write;
    const aheadMs = [1_000, 2 * HOUR_MS];
    for (const ahead of aheadMs) {
      const played = await table.play(async (tx) => {
        await tx.$executeRaw`update rsvp_links set observed_at = now() + ${ahead}::int * interval '1 millisecond'`;
        await writeAll(tx, observedAt, plan);
      });
      const transition = (link: RsvpLink | null, at: Date, rsvpId: string) => {
        const held = link && { ...link, observedAt: new Date(at.getTime() + ahead) };
        return rsvpLinks.isNewest(held, observedAt, at)
          ? rsvpLinks.linkGuest(
              held,
              { status: 'going', revision: REVISION },
              toObservation(rsvpId, observedAt, plan),
              at,
            )
          : held;
      };
      expect(differences(played, transition)).toEqual(NONE);
    }
  });
});

describe('a statement selects the links that its predicate selects', () => {
  it('isDue and toDueRsvp, of each status', async () => {
    for (const status of ['going', 'interested', 'cancelled'] as RsvpStatus[]) {
      let due: Awaited<ReturnType<typeof listDueRsvps>> = [];
      const { at, before } = await table.play(async (tx) => {
        await tx.rsvp.updateMany({ data: { status } });
        due = await listDueRsvps(tx, { eventId: table.eventId, limit: 100_000 });
      });
      const expected = [...table.rows, ...table.bare].flatMap(({ rsvpId, personId, email }) => {
        const link = before.get(rsvpId) ?? null;
        const rsvp = { rsvpId, personId, email, name: null, status, revision: REVISION, isOfAnother: false };
        return rsvpLinks.isDue(status, link) ? [rsvpLinks.toDueRsvp(rsvp, link, at)] : [];
      });
      const byId = (a: { rsvpId: string }, b: { rsvpId: string }) => (a.rsvpId < b.rsvpId ? -1 : 1);
      const texts = (rows: typeof due) => [...rows].sort(byId).map((row) => JSON.stringify(sorted(row)));
      const [stored, wanted] = [texts(due), texts(expected)];
      expect({ count: stored.length, odd: stored.filter((row, index) => row !== wanted[index]).slice(0, 2) }).toEqual({
        count: wanted.length,
        odd: [],
      });
    }
  });

  it('isFirstSending and isToldOfChanges, of each status', async () => {
    const emails = new Map([...table.rows, ...table.bare].map(({ rsvpId, email }) => [rsvpId, email]));
    for (const status of ['going', 'interested', 'cancelled', 'rejected'] as RsvpStatus[]) {
      const counts = { sent: -1, told: -1 };
      const { before } = await table.play(async (tx) => {
        await tx.rsvp.updateMany({ data: { status } });
        counts.sent = await countFirstSendings(tx, table.eventId);
        counts.told = await countGuestsToTell(tx, table.eventId);
      });
      const linkOf = (rsvpId: string) => before.get(rsvpId) ?? null;
      const toRsvp = (rsvpId: string) => ({ status, revision: REVISION, email: emails.get(rsvpId) ?? null });
      expect(counts).toEqual({
        sent: all.filter((rsvpId) => rsvpLinks.isFirstSending(toRsvp(rsvpId), linkOf(rsvpId))).length,
        told: all.filter((rsvpId) => rsvpLinks.isToldOfChanges(linkOf(rsvpId))).length,
      });
    }
  });

  it.each([
    [3 * HOUR_MS, 0],
    [3 * HOUR_MS, HOUR_MS],
    [HOUR_MS, 0],
    [30_000, 0],
  ])('isContested and isGoneSince, of a read that began %i ms ago and saw guests %i ms ago', async (agoMs, seenMs) => {
    const read = { since: new Date(Date.now() - agoMs), observedAt: new Date(Date.now() - seenMs) };
    const guests = table.rows.map(({ rsvpId, email }) => toGuest(rsvpId, email));
    const gone = table.rows.map(({ link }, index) => toGuest(link.goneGuestId ?? `unknown-${index}`, null));
    let contested = new Map<string, boolean>();
    let present: string[] = [];
    const { before } = await table.play(async (tx) => {
      const matches = await matchGuests(tx, table.eventId, guests, read);
      contested = new Map(matches.map(({ rsvp, isContested }) => [rsvp?.rsvpId ?? '', isContested]));
      present = (await leaveOutGone(tx, table.eventId, gone, read)).map(({ lumaGuestId }) => lumaGuestId);
    });
    // A guest is known by the address of an RSVP that is not linked to another one.
    const matched = ids.filter((id) => contested.has(id));
    expect(matched.length).toBeGreaterThan(500);
    const odd = matched.filter((id) => contested.get(id) !== rsvpLinks.isContested(before.get(id) ?? null, read));
    expect(odd).toEqual([]);
    const isGone = ({ link, rsvpId }: (typeof table.rows)[number]) =>
      rsvpLinks.isGoneSince(before.get(rsvpId) ?? link, link.goneGuestId ?? '', read);
    expect(present).toHaveLength(table.rows.filter((row) => !isGone(row)).length);
  });
});

type Write = Extract<GuestPlan, { kind: 'write' }>;

const toObservation = (rsvpId: string, observedAt: Date, plan: Write) => ({
  lumaGuestId: `new-${rsvpId}`,
  observedAt,
  plan,
});

function toGuest(lumaGuestId: string, email: string | null): ObservedGuest {
  const shown = { kind: null, checkedInAt: null, tickets: [], answers: [], digest: 'n' };
  return { lumaGuestId, email, name: null, phone: null, approvalStatus: 'approved', ...shown };
}

async function writeAll(tx: Db, observedAt: Date, plan: Write): Promise<void> {
  const links = new Map((await tx.rsvpLink.findMany()).map((link) => [link.rsvpId, link as unknown as RsvpLink]));
  const writes = [...table.rows, ...table.bare].map(({ rsvpId, personId, email }) => {
    const link = links.get(rsvpId) ?? null;
    const lumaGuestId = link?.lumaGuestId ?? null;
    const rsvp = { rsvpId, personId, lumaGuestId, email, status: 'going', revision: REVISION, link } as const;
    const known = { personId, secondOf: null, displacedId: null, isRegistrationKnown: true, lumas: null };
    const match: GuestMatch = { guest: toGuest(`new-${rsvpId}`, null), rsvp, ...known, isContested: false };
    return { match, plan };
  });
  await writeGuests(tx, writes, { eventId: table.eventId, observedAt, via: 'test', operationId: where.operationId });
}
