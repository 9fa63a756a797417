import { type Base, type EventState, eventLinks, type LocationType } from '@luma-sync/domain';
import type { Database } from '../database.js';
import type { Prisma } from '../generated/client.js';
import { fencedTransaction, type LeaseHolder } from '../leases.js';
import type { ErasedAddresses } from '../personal-data/erased-addresses.js';
import { withoutErasedHosts } from '../personal-data/without-erased.js';
import { isUniqueViolation } from '../store-error.js';
import { appendTimeline } from '../timeline/append-timeline.js';
import { toVisibilityColumn } from './event-columns.js';
import { toEventLinkColumns } from './event-link-rows.js';

export interface ObservedHost {
  lumaUserId: string;
  name: string | null;
  email: string | null;
}

/** Luma may list one user twice: the last entry counts. */
export const withoutRepeatedHosts = (hosts: readonly ObservedHost[]): ObservedHost[] => [
  ...new Map(hosts.map((host) => [host.lumaUserId, host])).values(),
];

export interface ImportedEvent {
  calendarId: string;
  lumaEventId: string;
  lumaCreatedAt: Date | null;
  slug: string | null;
  url: string | null;
  ownership: 'created' | 'referenced';
  state: EventState;
  locationType: LocationType;
  base: Base<EventState>;
  observedAt: Date;
  registrationQuestions: readonly object[] | null;
  /** Null where the observation shows none. */
  tags: readonly string[] | null;
  city: string | null;
  country: string | null;
  hosts: readonly ObservedHost[];
  via: string;
}

/**
 * Makes our record of an event that began at Luma.
 *
 * @returns its id, or null when another run made it first.
 */
export async function importLumaEvent(
  db: Database,
  holder: LeaseHolder,
  imported: ImportedEvent,
  erased: Pick<ErasedAddresses, 'find'>,
): Promise<string | null> {
  const { state } = imported;
  try {
    return await fencedTransaction(db, holder, async (tx) => {
      // An address that moved on to another event at Luma still stands with the one that had it here.
      const isSlugTaken = imported.slug !== null && (await tx.eventLink.count({ where: { slug: imported.slug } })) > 0;
      const linked = eventLinks.linkImported(imported, isSlugTaken);
      const link = { ...toEventLinkColumns(linked), calendarId: linked.calendarId, state: linked.state };
      const hosts = await withoutErasedHosts(tx, erased, withoutRepeatedHosts(imported.hosts));
      const event = await tx.event.create({
        data: {
          source: 'luma',
          ownership: imported.ownership,
          approval: 'approved',
          title: state.title,
          descriptionMd: state.description,
          startsAt: new Date(state.startsAt),
          endsAt: new Date(state.endsAt),
          timezone: state.timezone,
          locationType: imported.locationType,
          locationAddress: state.address,
          ...(imported.registrationQuestions === null
            ? {}
            : { registrationQuestions: imported.registrationQuestions as Prisma.InputJsonArray }),
          tags: [...(imported.tags ?? [])],
          locationCity: imported.city,
          locationCountry: imported.country,
          locationLat: state.coordinate?.lat ?? null,
          locationLng: state.coordinate?.lng ?? null,
          meetingUrl: state.meetingUrl,
          coverUrl: state.cover,
          visibility: toVisibilityColumn(state.visibility),
          capacity: state.capacity,
          url: imported.url,
          hosts: { create: hosts.map((host) => ({ ...host, role: 'luma' })) },
          link: { create: link },
        },
        select: { id: true },
      });
      await appendTimeline(tx, [
        {
          recordType: 'event',
          recordId: event.id,
          operationId: holder.operationId,
          fact: { fact: 'event-first-seen', via: imported.via, seenAt: imported.observedAt.toISOString() },
        },
      ]);
      return event.id;
    });
  } catch (error) {
    if (isUniqueViolation(error)) return null;
    throw error;
  }
}
