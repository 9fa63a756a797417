import { couponEmail } from '@luma-sync/jobs';
import type { Db } from '../database.js';
import { type StoredError, toStoredError } from '../events/event-view.js';
import type { Message, Prisma } from '../generated/client.js';
import { olderThan } from '../older-than.js';
import { findRetries } from '../operations/find-retries.js';
import { eventsWithin, type Reach } from '../reach/reach.js';

/** A mail in the ledger, without its content and without the address it went to. */
export interface MessageView {
  id: string;
  kind: string;
  state: Message['state'];
  /** What the event and the person are called in paths; null for a mail of another kind. */
  eventKey: string | null;
  personKey: string | null;
  providerId: string | null;
  askedAt: Date | null;
  sentAt: Date | null;
  lastError: StoredError | null;
  createdAt: Date;
}

export interface MessageQuery {
  state?: Message['state'] | undefined;
  eventId?: string | undefined;
  personId?: string | undefined;
  /** Only what the caller reaches; absent: all. */
  reach?: Reach;
  /** The last one of the page before. */
  after?: { at: Date; id: string } | undefined;
  limit: number;
}

const VIEW = {
  assignment: {
    select: {
      event: { select: { id: true, externalId: true } },
      person: { select: { id: true, externalId: true } },
    },
  },
} as const satisfies Prisma.MessageInclude;

/** Newest first. */
export async function listMessages(
  db: Db,
  { state, eventId, personId, after, limit, reach = null }: MessageQuery,
): Promise<MessageView[]> {
  const rows = await db.message.findMany({
    where: {
      ...(state === undefined ? {} : { state }),
      ...(eventId === undefined && personId === undefined && reach === null
        ? {}
        : {
            assignment: {
              ...(eventId === undefined ? {} : { eventId }),
              ...(personId === undefined ? {} : { personId }),
              ...(reach === null ? {} : { event: { AND: eventsWithin(reach) } }),
            },
          }),
      ...(after === undefined ? {} : olderThan('createdAt', after)),
    },
    include: VIEW,
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: limit,
  });
  return toViews(db, rows);
}

export async function findMessage(db: Db, id: string): Promise<MessageView | null> {
  const row = await db.message.findUnique({ where: { id }, include: VIEW });
  const [view] = row === null ? [] : await toViews(db, [row]);
  return view ?? null;
}

type MessageRow = Prisma.MessageGetPayload<{ include: typeof VIEW }>;

/** A mail that is still to go out says why the last attempt failed, and when the next one is. */
async function toViews(db: Db, rows: readonly MessageRow[]): Promise<MessageView[]> {
  const waiting = rows.filter(({ state }) => state === 'reserved');
  const retries = await findRetries(db, waiting.flatMap(toDedupeKey));
  return rows.map((row) => {
    const [key = ''] = row.state === 'reserved' ? toDedupeKey(row) : [];
    return toView(row, retries.get(key));
  });
}

const toDedupeKey = ({ assignmentId }: MessageRow): string[] =>
  assignmentId === null ? [] : [couponEmail.dedupeKey({ assignmentId })];

function toView({ assignment, lastError, ...row }: MessageRow, retry: StoredError | undefined): MessageView {
  const { id, kind, state, providerId, askedAt, sentAt, createdAt } = row;
  return {
    ...{ id, kind, state, providerId, askedAt, sentAt, createdAt },
    eventKey: assignment === null ? null : (assignment.event.externalId ?? assignment.event.id),
    personKey: assignment === null ? null : (assignment.person.externalId ?? assignment.person.id),
    lastError: retry ?? toStoredError(lastError),
  };
}
