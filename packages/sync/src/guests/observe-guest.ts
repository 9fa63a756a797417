import { createHash } from 'node:crypto';
import { normalizeEmail, normalizePhone, toAddressDigest } from '@luma-sync/domain';
import { type LumaGuest, withoutBearerKeys } from '@luma-sync/luma-contract';
import type { ObservedGuest } from '@luma-sync/store';
import { toStorable } from '../storable.js';

/**
 * Reads a guest as Luma shows it into the words of our tables. The key of the check-in code is left behind, also where
 * an answer quotes it: it opens the door to anybody who holds it.
 */
export function toObservedGuest(shown: LumaGuest): ObservedGuest {
  const guest = toStorable(withoutBearerKeys(shown) as LumaGuest);
  const tickets = guest.event_tickets?.map((ticket) => ({
    id: ticket.id,
    name: ticket.name ?? null,
    checkedInAt: ticket.checked_in_at ?? null,
  }));
  const observed = {
    name: guest.user_name ?? joinName(guest.user_first_name, guest.user_last_name),
    // Matching by phone is worth nothing with a number whose country is a guess.
    phone: normalizePhone(guest.phone_number ?? ''),
    kind: tickets === undefined ? undefined : (tickets[0]?.name ?? null),
    checkedInAt: tickets === undefined ? undefined : earliest(tickets.map((ticket) => ticket.checkedInAt)),
    tickets,
    answers: guest.registration_answers,
  };
  const digest = createHash('sha256').update(JSON.stringify(observed)).digest('base64url').slice(0, 22);
  const { id: lumaGuestId, approval_status: approvalStatus } = guest;
  const email = toGuestEmail(guest);
  const registeredAt = guest.registered_at ?? null;
  return { lumaGuestId, email, approvalStatus, ...observed, registeredAt, digest, address: toAddressDigest(email) };
}

/** The address of a guest in the spelling we compare by; null for one who signed up by phone. */
export const toGuestEmail = ({ user_email: email }: Pick<LumaGuest, 'user_email'>): string | null =>
  email === null ? null : normalizeEmail(email);

/** Several tickets may be checked in one after the other; the first one is the arrival. */
function earliest(moments: readonly (string | null)[]): string | null {
  // All in one form, so that the order of the text is the order in time.
  return moments.reduce(
    (first, moment) => (moment !== null && (first === null || moment < first) ? moment : first),
    null,
  );
}

function joinName(first: string | null | undefined, last: string | null | undefined): string | null {
  const name = [first, last].filter((part) => part != null && part !== '').join(' ');
  return name === '' ? null : name;
}
