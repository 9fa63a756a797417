/** Columns that follow Luma: an observation of them is no edit, and nothing of them is sent. */
export interface FollowedColumns {
  url: string | null;
  locationType: 'physical' | 'online' | 'tbd';
  locationCity: string | null;
  locationCountry: string | null;
  /** Null until Luma showed any list. */
  registrationQuestions: readonly object[] | null;
}

/** The same as Luma shows them. A field that is absent stays as it is. */
export interface ShownFollowed {
  url?: string | null;
  locationType?: FollowedColumns['locationType'];
  city?: string | null;
  country?: string | null;
  registrationQuestions?: readonly object[];
}

export const toFollowedColumns = (shown: ShownFollowed): Partial<FollowedColumns> => ({
  ...(shown.url === undefined ? {} : { url: shown.url }),
  ...(shown.locationType === undefined ? {} : { locationType: shown.locationType }),
  ...(shown.city === undefined ? {} : { locationCity: shown.city }),
  ...(shown.country === undefined ? {} : { locationCountry: shown.country }),
  ...(shown.registrationQuestions === undefined ? {} : { registrationQuestions: shown.registrationQuestions }),
});

/** Their names on the wire and in the timeline. */
const NAMES = {
  url: 'url',
  locationType: 'locationType',
  locationCity: 'city',
  locationCountry: 'country',
  registrationQuestions: 'registrationQuestions',
} as const satisfies Record<keyof FollowedColumns, string>;

/**
 * @param isSame Whether two values are the same, lists by their items.
 * @returns columns that changed, and names of those that contradict what was known: a value that was unknown is no
 *   news.
 */
export function compareFollowed(
  before: FollowedColumns,
  shown: Partial<FollowedColumns>,
  isSame: (a: unknown, b: unknown) => boolean,
): { isChanged: boolean; news: string[] } {
  const changed = (Object.keys(shown) as (keyof FollowedColumns)[]).filter(
    (column) => !isSame(before[column], shown[column]),
  );
  return {
    isChanged: changed.length > 0,
    news: changed.filter((column) => before[column] !== null).map((column) => NAMES[column]),
  };
}
