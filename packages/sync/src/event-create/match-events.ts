import { HOUR_MS } from '@luma-sync/jobs';
import { toPlainName } from '../event/plain-name.js';

/** An event of the app that Luma does not have yet, as far as we know. */
export interface OurEvent {
  eventId: string;
  title: string;
  startsAt: Date;
  /** Ends of the public addresses that are made from its id; nobody else's address ends so. */
  slugEnds: readonly string[];
  /** The address reserved for it, if one was. */
  slug: string | null;
}

/** An event at Luma that is tied to no event of the app. */
export interface TheirEvent {
  lumaEventId: string;
  title: string;
  startsAt: Date;
  slug: string | null;
}

/** What a person said of two events. */
export interface PairAnswer {
  eventId: string;
  lumaEventId: string;
  answer: 'link' | 'keep_apart';
}

export interface Pair {
  eventId: string;
  lumaEventId: string;
}

export type MatchedBy = 'answer' | 'slug' | 'time_and_name';
export type Doubt = 'several_fit' | 'near_in_time' | 'like_name';

export interface Matches {
  pairs: (Pair & { by: MatchedBy })[];
  /** May be the same; only a person can tell. Nothing is done with either side until then. */
  doubts: (Pair & { reason: Doubt })[];
  /** Neither matched nor in doubt. */
  onlyOurs: string[];
  onlyTheirs: string[];
}

/**
 * The same name this far apart may be one event with a wrong time zone or a moved start, or two of a series: a person
 * decides.
 */
export const NEAR_MS = 12 * HOUR_MS;
/** A shorter name is found inside too many others. */
const LIKE_NAME_MIN = 5;

/**
 * Finds which events of the app are which events at Luma. A pair is certain when a person said so, when the address is
 * made from our id, or when start and name fit on both sides and fit nobody else. Anything less is a doubt and never
 * guessed.
 *
 * No I/O, no clock; the order of what is given makes no difference.
 */
export function matchEvents(
  ours: readonly OurEvent[],
  theirs: readonly TheirEvent[],
  answers: readonly PairAnswer[],
): Matches {
  const apart = new Set(answers.filter(({ answer }) => answer === 'keep_apart').map(toKey));
  const open = { ours: new Map(ours.map((our) => [our.eventId, our])), theirs: byId(theirs) };
  const pairs: Matches['pairs'] = [];
  const doubts: Matches['doubts'] = [];
  const close = (pair: Pair): void => {
    open.ours.delete(pair.eventId);
    open.theirs.delete(pair.lumaEventId);
  };
  /** Candidates that fit nobody else become pairs; the others are left as they are. */
  const takeCertain = (candidates: readonly Pair[], by: MatchedBy): Pair[] => {
    const { single, several } = splitByDegree(candidates);
    for (const pair of single) {
      pairs.push({ ...pair, by });
      close(pair);
    }
    return several;
  };
  const takeDoubts = (candidates: readonly Pair[], reason: Doubt): void => {
    for (const pair of candidates) doubts.push({ ...pair, reason });
    candidates.forEach(close);
  };
  const isAllowed = (pair: Pair): boolean => !apart.has(toKey(pair));
  const isOpen = ({ eventId, lumaEventId }: Pair): boolean => open.ours.has(eventId) && open.theirs.has(lumaEventId);

  takeDoubts(
    takeCertain(
      answers
        .filter(({ answer }) => answer === 'link')
        .filter(isOpen)
        .map(toPair),
      'answer',
    ),
    'several_fit',
  );
  takeDoubts(takeCertain(bySlug(open).filter(isAllowed), 'slug'), 'several_fit');
  takeDoubts(takeCertain(byTimeAndName(open).filter(isAllowed), 'time_and_name'), 'several_fit');
  takeDoubts(byNameNearby(open).filter(isAllowed), 'near_in_time');
  takeDoubts(byLikeName(open).filter(isAllowed), 'like_name');
  return {
    pairs: pairs.sort(byKey),
    doubts: doubts.sort(byKey),
    onlyOurs: [...open.ours.keys()].sort(),
    onlyTheirs: [...open.theirs.keys()].sort(),
  };
}

