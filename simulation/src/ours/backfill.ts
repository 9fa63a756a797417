import type { Tables } from './tables.js';

/**
 * Both sides begin empty here, as after a backfill that found nothing. A push compares its event with those that hosts
 * made since, which never have the name of one of the app's: adopting and asking have tests of their own.
 */
export function createInMemoryBackfills(tables: Tables) {
  const findImported = (lumaEventId: string) =>
    [...tables.events.values()].flatMap(({ id: eventId, source }) => {
      const link = tables.eventLinks.get(eventId);
      if (source !== 'luma' || link?.lumaEventId !== lumaEventId || link.state === 'source_deleted') return [];
      return [[lumaEventId, { eventId, calendarId: link.calendarId, isImported: true }] as const];
    });
  return {
    findLinkAnswer: async (_eventId: string) => null,
    howIsCalendarKnown: async (_calendarId: string) => 'compared' as const,
    listUnlinked: async () => [],
    listAnswers: async (_calendarId: string) => [],
    findHeld: async (lumaEventIds: readonly string[]) => new Map(lumaEventIds.flatMap(findImported)),
    adopt: nothingAlike,
    askOnFirstContact: nothingAlike,
  };
}

const nothingAlike = async (): Promise<never> => {
  throw new Error('nothing of Luma’s has the name of one of the app’s');
};
