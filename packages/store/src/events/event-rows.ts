import type { Db } from '../database.js';
import type { Event, EventHost, EventLink, Prisma } from '../generated/client.js';

export interface EventAndLink {
  event: Event;
  link: EventLink | null;
}

export async function getEventAndLink(tx: Db, id: string): Promise<EventAndLink> {
  const { link, ...event } = await tx.event.findUniqueOrThrow({ where: { id }, include: { link: true } });
  return { event, link };
}

export async function getEventLinkAndHosts(tx: Db, id: string): Promise<EventAndLink & { hosts: EventHost[] }> {
  const include = { link: true, hosts: true } as const;
  const { link, hosts, ...event } = await tx.event.findUniqueOrThrow({ where: { id }, include });
  return { event, link, hosts };
}

/** The calendar that the event is pinned to; null while it is linked to none. */
export async function findLinkedCalendarId(tx: Db, eventId: string): Promise<string | null> {
  const link = await tx.eventLink.findUnique({ where: { eventId }, select: { calendarId: true } });
  return link?.calendarId ?? null;
}

/** The host of an event as an app names it. */
export type HostRow = Pick<EventHost, 'name' | 'email' | 'role'> & { externalId: string };

export function insertEvent(tx: Db, event: Prisma.EventUncheckedCreateInput, host: HostRow | null): Promise<Event> {
  const hosts = host === null ? {} : { hosts: { create: { ...host } } };
  return tx.event.create({ data: { ...event, ...hosts } });
}

/** Columns that an edit or a command changes. Each change is a revision, which Luma has to hear of. */
export type EventChange = Omit<Prisma.EventUncheckedUpdateInput, 'id' | 'revision'>;

export function reviseEvent(tx: Db, id: string, change: EventChange): Promise<Event> {
  return tx.event.update({ where: { id }, data: { ...change, revision: { increment: 1 } } });
}

/** The host that the app names takes the place of the one it named before. Hosts that Luma shows stay. */
export async function replaceHost(tx: Db, eventId: string, host: HostRow): Promise<void> {
  const { externalId, ...rest } = host;
  await tx.eventHost.deleteMany({ where: { eventId, externalId: { not: null }, NOT: { externalId } } });
  await tx.eventHost.upsert({
    where: { eventId_externalId: { eventId, externalId } },
    create: { eventId, externalId, ...rest },
    update: { ...rest, lastSeenAt: new Date() },
  });
}

export async function isOrganizationKnown(tx: Db, id: string): Promise<boolean> {
  return (await tx.organization.count({ where: { id } })) > 0;
}

/** A person's command to cancel at Luma for good; a newer one takes the place of one that was not begun. */
export async function storeCancellation(
  tx: Db,
  operationId: string,
  command: { eventId: string; guests: number; refund: boolean | null; actor: string },
): Promise<void> {
  await tx.eventCancellation.upsert({
    where: { operationId },
    create: { operationId, ...command },
    update: command,
  });
}
