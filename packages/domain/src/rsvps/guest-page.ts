import { type GuestPlan, type HeldRsvp, planGuest, type SeenGuest } from './plan-guest.js';

/** A guest of a page, and what we hold of them. */
interface Match {
  guest: Omit<SeenGuest, 'at'> & { lumaGuestId: string };
  /** Our RSVP of this guest, when we have one. */
  rsvp: HeldRsvp | null;
  /** The person, when we know them. */
  personId: string | null;
  /** Our RSVP of the same person, when this is another entry of theirs at Luma, and the entry that it is linked to. */
  secondOf: { rsvpId: string; lumaGuestId: string | null } | null;
  /** The RSVP, or the one it is a second entry of, was written since the read began. */
  isContested: boolean;
}

/** A guest who is a second entry of a person at the event. It counts for nothing while the first entry is there. */
export interface SecondEntry {
  rsvpId: string;
  /** The entry that the RSVP is linked to. */
  linkedGuestId: string;
  lumaGuestId: string;
}

export interface GuestPagePlan<M extends Match> {
  writes: { match: M; plan: Extract<GuestPlan, { kind: 'write' }> }[];
  unchanged: number;
  unknownStatus: number;
  /** Luma's ids of guests who differ from an RSVP that was written during the read: a further read settles them. */
  contested: string[];
  /** Person of each guest, by Luma's id, as far as known. */
  personIds: Map<string, string>;
  secondMatches: M[];
  /** Of persons whose linked entry the page does not show. */
  seconds: SecondEntry[];
}

/**
 * Decides what a page of guests changes. All guests are merged with what is held before the first of them is written.
 */
export function planGuestPage<M extends Match>(
  matches: readonly M[],
  { observedAt, source }: { observedAt: Date; source: 'app' | 'luma' | 'ical' },
): GuestPagePlan<M> {
  const secondMatches = matches.filter(({ secondOf, isContested }) => secondOf !== null && !isContested);
  const result: GuestPagePlan<M> = {
    ...{ writes: [], unchanged: 0, unknownStatus: 0, contested: [], personIds: new Map() },
    ...{ secondMatches, seconds: toSecondEntries(secondMatches, matches) },
  };
  for (const match of matches) {
    if (match.secondOf !== null) continue;
    const { lumaGuestId } = match.guest;
    const plan = planGuest(match.rsvp, { ...match.guest, at: observedAt }, source === 'app' ? 'ours' : 'theirs');
    if (match.personId !== null) result.personIds.set(lumaGuestId, match.personId);
    if (plan.kind === 'unchanged') result.unchanged += 1;
    else if (plan.kind === 'unknown-status') result.unknownStatus += 1;
    else if (match.isContested) result.contested.push(lumaGuestId);
    else result.writes.push({ match, plan });
  }
  return result;
}

function toSecondEntries(seconds: readonly Match[], shown: readonly Match[]): SecondEntry[] {
  const shownIds = new Set(shown.map(({ guest }) => guest.lumaGuestId));
  return seconds.flatMap(({ guest: { lumaGuestId }, secondOf }) =>
    secondOf === null || secondOf.lumaGuestId === null || shownIds.has(secondOf.lumaGuestId)
      ? []
      : [{ rsvpId: secondOf.rsvpId, linkedGuestId: secondOf.lumaGuestId, lumaGuestId }],
  );
}

/** A page may show a guest twice when rows moved under the listing: the later one counts. */
export const withoutRepeats = <G extends { lumaGuestId: string }>(guests: readonly G[]): G[] => [
  ...new Map(guests.map((guest) => [guest.lumaGuestId, guest])).values(),
];

/** Which rule decided between two answers. */
export const ruleOfConflict = ({ theirs, kept }: { theirs: string; kept: 'ours' | 'theirs' }) =>
  theirs === 'declined' ? 'declined_stays' : ruleOfOwner(kept);

/** The side that the record began on decides. */
export const ruleOfOwner = (kept: 'ours' | 'theirs') => (kept === 'ours' ? 'owner_app' : 'owner_luma');
