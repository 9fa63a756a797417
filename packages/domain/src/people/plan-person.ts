import { normalizeEmail } from './email.js';
import { isOnlyAtLuma, type PersonRecord } from './person.js';

/** A person as the app states them. Absent `phone` leaves the stored one. */
export interface AppPersonInput {
  /** Null only of a person of whom no name is known. */
  name: string | null;
  email: string;
  /**
   * The app has proof that the person receives mail under this address. Absent leaves what was known of the same
   * address.
   */
  emailVerified?: boolean | undefined;
  /** E.164 */
  phone?: string | null | undefined;
}

export type PersonFields = Pick<PersonRecord, 'name' | 'email' | 'emailVerified' | 'claimedEmail' | 'phone'>;

export type PersonPlan =
  /** `releasesId`: the person of the app who stated this address without proof, and now loses it. */
  | { kind: 'create'; fields: PersonFields; releasesId: string | null }
  /** The app's own person, with the fields that differ; none when nothing does. */
  | { kind: 'update'; id: string; changes: Partial<PersonFields>; releasesId: string | null }
  /** Somebody we know only from Luma signs up at the app, with proof: the same row, with the app's id from now on. */
  | { kind: 'take-over'; id: string; changes: Partial<PersonFields> }
  /** The app's person has proof of the mail of somebody we know only from Luma: that one's answers become theirs. */
  | { kind: 'absorb'; id: string; absorbedId: string; changes: Partial<PersonFields> }
  /** The mail belongs to another person of the app. Luma knows guests by their mail, so two cannot share one. */
  | { kind: 'email-taken'; byId: string };

export interface KnownPeople {
  /** The person the app's id names already. */
  byKey: PersonRecord | null;
  /** The person who has this mail already. */
  byEmail: PersonRecord | null;
  /** A person of the app who stated this mail without proof, while it belonged to somebody else. */
  byClaim: PersonRecord | null;
}

/**
 * Decides which row a person of the app is. An address without proof makes nobody of Luma's theirs: it is kept as a
 * claim beside the person whom Luma knows by it (docs/adr/0008-unverified-addresses.md).
 */
export function planPerson(wanted: AppPersonInput, { byKey, byEmail, byClaim }: KnownPeople): PersonPlan {
  const email = normalizeEmail(wanted.email);
  const isVerified = wanted.emailVerified ?? (byKey?.email === email && byKey.emailVerified);
  const own = { name: wanted.name, email, emailVerified: isVerified, claimedEmail: null, phone: wanted.phone };
  const claim = { ...own, email: null, claimedEmail: email };
  const store = (fields: typeof own | typeof claim, releasesId: string | null = null): PersonPlan =>
    byKey === null
      ? { kind: 'create', fields: { ...fields, phone: fields.phone ?? null }, releasesId }
      : { kind: 'update', id: byKey.id, changes: differences(byKey, fields), releasesId };

  if (byEmail !== null && byEmail.id !== byKey?.id) {
    if (isOnlyAtLuma(byEmail)) {
      if (!isVerified) return byClaim === null || byClaim.id === byKey?.id ? store(claim) : taken(byClaim);
      if (byKey === null) return { kind: 'take-over', id: byEmail.id, changes: differences(byEmail, own) };
      return { kind: 'absorb', id: byKey.id, absorbedId: byEmail.id, changes: differences(byKey, own) };
    }
    // Proof goes before a claim. Against another proof, or two claims, the first one stands.
    return isVerified && !byEmail.emailVerified ? store(own, byEmail.id) : taken(byEmail);
  }
  const isClaimed = byEmail === null && byClaim !== null && byClaim.id !== byKey?.id;
  return isClaimed && !isVerified ? taken(byClaim) : store(own);
}

const taken = ({ id }: PersonRecord): PersonPlan => ({ kind: 'email-taken', byId: id });

function differences(
  stored: PersonRecord,
  { phone, ...wanted }: Omit<PersonFields, 'phone'> & { phone?: string | null | undefined },
): Partial<PersonFields> {
  const changes: Partial<PersonFields> = {};
  if (stored.name !== wanted.name) changes.name = wanted.name;
  if (stored.email !== wanted.email) changes.email = wanted.email;
  if (stored.emailVerified !== wanted.emailVerified) changes.emailVerified = wanted.emailVerified;
  if (stored.claimedEmail !== wanted.claimedEmail) changes.claimedEmail = wanted.claimedEmail;
  if (phone !== undefined && stored.phone !== phone) changes.phone = phone;
  return changes;
}
