/** Both sides begin empty here, so nothing was at Luma before us: backfills and first contacts have tests of their own. */
export function createBackfillTwin() {
  return {
    findLinkAnswer: async (_eventId: string) => null,
    howIsCalendarKnown: async (_calendarId: string) => 'compared' as const,
    listImportedThere: nothingToCompare,
    listUnlinked: nothingToCompare,
    listAnswers: nothingToCompare,
    findHeld: nothingToCompare,
    adopt: nothingToCompare,
    askOnFirstContact: nothingToCompare,
  };
}

const nothingToCompare = async (): Promise<never> => {
  throw new Error('nothing here was at Luma before us');
};
