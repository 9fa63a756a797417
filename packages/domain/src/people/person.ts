/** A person, without what only the database needs. */
export interface PersonRecord {
  id: string;
  /** The app's id; null for a person who is known from Luma alone. */
  externalId: string | null;
  name: string | null;
  email: string | null;
  emailVerified: boolean;
  /** An address that the app stated without proof, while it belongs to another person. */
  claimedEmail: string | null;
  /** E.164 */
  phone: string | null;
  origin: 'app' | 'luma';
}

/** A person who is known from Luma alone. */
export const isOnlyAtLuma = ({ origin, externalId }: Pick<PersonRecord, 'origin' | 'externalId'>): boolean =>
  origin === 'luma' && externalId === null;

/**
 * Whether the address and phone say who the person is: the app had proof of the address, or Luma showed them. What the
 * app states without proof is a claim.
 */
export const isProven = (person: Pick<PersonRecord, 'emailVerified' | 'origin' | 'externalId'>): boolean =>
  person.emailVerified || isOnlyAtLuma(person);

/** The address turns out to be another person's: it is kept as a claim. */
export const toClaim = ({ email }: Pick<PersonRecord, 'email'>): Pick<PersonRecord, 'claimedEmail' | 'email'> => ({
  claimedEmail: email,
  email: null,
});

/** The address to add the person under. */
export const toContactEmail = ({ email, claimedEmail }: Pick<PersonRecord, 'email' | 'claimedEmail'>): string | null =>
  email ?? claimedEmail;
