import { normalizeEmail } from '@luma-sync/domain';
import type { Person } from '../generated/client.js';

/** A person as the app states them. Absent `phone` leaves the stored one. */
export interface AppPersonInput {
  name: string;
  email: string;
  /** E.164 */
  phone?: string | null | undefined;
}

export type PersonFields = Pick<Person, 'name' | 'email' | 'phone'>;

export type PersonPlan =
  | { kind: 'create'; fields: PersonFields }
  /** The app's own person, with the fields that differ; none when nothing does. */
  | { kind: 'update'; id: string; changes: Partial<PersonFields> }
  /** Somebody we know only from Luma signs up at the app: the same row, with the app's id from now on. */
  | { kind: 'take-over'; id: string; changes: Partial<PersonFields> }
  /** The app's person now has the mail of somebody we know only from Luma: that one's answers become theirs. */
  | { kind: 'absorb'; id: string; absorbedId: string; changes: Partial<PersonFields> }
  /** The mail belongs to another person of the app. Luma knows guests by their mail, so two cannot share one. */
  | { kind: 'email-taken'; byId: string };

/**
 * Decides which row a person of the app is.
 *
 * @param byKey   The person the app's id names already.
 * @param byEmail The person who has this mail already.
 */
export function planPerson(wanted: AppPersonInput, byKey: Person | null, byEmail: Person | null): PersonPlan {
  const fields = { name: wanted.name, email: normalizeEmail(wanted.email), phone: wanted.phone };
  if (byEmail !== null && byEmail.id !== byKey?.id) {
    const isOnlyAtLuma = byEmail.origin === 'luma' && byEmail.externalId === null;
    if (!isOnlyAtLuma) return { kind: 'email-taken', byId: byEmail.id };
    if (byKey === null) return { kind: 'take-over', id: byEmail.id, changes: differences(byEmail, fields) };
    return { kind: 'absorb', id: byKey.id, absorbedId: byEmail.id, changes: differences(byKey, fields) };
  }
  if (byKey === null) return { kind: 'create', fields: { ...fields, phone: fields.phone ?? null } };
  return { kind: 'update', id: byKey.id, changes: differences(byKey, fields) };
}

function differences(
  stored: Person,
  wanted: { name: string; email: string; phone?: string | null | undefined },
): Partial<PersonFields> {
  const changes: Partial<PersonFields> = {};
  if (stored.name !== wanted.name) changes.name = wanted.name;
  if (stored.email !== wanted.email) changes.email = wanted.email;
  if (wanted.phone !== undefined && stored.phone !== wanted.phone) changes.phone = wanted.phone;
  return changes;
}
