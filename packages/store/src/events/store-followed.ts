import { isDeepStrictEqual } from 'node:util';
import { compareFollowed, type FollowedColumns, type ShownFollowed, toFollowedColumns } from '@luma-sync/domain';
import type { Database, Db } from '../database.js';
import type { Prisma } from '../generated/client.js';
import { fencedTransaction, type LeaseHolder } from '../leases.js';
import type { ErasedAddresses } from '../personal-data/erased-addresses.js';
import { withoutErasedHosts } from '../personal-data/without-erased.js';
import { appendTimeline } from '../timeline/append-timeline.js';
import { type ObservedHost, withoutRepeatedHosts } from './import-events.js';

/** What Luma alone decides, as it shows it now. A field that is absent stays as it is. */
export interface FollowedChange extends ShownFollowed {
  eventId: string;
  /** All hosts that Luma shows. */
  hosts?: readonly ObservedHost[];
  via: string;
  observedAt: Date;
}

/**
 * Stores what follows Luma: it is no edit, and nothing of it is sent.
 *
 * @returns true when it contradicts what was known. A value that was unknown is stored without an entry in the
 *   timeline.
 */
export async function storeFollowed(
  db: Database,
  holder: LeaseHolder,
  change: FollowedChange,
  erased: Pick<ErasedAddresses, 'find'>,
): Promise<boolean> {
  const { eventId, via, observedAt } = change;
  return fencedTransaction(db, holder, async (tx) => {
    const fields = [
      ...(await followColumns(tx, change)),
      ...(change.hosts === undefined
        ? []
        : await followHosts(tx, eventId, await withoutErasedHosts(tx, erased, change.hosts))),
    ];
    if (fields.length === 0) return false;
    const fact = { fact: 'event-changed-there', fields, via, seenAt: observedAt.toISOString() } as const;
    await appendTimeline(tx, [{ recordType: 'event', recordId: eventId, operationId: holder.operationId, fact }]);
    return true;
  });
}

/** @returns names of the fields that had another value. */
async function followColumns(tx: Db, change: FollowedChange): Promise<string[]> {
  const shown = toFollowedColumns(change);
  if (Object.keys(shown).length === 0) return [];
  const where = { id: change.eventId };
  const before = await tx.event.findUniqueOrThrow({
    where,
    select: { url: true, locationType: true, locationCity: true, locationCountry: true, registrationQuestions: true },
  });
  const { registrationQuestions } = before;
  const known = { ...before, registrationQuestions: registrationQuestions as readonly object[] | null };
  const { isChanged, news } = compareFollowed(known, shown, isDeepStrictEqual);
  if (isChanged) await tx.event.update({ where, data: toColumns(shown) });
  return news;
}

function toColumns({ registrationQuestions, ...plain }: Partial<FollowedColumns>) {
  if (registrationQuestions == null) return plain;
  return { ...plain, registrationQuestions: registrationQuestions as Prisma.InputJsonArray };
}

/**
 * Luma's newest name and address of a host are the host's. A host who is no longer shown goes, but for the one that the
 * app named.
 *
 * @returns `hosts`, where others were known before.
 */
async function followHosts(tx: Db, eventId: string, shown: readonly ObservedHost[]): Promise<string[]> {
  const where = { eventId, lumaUserId: { not: null } };
  const select = { lumaUserId: true, name: true, email: true } as const;
  const before = (await tx.eventHost.findMany({ where, select })).sort(byId);
  const hosts = withoutRepeatedHosts(shown).sort(byId);
  if (isDeepStrictEqual(before, hosts)) return [];
  const lumaUserIds = hosts.map(({ lumaUserId }) => lumaUserId);
  await tx.eventHost.deleteMany({
    where: { eventId, externalId: null, lumaUserId: { not: null, notIn: lumaUserIds } },
  });
  for (const { lumaUserId, name, email } of hosts)
    await tx.eventHost.upsert({
      where: { eventId_lumaUserId: { eventId, lumaUserId } },
      create: { eventId, lumaUserId, name, email, role: 'luma' },
      update: { name, email, lastSeenAt: new Date() },
    });
  await tx.event.update({ where: { id: eventId }, data: { updatedAt: new Date() } });
  return before.length === 0 ? [] : ['hosts'];
}

const byId = (a: { lumaUserId: string | null }, b: { lumaUserId: string | null }): number =>
  (a.lumaUserId ?? '') < (b.lumaUserId ?? '') ? -1 : 1;
