import { randomUUID } from 'node:crypto';
import type { RsvpBase, RsvpLink, RsvpStatus } from '@luma-sync/domain';
import type { Db } from '../src/index.js';
import type { SyncWorld } from './sync-world.js';

/** The revision of each RSVP of the table. */
export const REVISION = 5;
const HOUR_MS = 3_600_000;
const BASE: RsvpBase = { ours: 'pending', luma: 'pending_approval', digest: 'd' };

/** An RSVP in one of the states that a link can be in. */
export interface TableRow {
  rsvpId: string;
  personId: string;
  email: string;
  link: RsvpLink;
}

export interface LinkTable {
  eventId: string;
  rows: readonly TableRow[];
  /** RSVPs without a link. */
  bare: readonly { rsvpId: string; personId: string; email: string }[];
  /**
   * Does something to all links in one transaction, which is taken back.
   *
   * @returns the links before, by RSVP, those after, and the moment of the transaction.
   */
  play(work: (tx: Db) => Promise<unknown>): Promise<Played>;
}

export interface Played {
  at: Date;
  before: Map<string, RsvpLink>;
  after: Map<string, RsvpLink>;
  statuses: Map<string, RsvpStatus>;
}

/** When a link was last sent and accepted, in milliseconds before now. */
const SENDINGS = [
  { agoMs: null, isAccepted: false },
  { agoMs: 200, isAccepted: false },
  { agoMs: 2_000, isAccepted: true },
  { agoMs: 200_000, isAccepted: false },
] as const;
const STATES = ['pending_push', 'unconfirmed', 'synced', 'pulled', 'push_failed', 'unverified', 'removed'] as const;
const BASES = [null, { ...BASE, asked: 'approved' }, { ...BASE, luma: 'declined' }] as const;
const EMAILS = ['none', 'own', 'other'] as const;
const CHECKS = [
  { tries: 0, code: null },
  { tries: 0, code: 'rsvp.skipped' },
  { tries: 3, code: 'rsvp.unreadable_guest' },
  { tries: 3, code: 'luma.rejected' },
] as const;

type Ages = Map<string, number>;

/** Every state of a link, as far as a transition tells states apart: each with an RSVP of its own. */
export async function openLinkTable(world: SyncWorld): Promise<LinkTable> {
  const eventId = await world.addEvent({ calendarId: await world.addCalendar() });
  const ages: Ages = new Map();
  const rows = [...toRows(ages)];
  const bare = Array.from({ length: 3 }, (_, index) => ({ ...newIds(), email: `bare${index}@example.org` }));
  await insertRsvps(world.db, eventId, [...rows, ...bare]);
  await insertLinks(world.db, rows);
  await world.db.$executeRaw`create table link_ages (rsvp_id uuid primary key, ago_ms int not null)`;
  const aged = JSON.stringify([...ages].map(([rsvpId, agoMs]) => ({ rsvpId, agoMs })));
  await world.db.$executeRaw`
    insert into link_ages select "rsvpId", "agoMs" from jsonb_to_recordset(${aged}::jsonb) as a("rsvpId" uuid,
      "agoMs" int)`;
  return { eventId, rows, bare, play: (work) => play(world, work) };
}

class TakenBack extends Error {}

async function play(world: SyncWorld, work: (tx: Db) => Promise<unknown>): Promise<Played> {
  let played: Played | undefined;
  const tried = world.db.$transaction(
    async (tx) => {
      await tx.$executeRaw`
        update rsvp_links l set asked_at = now() - a.ago_ms * interval '1 millisecond'
        from link_ages a where a.rsvp_id = l.rsvp_id`;
      const before = await readLinks(tx);
      await work(tx);
      const [clock] = await tx.$queryRaw<{ at: Date }[]>`select now()::timestamptz(3) as at`;
      const rsvps = await tx.rsvp.findMany({ select: { id: true, status: true } });
      const statuses = new Map(rsvps.map(({ id, status }) => [id, status]));
      played = { at: clock?.at ?? new Date(0), before, after: await readLinks(tx), statuses };
      throw new TakenBack();
    },
    { timeout: 100_000, maxWait: 100_000 },
  );
  await tried.catch((error: unknown) => {
    if (!(error instanceof TakenBack)) throw error;
  });
  if (played === undefined) throw new Error('nothing was played');
  return played;
}

