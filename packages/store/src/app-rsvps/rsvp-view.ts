import { toStoredError } from '../app-events/event-view.js';
import type { Db } from '../database.js';
import type { Prisma, Rsvp, RsvpLink } from '../generated/client.js';

/** An RSVP with its person and how it stands with Luma. */
export interface RsvpView {
  rsvp: Rsvp;
  /** `key` names the person in paths: the app's id, else ours. */
  person: { id: string; key: string; name: string | null; email: string | null; phone: string | null };
  link: RsvpLink | null;
  sync: {
    /** Null when there is nothing Luma should be told. */
    state: RsvpLink['state'] | null;
    lastError: { code: string; message: string } | null;
  };
}

const RSVP_VIEW = { person: true, link: true } as const satisfies Prisma.RsvpInclude;
type RsvpRow = Prisma.RsvpGetPayload<{ include: typeof RSVP_VIEW }>;

export async function findRsvpView(db: Db, eventId: string, personId: string): Promise<RsvpView | null> {
  const row = await db.rsvp.findUnique({ where: { eventId_personId: { eventId, personId } }, include: RSVP_VIEW });
  return row === null ? null : toRsvpView(row);
}

export async function getRsvpView(db: Db, eventId: string, personId: string): Promise<RsvpView> {
  const view = await findRsvpView(db, eventId, personId);
  if (view === null) throw new Error(`no RSVP of person ${personId} for event ${eventId}`);
  return view;
}

export interface RsvpQuery {
  status?: Rsvp['status'] | undefined;
  /** The last one of the page before. */
  after?: { at: Date; id: string } | undefined;
  limit: number;
}

/** In the order they were first given. */
export async function listRsvps(db: Db, eventId: string, { status, after, limit }: RsvpQuery): Promise<RsvpView[]> {
  const rows = await db.rsvp.findMany({
    where: {
      eventId,
      ...(status === undefined ? {} : { status }),
      ...(after === undefined
        ? {}
        : { OR: [{ createdAt: { gt: after.at } }, { createdAt: after.at, id: { gt: after.id } }] }),
    },
    include: RSVP_VIEW,
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    take: limit,
  });
  return rows.map(toRsvpView);
}

function toRsvpView({ person, link, ...rsvp }: RsvpRow): RsvpView {
  return {
    rsvp,
    person: {
      id: person.id,
      key: person.externalId ?? person.id,
      name: person.name,
      email: person.email,
      phone: person.phone,
    },
    link,
    sync: { state: link?.state ?? null, lastError: toStoredError(link?.lastError) },
  };
}
