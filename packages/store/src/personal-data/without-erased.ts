import type { Db } from '../database.js';
import type { ObservedHost } from '../events/import-events.js';
import type { ObservedGuest } from '../rsvps/rsvp-records.js';
import { countSeen, type ErasedAddresses } from './erased-addresses.js';
import { findAddresses } from './find-addresses.js';

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

/** Records that could not be read: nothing is kept of one that is, or names, somebody who was erased. */
export async function withoutErasedRecords<R extends { identity: { id: string | null }; raw: unknown }>(
  tx: Db,
  erased: Finder,
  records: readonly R[],
): Promise<R[]> {
  const kept: R[] = [];
  for (const record of records) {
    const { id } = record.identity;
    const isErased = id !== null && (await erased.find(tx, [id])).size > 0;
    if (!isErased && !(await namesErased(tx, erased, JSON.stringify(record.raw) ?? ''))) kept.push(record);
  }
  return kept;
}

/** Whether a text names the address of somebody who was erased. */
export async function namesErased(db: Db, erased: Finder, text: string): Promise<boolean> {
  return (await erased.find(db, findAddresses(text))).size > 0;
}
