import type { ImportedThere } from '@luma-sync/store';
import type { Tables } from './tables.js';

/**
 * Both sides begin empty here, as after a backfill that found nothing. A push compares its event with those that hosts made since, which never have
 * the name of one of the app's: adopting and asking have tests of their own.
 */
export function createBackfillTwin(tables: Tables) {
  const importedBetween = (from: Date, to: Date): (ImportedThere & { eventId: string; calendarId: string })[] =>
    [...tables.events.values()].flatMap(({ id, source, title, startsAt }) => {
      const link = tables.eventLinks.get(id);
      if (source !== 'luma' || link?.lumaEventId == null || link.state === 'source_deleted') return [];
      if (startsAt < from || startsAt > to) return [];
      const { lumaEventId, slug, calendarId } = link;
      return [{ eventId: id, calendarId, lumaEventId, title, startsAt, slug, url: null }];
    });
  return {
    findLinkAnswer: async (_eventId: string) => null,
    howIsCalendarKnown: async (_calendarId: string) => 'compared' as const,
    listImportedThere: async ({ from, to }: { calendarId: string; from: Date; to: Date }) => importedBetween(from, to),
    listUnlinked: async () => [],
    listAnswers: async (_calendarId: string) => [],
    findHeld: async (lumaEventIds: readonly string[]) =>
      new Map(
        importedBetween(new Date(0), new Date(8.64e15))
          .filter(({ lumaEventId }) => lumaEventIds.includes(lumaEventId))
          .map(({ eventId, calendarId, lumaEventId }) => [lumaEventId, { eventId, calendarId, isImported: true }]),
      ),
    adopt: nothingAlike,
    askOnFirstContact: nothingAlike,
  };
}

const nothingAlike = async (): Promise<never> => {
  throw new Error('nothing of Luma’s has the name of one of the app’s');
};