interface Open {
  ours: ReadonlyMap<string, OurEvent>;
  theirs: ReadonlyMap<string, TheirEvent>;
}

function bySlug({ ours, theirs }: Open): Pair[] {
  const reserved = new Map([...ours.values()].flatMap((our) => (our.slug === null ? [] : [[our.slug, our.eventId]])));
  const ends = new Map([...ours.values()].flatMap((our) => our.slugEnds.map((end) => [end, our.eventId] as const)));
  return [...theirs.values()].flatMap(({ slug, lumaEventId }) => {
    if (slug === null) return [];
    const eventId = reserved.get(slug) ?? ends.get(slug.slice(slug.lastIndexOf('-') + 1));
    return eventId === undefined ? [] : [{ eventId, lumaEventId }];
  });
}

function byTimeAndName({ ours, theirs }: Open): Pair[] {
  const keyOf = ({ title, startsAt }: OurEvent | TheirEvent) => `${startsAt.getTime()} ${toPlainName(title)}`;
  return join(ours, theirs, keyOf);
}

function byNameNearby({ ours, theirs }: Open): Pair[] {
  const isNear = (our: OurEvent, their: TheirEvent) =>
    Math.abs(our.startsAt.getTime() - their.startsAt.getTime()) <= NEAR_MS;
  return join(ours, theirs, ({ title }) => toPlainName(title), isNear);
}

function byLikeName({ ours, theirs }: Open): Pair[] {
  const isLike = (our: OurEvent, their: TheirEvent): boolean => {
    const names = [toPlainName(our.title), toPlainName(their.title)].sort((a, b) => a.length - b.length);
    const [shorter = '', longer = ''] = names;
    return shorter.length >= LIKE_NAME_MIN && longer.includes(shorter);
  };
  return join(ours, theirs, ({ startsAt }) => String(startsAt.getTime()), isLike);
}

/** Every pair of both sides with the same key that also fits. */
function join(
  ours: Open['ours'],
  theirs: Open['theirs'],
  keyOf: (event: OurEvent | TheirEvent) => string,
  fits: (our: OurEvent, their: TheirEvent) => boolean = () => true,
): Pair[] {
  const byKeyOf = new Map<string, TheirEvent[]>();
  for (const their of theirs.values()) {
    const key = keyOf(their);
    const same = byKeyOf.get(key);
    if (same === undefined) byKeyOf.set(key, [their]);
    else same.push(their);
  }
  return [...ours.values()].flatMap((our) =>
    (byKeyOf.get(keyOf(our)) ?? [])
      .filter((their) => fits(our, their))
      .map(({ lumaEventId }) => ({ eventId: our.eventId, lumaEventId })),
  );
}

function splitByDegree(pairs: readonly Pair[]): { single: Pair[]; several: Pair[] } {
  const degree = new Map<string, number>();
  for (const { eventId, lumaEventId } of pairs) {
    for (const end of [`ours ${eventId}`, `theirs ${lumaEventId}`]) degree.set(end, (degree.get(end) ?? 0) + 1);
  }
  const isSingle = ({ eventId, lumaEventId }: Pair) =>
    degree.get(`ours ${eventId}`) === 1 && degree.get(`theirs ${lumaEventId}`) === 1;
  return { single: pairs.filter(isSingle), several: pairs.filter((pair) => !isSingle(pair)) };
}

const byId = (events: readonly TheirEvent[]): Map<string, TheirEvent> =>
  new Map(events.map((event) => [event.lumaEventId, event]));
const toPair = ({ eventId, lumaEventId }: Pair): Pair => ({ eventId, lumaEventId });
const toKey = ({ eventId, lumaEventId }: Pair): string => `${eventId} ${lumaEventId}`;
const byKey = (a: Pair, b: Pair): number => (toKey(a) < toKey(b) ? -1 : 1);
