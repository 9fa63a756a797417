import { eventPush } from '@luma-sync/jobs';
import type { Db } from '../database.js';
import type { Event, EventHost, EventLink, Prisma } from '../generated/client.js';
import { type DifferenceView, toDifferenceViews } from './difference-view.js';

/** An event with how it stands with Luma. */
export interface EventView {
  event: Event;
  /** The host the app named. */
  host: EventHost | null;
  /** Everybody who hosts it, named by either side. */
  hosts: readonly EventHost[];
  link: EventLink | null;
  sync: EventSync;
  /** People who are going. */
  rsvpCount: number;
}

export interface EventSync {
  /** Null while nothing is to be pushed: the event is not approved and not linked. */
  state: EventLink['state'] | null;
  pushedRevision: number;
  syncedAt: Date | null;
  lastError: StoredError | null;
  /** Fields that Luma does not hold as we have them. */
  notAtLuma: DifferenceView[];
}

/** `nextTryAt` where the same is tried again by itself. */
export interface StoredError {
  code: string;
  message: string;
  nextTryAt: Date | null;
}

export const EVENT_VIEW = {
  link: true,
  hosts: { orderBy: { id: 'asc' } },
} as const satisfies Prisma.EventInclude;

type EventRow = Prisma.EventGetPayload<{ include: typeof EVENT_VIEW }>;

export async function findEventView(db: Db, eventId: string): Promise<EventView | null> {
  const row = await db.event.findUnique({ where: { id: eventId }, include: EVENT_VIEW });
  if (row === null) return null;
  const [view] = await toEventViews(db, [row]);
  return view ?? null;
}

export async function getEventView(db: Db, eventId: string): Promise<EventView> {
  const view = await findEventView(db, eventId);
  if (view === null) throw new Error(`event ${eventId} does not exist`);
  return view;
}

export async function toEventViews(db: Db, rows: readonly EventRow[]): Promise<EventView[]> {
  const failures = await findPushFailures(
    db,
    rows.filter(mayBeRetried).map(({ id }) => id),
  );
  const going = await countGoing(
    db,
    rows.map(({ id }) => id),
  );
  return rows.map(({ link, hosts, ...event }) => ({
    event,
    host: hosts.find(({ externalId }) => externalId !== null) ?? null,
    hosts,
    link,
    sync: toEventSync(event, link, failures.get(event.id) ?? null),
    rsvpCount: going.get(event.id) ?? 0,
  }));
}

/** Of the given events alone: a join with all answers would count those of every event first. */
async function countGoing(db: Db, eventIds: readonly string[]): Promise<Map<string, number>> {
  if (eventIds.length === 0) return new Map();
  const rows = await db.$queryRaw<{ eventId: string; count: number }[]>`
    select event_id as "eventId", count(*)::int as count from rsvps
    where event_id = any(${[...eventIds]}::uuid[]) and status = 'going' group by event_id`;
  return new Map(rows.map(({ eventId, count }) => [eventId, count]));
}

/**
 * A link is made when the first push begins, so an approved event without one waits for its push; unless that push was
 * given up before it could choose a calendar.
 */
function toEventSync(event: Event, link: EventLink | null, failure: EventSync['lastError']): EventSync {
  if (link !== null) {
    const { state, pushedRevision, syncedAt } = link;
    const notAtLuma = toDifferenceViews(event, link);
    // While a push is tried again its link says nothing of it, or why an earlier run was put off.
    const retried = failure?.nextTryAt == null ? null : failure;
    return { state, pushedRevision, syncedAt, lastError: retried ?? toStoredError(link.lastError), notAtLuma };
  }
  const unlinked = { pushedRevision: 0, syncedAt: null, notAtLuma: [] };
  if (event.approval !== 'approved') return { state: null, lastError: null, ...unlinked };
  const isOver = failure !== null && failure.nextTryAt === null;
  return { state: isOver ? 'push_failed' : 'pending_push', lastError: failure, ...unlinked };
}

/** What waits for its push, or for the next try of one. */
const mayBeRetried = ({ link, approval }: EventRow): boolean =>
  link === null ? approval === 'approved' : link.state === 'pending_push';

async function findPushFailures(db: Db, eventIds: readonly string[]): Promise<Map<string, StoredError>> {
  if (eventIds.length === 0) return new Map();
  const rows = await db.$queryRaw<
    { eventId: string; hasFailed: boolean; code: string | null; message: string | null; nextTryAt: Date | null }[]
  >`
    select distinct on (event_id) event_id as "eventId", error_code as code, error_message as message,
      state = 'failed' or (state = 'queued' and error_code is not null and run_after > now()) as "hasFailed",
      case when state = 'queued' then run_after end as "nextTryAt"
    from operations where event_id = any(${[...eventIds]}::uuid[]) and job = ${eventPush.name}
    order by event_id, created_at desc`;
  return new Map(
    rows
      .filter(({ hasFailed }) => hasFailed)
      .map(({ eventId, code, message, nextTryAt }) => [
        eventId,
        { code: code ?? 'unknown', message: message ?? '', nextTryAt },
      ]),
  );
}

/** Stored as `{code, message, at}`, with `nextTryAt` where it is tried again. */
export function toStoredError(stored: unknown): StoredError | null {
  if (typeof stored !== 'object' || stored === null) return null;
  const { code, message, nextTryAt } = stored as { code?: unknown; message?: unknown; nextTryAt?: unknown };
  return {
    code: String(code ?? 'unknown'),
    message: String(message ?? ''),
    nextTryAt: typeof nextTryAt === 'string' ? new Date(nextTryAt) : null,
  };
}
