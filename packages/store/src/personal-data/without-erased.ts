import type { Db } from '../database.js';
import type { ObservedHost } from '../event-sync/import.js';
import type { ObservedGuest } from '../rsvp-sync/records.js';
import { countSeen, type ErasedAddresses } from './erased-addresses.js';

type Finder = Pick<ErasedAddresses, 'find'>;

/** Guests whose person was erased are counted at the hash of their address, and nothing of them is stored. */
export async function withoutErasedGuests(
  tx: Db,
  erased: Finder,
  guests: readonly ObservedGuest[],
): Promise<ObservedGuest[]> {
  const keys = guests.flatMap(({ email, lumaGuestId }) => (email === null ? [lumaGuestId] : [email, lumaGuestId]));
  const found = await erased.find(tx, keys);
  const isErased = ({ email, lumaGuestId }: ObservedGuest) =>
    found.has(lumaGuestId) || (email !== null && found.has(email));
  const counted = guests
    .filter(isErased)
    .flatMap(({ email, lumaGuestId }) => found.get(email ?? '') ?? found.get(lumaGuestId) ?? []);
  await countSeen(tx, counted);
  return guests.filter((guest) => !isErased(guest));
}

export async function withoutErasedHosts(
  tx: Db,
  erased: Finder,
  hosts: readonly ObservedHost[],
): Promise<ObservedHost[]> {
  const emails = hosts.flatMap(({ email }) => email ?? []);
  const found = await erased.find(tx, emails);
  return hosts.filter(({ email }) => email === null || !found.has(email));
}

/** Whether a text names the address of somebody who was erased. */
export async function namesErased(db: Db, erased: Finder, text: string): Promise<boolean> {
  const addresses = [...new Set(text.match(ADDRESS) ?? [])].slice(0, ADDRESSES_MAX);
  return (await erased.find(db, addresses)).size > 0;
}

/** Each part is bounded, so the search is linear in the text. */
const ADDRESS = /[^\s"'<>(),:;@[\]\\]{1,64}@[^\s"'<>(),:;@[\]\\]{1,255}/g;
/** A webhook names a guest and some hosts. */
const ADDRESSES_MAX = 500;
