import type { RsvpBase } from '../rsvps/plan-guest.js';
import { toAddressDigest } from './email.js';
import { isProven, type PersonRecord } from './person.js';

interface ShownGuest {
  name: string | null;
  /** Normalized. */
  email: string | null;
  /** E.164 */
  phone: string | null;
}

/** What Luma shows of a guest fills what is empty of the person. A person known by a claim alone takes nothing. */
export function fillFromGuest(
  person: PersonRecord,
  guest: ShownGuest,
  isAddressTaken: boolean,
): Pick<PersonRecord, 'name' | 'phone' | 'email'> {
  const { name, phone, email } = person;
  if (!isProven(person)) return { name, phone, email };
  return {
    name: name ?? guest.name,
    phone: phone ?? guest.phone,
    email: email ?? (isAddressTaken ? null : guest.email),
  };
}

/** What Luma shows differently of a person who is known from Luma alone. */
export interface IdentityChange {
  name: string | null;
  phone: string | null;
  /** Null when the guest is under the same address as before. */
  email: string | null;
}

/**
 * @param person As stored.
 * @param base What was last seen of the guest.
 * @param digest Of the guest now.
 * @returns null when nothing changed.
 */
export function planIdentityChange(
  person: ShownGuest,
  base: Pick<RsvpBase, 'digest' | 'address'> | null,
  guest: ShownGuest & { digest: string },
): IdentityChange | null {
  const isNews = base === null || guest.digest !== base.digest;
  const name = isNews ? (guest.name ?? person.name) : person.name;
  const phone = isNews ? (guest.phone ?? person.phone) : person.phone;
  const shownBefore = base?.address ?? toAddressDigest(person.email);
  const hasMoved = guest.email !== null && guest.email !== person.email && shownBefore !== toAddressDigest(guest.email);
  if (name === person.name && phone === person.phone && !hasMoved) return null;
  return { name, phone, email: hasMoved ? guest.email : null };
}
