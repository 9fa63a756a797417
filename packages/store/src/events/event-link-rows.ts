import type { EventLink, EventLinkChange, LinkError, TagsBase } from '@luma-sync/domain';
import type { Db } from '../database.js';
import { Prisma, type EventLink as Row } from '../generated/client.js';
import { toRegistrationRefusal, toSyncEventLink } from './event-records.js';

/** Locks the link of an event until the transaction ends. */
export async function lockEventLink(tx: Db, eventId: string): Promise<EventLink | null> {
  await tx.$executeRaw`select 1 from event_links where event_id = ${eventId}::uuid for update`;
  const row = await tx.eventLink.findUnique({ where: { eventId } });
  return row === null ? null : toEventLink(row);
}

/** Writes what a transition changes, and nothing else of the link. */
export async function writeEventLink(tx: Db, eventId: string, change: EventLinkChange): Promise<void> {
  if (Object.keys(change).length === 0) return;
  await tx.eventLink.update({ where: { eventId }, data: toEventLinkColumns(change) });
}

/** Locks the link, lets a transition decide, and writes. @returns the link before; null when there is none. */
export async function changeEventLink(
  tx: Db,
  eventId: string,
  transition: (link: EventLink) => EventLinkChange,
): Promise<{ link: EventLink; isChanged: boolean } | null> {
  const link = await lockEventLink(tx, eventId);
  if (link === null) return null;
  const change = transition(link);
  await writeEventLink(tx, eventId, change);
  return { link, isChanged: Object.keys(change).length > 0 };
}

function toEventLink(row: Row): EventLink {
  const { checkedAt, syncedAt, guestsPulledAt } = row;
  return {
    ...toSyncEventLink(row),
    ...{ checkedAt, syncedAt, guestsPulledAt },
    registrationRefused: toRegistrationRefusal(row),
    // Written only by this package, from the same types.
    tagsBase: row.tagsBase as unknown as TagsBase | null,
    lastError: row.lastError as unknown as LinkError | null,
  };
}

/** Prisma's data for a change. */
export function toEventLinkColumns({ base, tagsBase, lastError, registrationRefused, ...plain }: EventLinkChange) {
  return {
    ...plain,
    ...(registrationRefused === undefined
      ? {}
      : {
          registrationRefused: registrationRefused?.message ?? null,
          registrationRefusedValue: registrationRefused?.value ?? null,
        }),
    ...(base === undefined ? {} : { base: toJson(base) }),
    ...(tagsBase === undefined ? {} : { tagsBase: toJson(tagsBase) }),
    ...(lastError === undefined ? {} : { lastError: toJson(lastError) }),
  };
}

const toJson = (value: object | null) => (value === null ? Prisma.DbNull : (value as Prisma.InputJsonObject));
