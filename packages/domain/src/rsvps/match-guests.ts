import { toNormalForm } from '../text/linear.js';

/** What tells who a guest at Luma is. */
export interface GuestKeys {
  lumaGuestId: string;
  /** Lower case. Null for a guest who signed up by phone: they are told by Luma's id and their phone alone. */
  email: string | null;
  name: string | null;
  /** E.164 */
  phone: string | null;
}

/** An RSVP of the event that one of the guests may be. */
export interface RsvpKeys {
  rsvpId: string;
  personId: string;
  lumaGuestId: string | null;
  email: string | null;
  /** The mail address Luma was last asked to add the person under. */
  askedEmail: string | null;
  name: string | null;
  phone: string | null;
  /**
   * Luma showed the address and the phone, or the app had proof of the address. Else they are a claim, and nobody is
   * known by them.
   */
  isProven: boolean;
  /** The person is known from Luma alone: what Luma shows of them is all there is. */
  isLumas?: boolean;
  /** What Luma last showed of the guest this RSVP is linked to. */
  lumaStatus: string | null;
}

export interface PersonKeys {
  id: string;
  email: string | null;
  name: string | null;
  phone: string | null;
  /** As in {@link RsvpKeys}. */
  isProven: boolean;
}

export interface GuestIdentity<G extends GuestKeys, R extends RsvpKeys> {
  guest: G;
  /** Our RSVP of this guest, when we have one. */
  rsvp: R | null;
  /** The person, also when we know them without an RSVP to this event. */
  personId: string | null;
  /**
   * The RSVP whose person this guest is as well, by another entry at Luma. One person has one RSVP: this entry is told
   * of and not taken over.
   */
  secondOf: R | null;
  /** Somebody who claims the guest's address without proof: the guest is another person, and has it from now on. */
  displacedId: string | null;
}

/**
 * Finds who each guest is to us: by Luma's guest id, then by mail, then by the mail we sent them under, then by phone.
 * A phone only counts when a single person has it and is not another guest of this event already, nor about to be one,
 * and when their name does not tell them apart: families share phones.
 *
 * An address or phone that the app stated without proof tells nothing, or anybody could become any guest by stating
 * theirs. Only the entry that was added for the person is theirs.
 *
 * @param rsvps  RSVPs of the event that share an id, a mail or a phone with one of the guests.
 * @param people People who share a mail or a phone with one of them.
 */
export function identifyGuests<G extends GuestKeys, R extends RsvpKeys>(
  guests: readonly G[],
  rsvps: readonly R[],
  people: readonly PersonKeys[],
): GuestIdentity<G, R>[] {
  const claims = new Claims<G, R>(rsvps);
  // All by id first: a mail that moved from one guest to another must not take that other guest's row.
  for (const guest of guests) claims.take(guest, (row) => row.lumaGuestId === guest.lumaGuestId);
  const left = findLeftAddresses(guests, claims);
  const isStillUnder = (row: RsvpKeys, guest: GuestKeys) => !left.has(row.personId, row.email) && isUnder(row, guest);
  for (const guest of guests) claims.take(guest, (row) => isStillUnder(row, guest) && isFree(row, guest));
  // Sent under an address the person has left since.
  for (const guest of guests)
    claims.take(guest, (row) => row.lumaGuestId === null && isSameEmail(row.askedEmail, guest));
  for (const guest of guests)
    claims.take(guest, (row) => row.lumaGuestId === null && row.askedEmail === null && isSameByPhone(row, guest));
  const claimants = new Map(
    people.flatMap(({ id, email, isProven }) => (isProven || email === null ? [] : [[email as string | null, id]])),
  );
  const personIds = new Set(rsvps.map((row) => row.personId));
  return guests.map((guest) => {
    const row = claims.of(guest);
    if (row !== null) return { guest, rsvp: row, personId: row.personId, secondOf: null, displacedId: null };
    const secondOf = rsvps.find((other) => isStillUnder(other, guest)) ?? null;
    if (secondOf !== null) return { guest, rsvp: null, personId: secondOf.personId, secondOf, displacedId: null };
    const byEmail = people.find(
      ({ id, email, isProven }) => isSameEmail(email, guest) && isProven && !left.has(id, email),
    );
    // Added there under an address they have left since, and linked to another entry by now.
    const sentAs = byEmail === undefined ? rsvps.find((other) => isSameEmail(other.askedEmail, guest)) : undefined;
    if (sentAs !== undefined)
      return { guest, rsvp: null, personId: sentAs.personId, secondOf: sentAs, displacedId: null };
    // One who is on the event already, by another guest or from this very page, is not this guest.
    const byPhone = single(people.filter((person) => isSameByPhone(person, guest)));
    const personId = byEmail?.id ?? (byPhone === undefined || personIds.has(byPhone.id) ? null : byPhone.id);
    if (personId !== null) personIds.add(personId);
    return { guest, rsvp: null, personId, secondOf: null, displacedId: claimants.get(guest.email) ?? null };
  });
}

