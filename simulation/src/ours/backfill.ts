import { eventLinks, ruleOfOwner } from '@luma-sync/domain';
import type { BackfillStore, LeaseHolder } from '@luma-sync/store';
import type { Operations } from './operations.js';
import { type Tables, toJsonb } from './tables.js';

type Adoption = Parameters<BackfillStore['adopt']>[1];

/**
 * Both sides begin empty here, as after a backfill that found nothing. A push compares its event with those that hosts
 * made since, which never have the name of one of the app's: adopting and asking have tests of their own.
 */
export function createInMemoryBackfills(tables: Tables, operations: Operations) {
  const findImported = (lumaEventId: string) =>
    [...tables.events.values()].flatMap(({ id: eventId, source }) => {
      const link = tables.eventLinks.get(eventId);
      if (source !== 'luma' || link?.lumaEventId !== lumaEventId || link.state === 'source_deleted') return [];
      return [[lumaEventId, { eventId, calendarId: link.calendarId, isImported: true }] as const];
    });
  return {
    findLinkAnswer: async (_eventId: string) => null,
    findDiscoveryState: async (_calendarId: string) => 'compared' as const,
    listUnlinked: async () => [],
    listAnswers: async (_calendarId: string) => [],
    findHeld: async (lumaEventIds: readonly string[]) => new Map(lumaEventIds.flatMap(findImported)),
    adopt: async (holder: LeaseHolder, adoption: Adoption) => adopt(tables, operations, holder, adoption),
    askBeforeAdoption: nothingAlike,
  };
}

/** As `adoptLumaEvent`, of an event that was not imported before. */
function adopt(tables: Tables, operations: Operations, holder: LeaseHolder, adoption: Adoption): boolean {
  operations.assertOwner(holder);
  const { eventId, lumaEventId, slug } = adoption;
  const links = [...tables.eventLinks];
  const event = tables.events.get(eventId);
  const known = tables.eventLinks.get(eventId) ?? null;
  const [holderId = null] = links.find(([, link]) => link.lumaEventId === lumaEventId) ?? [];
  const ours = event === undefined ? null : { ...event, lumaEventId: known?.lumaEventId ?? null };
  if (event === undefined || !eventLinks.mayAdopt(ours, holderId, adoption)) return false;
  if (adoption.mergesEventId !== null) throw new Error('no event here was imported and is one of the app’s as well');
  Object.assign(event, eventLinks.toAdoptedEvent(adoption));
  const isSlugTaken = links.some(([id, link]) => id !== eventId && eventLinks.hasAddress(link, slug));
  const adopted = eventLinks.adoptEvent(adoption, isSlugTaken);
  const link = { ...(known ?? eventLinks.newEventLink(adoption.calendarId)), ...adopted };
  tables.eventLinks.set(eventId, { ...link, base: toJsonb(adoption.base) });
  for (const { field, base = null, ours: our = null, theirs = null, kept } of adoption.conflicts) {
    const conflict = { base, ours: our, theirs, rule: ruleOfOwner(kept), resolution: kept };
    tables.conflicts.push({ recordType: 'event', recordId: eventId, field, ...conflict });
  }
  return true;
}

const nothingAlike = async (): Promise<never> => {
  throw new Error('nothing of Luma’s has the name of one of the app’s');
};
