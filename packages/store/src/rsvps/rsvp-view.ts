import { type RsvpStatus, toApprovalStatus } from '@luma-sync/domain';
import { rsvpPush } from '@luma-sync/jobs';
import type { Db } from '../database.js';
import type { DifferenceView } from '../events/difference-view.js';
import { type StoredError, toStoredError } from '../events/event-view.js';
import { type PersonOrigin, Prisma, type RsvpLink } from '../generated/client.js';
import { findRetries, toPresentError } from '../operations/find-retries.js';
import { IS_PROVEN } from '../people/is-proven.js';

/** An RSVP with its person and how it stands with Luma. */
export interface RsvpView {
  rsvp: {
    id: string;
    status: RsvpStatus;
    revision: number;
    checkedInAt: Date | null;
    /** When the guest registered at Luma. */
    registeredAt: Date | null;
    /** Name of the first ticket's type. */
    kind: string | null;
    tickets: readonly Ticket[];
    /** Answers to the questions of the registration, as Luma shows them. */
    answers: readonly unknown[];
    createdAt: Date;
    updatedAt: Date;
  };
  /** `key` names the person in paths: the app's id, else ours. */
  person: {
    id: string;
    key: string;
    externalId: string | null;
    origin: PersonOrigin;
    name: string | null;
    email: string | null;
    /** The app had proof of the address, or Luma showed it. */
    isEmailVerified: boolean;
    phone: string | null;
  };
  lumaGuestId: string | null;
  sync: {
    /** Null when there is nothing Luma should be told. */
    state: RsvpSyncState | null;
    lastError: StoredError | null;
    /** What Luma does not hold as we have it: the name, where Luma refused it. */
    notAtLuma: readonly DifferenceView[];
    /** Sent to Luma without a mail, since too many would have been mailed: a person may confirm the mail. */
    isMailHeld: boolean;
  };
}

interface Ticket {
  id: string;
  name: string | null;
  checkedInAt: string | null;
}

/** `not_carried`: Luma has no word for the answer, and shows the guest otherwise. */
export type RsvpSyncState = RsvpLink['state'] | 'not_carried';

export async function findRsvpView(db: Db, eventId: string, personId: string): Promise<RsvpView | null> {
  const [view] = await readViews(db, Prisma.sql`r.event_id = ${eventId}::uuid and r.person_id = ${personId}::uuid`, 1);
  return view ?? null;
}

export async function getRsvpView(db: Db, eventId: string, personId: string): Promise<RsvpView> {
  const view = await findRsvpView(db, eventId, personId);
  if (view === null) throw new Error(`no RSVP of person ${personId} for event ${eventId}`);
  return view;
}

export interface RsvpQuery {
  status?: RsvpStatus | undefined;
  /** Answers that changed, here or at Luma, at this moment or later. */
  updatedSince?: Date | undefined;
  /** The last one of the page before. */
  after?: { at: Date; id: string } | undefined;
  limit: number;
}

/** In the order they were first given. */
export async function listRsvps(db: Db, eventId: string, query: RsvpQuery): Promise<RsvpView[]> {
  const { status, updatedSince, after, limit } = query;
  const conditions = [Prisma.sql`r.event_id = ${eventId}::uuid`];
  if (status !== undefined) conditions.push(Prisma.sql`r.status = ${status}::rsvp_status`);
  if (after !== undefined)
    conditions.push(Prisma.sql`(r.created_at, r.id) > (${after.at}::timestamptz, ${after.id}::uuid)`);
  const where = Prisma.join(conditions, ' and ');
  if (updatedSince === undefined) return readViews(db, where, limit);
  const ids = await findChanged(db, where, updatedSince, limit);
  return readViews(db, Prisma.sql`r.id = any(${ids}::uuid[])`, limit);
}

/** So many changed links are read at once; with more of them the link of each answer is looked at. */
const CHANGED_MAX = 20_000;

/** Answers of a page that changed here, or at Luma: each way by the index that has the order of the list. */
async function findChanged(db: Db, where: Prisma.Sql, since: Date, limit: number): Promise<string[]> {
  const links = Prisma.sql`rsvp_links l where l.updated_at >= ${since}::timestamptz`;
  const [few] = await db.$queryRaw<{ count: number }[]>`
    select count(*)::int as count
    from (select 1 from ${links} order by l.updated_at desc limit ${CHANGED_MAX + 1}) few`;
  const isChangedAtLuma =
    few !== undefined && few.count <= CHANGED_MAX
      ? Prisma.sql`r.id in (select l.rsvp_id from ${links})`
      : Prisma.sql`exists (select 1 from ${links} and l.rsvp_id = r.id)`;
  const page = (changed: Prisma.Sql) => Prisma.sql`
    (select r.created_at, r.id from rsvps r where ${where} and ${changed} order by r.created_at, r.id limit ${limit})`;
  const rows = await db.$queryRaw<{ id: string }[]>`
    select id from (${page(Prisma.sql`r.updated_at >= ${since}::timestamptz`)} union ${page(isChangedAtLuma)}) p
    order by created_at, id limit ${limit}`;
  return rows.map(({ id }) => id);
}