/**
 * Addresses that people known from Luma alone have left, as their own entries in this page show. Another entry under
 * such an address is another person.
 */
function findLeftAddresses<G extends GuestKeys, R extends RsvpKeys>(guests: readonly G[], claims: Claims<G, R>) {
  const now = new Map<string, string>();
  for (const guest of guests) {
    const row = claims.of(guest);
    if (row?.isLumas === true && guest.email !== null) now.set(row.personId, guest.email);
  }
  return {
    has: (personId: string, email: string | null): boolean => (now.get(personId) ?? email) !== email,
  };
}

/** Under their own address; one without proof counts for the entry that was added under it. */
function isUnder(row: RsvpKeys, guest: GuestKeys): boolean {
  return isSameEmail(row.email, guest) && (row.isProven || row.askedEmail === guest.email);
}

/** Two without an address have nothing in common. */
const isSameEmail = (email: string | null, guest: GuestKeys): boolean => email !== null && email === guest.email;

/**
 * A person of whom a mail address is known has to bear the guest's name as well: with another address and another name
 * it is somebody of their house.
 */
function isSameByPhone(known: Pick<PersonKeys, 'email' | 'name' | 'phone' | 'isProven'>, guest: GuestKeys): boolean {
  if (!known.isProven || guest.phone === null || known.phone !== guest.phone) return false;
  return known.email === null || isSameName(known.name, guest.name);
}

/** Luma may tell of a first name alone. A name that is not known tells nothing, and nothing is guessed. */
function isSameName(a: string | null, b: string | null): boolean {
  const [first, second] = [splitName(a), splitName(b)];
  const shared = Math.min(first.length, second.length);
  return shared > 0 && first.slice(0, shared).join(' ') === second.slice(0, shared).join(' ');
}

const splitName = (name: string | null): string[] =>
  toNormalForm(name ?? '', 'NFKC')
    .toLowerCase()
    .split(/\s+/u)
    .filter((word) => word !== '');

/**
 * An RSVP moves to another entry at Luma only when its own was refused there and this one is not: the person came back
 * under a new entry.
 */
function isFree(row: RsvpKeys, guest: GuestKeys & { approvalStatus?: string }): boolean {
  if (row.lumaGuestId === null) return true;
  return row.lumaStatus === 'declined' && guest.approvalStatus !== 'declined' && guest.approvalStatus !== 'invited';
}

/** Each RSVP goes to one guest, each guest to one RSVP. */
class Claims<G extends GuestKeys, R extends RsvpKeys> {
  private readonly taken = new Set<string>();
  private readonly byGuest = new Map<G, R>();

  constructor(private readonly rows: readonly R[]) {}

  /** Takes the RSVP that fits, if it is the only free one that does and the guest has none yet. */
  take(guest: G, fits: (row: R) => boolean): void {
    if (this.byGuest.has(guest)) return;
    const row = single(this.rows.filter((candidate) => !this.taken.has(candidate.rsvpId) && fits(candidate)));
    if (row === undefined) return;
    this.taken.add(row.rsvpId);
    this.byGuest.set(guest, row);
  }

  of(guest: G): R | null {
    return this.byGuest.get(guest) ?? null;
  }
}

function single<T>(candidates: readonly T[]): T | undefined {
  return candidates.length === 1 ? candidates[0] : undefined;
}