function* toRows(ages: Ages): Generator<TableRow> {
  let count = 0;
  for (const state of STATES)
    for (const lumaGuestId of [null, 'gst'])
      for (const base of BASES)
        for (const sending of SENDINGS)
          for (const whose of EMAILS)
            for (const checks of CHECKS) {
              count += 1;
              const email = `p${count}@example.org`;
              const emails = { none: null, own: email, other: `old${count}@example.org` };
              const ids = newIds();
              if (sending.agoMs !== null) ages.set(ids.rsvpId, sending.agoMs);
              const link = toLink(count, { state, base, ...checks, isAccepted: sending.isAccepted });
              const guest = lumaGuestId === null ? null : `${lumaGuestId}-${count}`;
              yield { ...ids, email, link: { ...link, lumaGuestId: guest, askedEmail: emails[whose] } };
            }
}

interface Choice {
  state: RsvpLink['state'];
  base: RsvpBase | null;
  code: string | null;
  tries: number;
  isAccepted: boolean;
}

function toLink(count: number, { state, base, code, tries, isAccepted }: Choice): RsvpLink {
  const ago = (ms: number) => new Date(Date.now() - ms);
  return {
    state,
    base,
    lumaGuestId: null,
    askedEmail: null,
    askedAt: null,
    acceptedAt: isAccepted ? ago(1_000) : null,
    observedAt: base === null ? null : ago(HOUR_MS),
    pushedRevision: base === null ? 0 : count % 2 === 0 ? 3 : REVISION,
    askedRevision: count % 3 === 0 ? REVISION : 2,
    ownAnswerRevision: tries === 0 ? 0 : REVISION,
    decidedBy: count % 2 === 0 ? 'us' : 'unknown',
    confirmTries: tries,
    goneGuestId: count % 5 === 0 ? `gone-${count}` : null,
    updatedAt: ago(2 * HOUR_MS),
    lastError: code === null ? null : { code, message: 'no', at: ago(HOUR_MS).toISOString() },
  };
}

const newIds = () => ({ rsvpId: randomUUID(), personId: randomUUID() });

async function insertRsvps(
  db: Db,
  eventId: string,
  rows: readonly { rsvpId: string; personId: string; email: string }[],
): Promise<void> {
  const json = JSON.stringify(rows.map(({ rsvpId, personId, email }) => ({ rsvpId, personId, email })));
  await db.$executeRaw`
    insert into people (id, email, email_verified, origin)
    select "personId", email, true, 'app' from jsonb_to_recordset(${json}::jsonb) as g("personId" uuid, email text)`;
  await db.$executeRaw`
    insert into rsvps (id, event_id, person_id, status, revision)
    select "rsvpId", ${eventId}::uuid, "personId", 'going', ${REVISION}
    from jsonb_to_recordset(${json}::jsonb) as g("rsvpId" uuid, "personId" uuid)`;
}

async function insertLinks(db: Db, rows: readonly TableRow[]): Promise<void> {
  const CHUNK = 500;
  for (let from = 0; from < rows.length; from += CHUNK)
    await db.rsvpLink.createMany({
      data: rows.slice(from, from + CHUNK).map(({ rsvpId, link: { base, lastError, ...link } }) => ({
        rsvpId,
        ...link,
        ...(base === null ? {} : { base: { ...base } }),
        ...(lastError === null ? {} : { lastError: { ...lastError } }),
      })),
    });
}

/** By RSVP. */
async function readLinks(tx: Db): Promise<Map<string, RsvpLink>> {
  const rows = await tx.rsvpLink.findMany();
  return new Map(
    rows.map(
      ({ id: _id, createdAt: _at, rsvpId, mailHeldRevision: _h, mailConfirmedAt: _c, nameRefused: _n, ...link }) => [
        rsvpId,
        link as unknown as RsvpLink,
      ],
    ),
  );
}