interface Row {
  id: string;
  eventId: string;
  status: RsvpStatus;
  revision: number;
  checkedInAt: Date | null;
  registeredAt: Date | null;
  kind: string | null;
  tickets: unknown;
  answers: unknown;
  createdAt: Date;
  updatedAt: Date;
  origin: PersonOrigin;
  personId: string;
  externalId: string | null;
  name: string | null;
  email: string | null;
  isEmailVerified: boolean;
  phone: string | null;
  lumaGuestId: string | null;
  /** Luma's own word, as last seen. */
  lumaStatus: string | null;
  state: RsvpLink['state'] | null;
  lastError: unknown;
  isMailHeld: boolean;
  nameRefused: string | null;
}

/** One statement: answers are the busiest thing apps send, and each write reads its own row back. */
async function readViews(db: Db, where: Prisma.Sql, limit: number): Promise<RsvpView[]> {
  const rows = await db.$queryRaw<Row[]>`
    select r.id, r.event_id as "eventId", r.status::text as status, r.revision, r.checked_in_at as "checkedInAt",
      r.registered_at as "registeredAt", r.kind, r.tickets, r.answers,
      r.created_at as "createdAt", r.updated_at as "updatedAt", p.origin::text as origin,
      p.id as "personId", p.external_id as "externalId", p.name, coalesce(p.email, p.claimed_email) as email,
      ${IS_PROVEN} as "isEmailVerified", p.phone,
      l.luma_guest_id as "lumaGuestId", l.base->>'luma' as "lumaStatus", l.state::text as state, l.last_error as
        "lastError", l.name_refused as "nameRefused",
      coalesce(l.mail_held_revision = r.revision and l.asked_revision >= r.revision and l.mail_confirmed_at is null,
        false) as "isMailHeld"
    from rsvps r join people p on p.id = r.person_id left join rsvp_links l on l.rsvp_id = r.id
    where ${where}
    order by r.created_at, r.id
    limit ${limit}`;
  const waiting = rows.filter(({ state }) => state !== null && WAITING.has(state));
  const retries = await findRetries(
    db,
    waiting.map((row) => rsvpPush.dedupeKey(row)),
  );
  return rows.map(
    ({
      eventId,
      personId,
      externalId,
      origin,
      tickets,
      answers,
      name,
      email,
      isEmailVerified,
      phone,
      lumaGuestId,
      lumaStatus,
      state,
      lastError,
      isMailHeld,
      nameRefused,
      ...rsvp
    }) => ({
      rsvp: { ...rsvp, tickets: asList(tickets) as readonly Ticket[], answers: asList(answers) },
      person: { id: personId, key: externalId ?? personId, externalId, origin, name, email, isEmailVerified, phone },
      lumaGuestId,
      sync: {
        ...toSync(
          { status: rsvp.status, lumaGuestId, lumaStatus, state, lastError },
          retries.get(rsvpPush.dedupeKey({ eventId })),
        ),
        isMailHeld,
        notAtLuma: toNameView(name, nameRefused),
      },
    }),
  );
}

/** The push of the event carries these answers in its next run. */
const WAITING: ReadonlySet<RsvpLink['state']> = new Set(['pending_push', 'unconfirmed']);

const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** An answer that Luma has no word for stays here; what Luma goes on showing is said, as long as it differs. */
function toSync(
  {
    status,
    lumaGuestId,
    lumaStatus,
    state,
    lastError,
  }: Pick<Row, 'status' | 'lumaGuestId' | 'lumaStatus' | 'state' | 'lastError'>,
  retry: StoredError | undefined,
): Pick<RsvpView['sync'], 'state' | 'lastError'> {
  if (toApprovalStatus(status) !== null || state === 'unconfirmed' || state === 'removed') {
    const isWaiting = state !== null && WAITING.has(state);
    return { state, lastError: toPresentError(toStoredError(lastError), isWaiting ? retry : undefined) };
  }
  if (lumaGuestId === null) return { state: null, lastError: null };
  if (lumaStatus === 'invited') return { state: 'synced', lastError: null };
  const message =
    `Luma has no word for "${status}" but an invitation, which would mail the person; it still ` +
    `shows this guest as ${lumaStatus ?? 'a guest'}`;
  return { state: 'not_carried', lastError: { code: 'rsvp.not_carried', message, nextTryAt: null } };
}

function toNameView(name: string | null, message: string | null): DifferenceView[] {
  return message === null ? [] : [{ field: 'name', ours: name, luma: null, reason: 'refused', message }];
}
