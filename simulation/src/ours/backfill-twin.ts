/** Both sides begin empty here, so nothing was at Luma before us: backfills and first contacts have tests of their own. */
export function createBackfillTwin() {
  return {
    findLinkAnswer: async (_eventId: string) => null,
    findHeld: nothingToAdopt,
    adopt: nothingToAdopt,
  };
}

const nothingToAdopt = async (): Promise<never> => {
  throw new Error('nothing here was at Luma before us');
};
