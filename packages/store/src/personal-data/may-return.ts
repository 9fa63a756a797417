import type { AppPersonInput } from '@luma-sync/domain';
import type { Db } from '../database.js';
import { findPersonByKey } from '../people/store-person.js';
import type { ErasedAddresses } from './erased-addresses.js';

/**
 * Whether a person of the app may be stored. One who was erased comes back with proof of the address alone: a late
 * repeat of an old request has none of today. With it their hash is removed, and what is left of them, codes that were
 * given, is theirs again.
 */
export async function mayReturn(
  tx: Db,
  personKey: string,
  { email, emailVerified }: AppPersonInput,
  erased: Pick<ErasedAddresses, 'find'>,
): Promise<boolean> {
  const [found] = (await erased.find(tx, [email])).values();
  if (found === undefined) return true;
  if (emailVerified !== true) return false;
  await tx.$executeRaw`delete from erased_addresses where hash = ${found.hash} or person_id = ${found.personId}::uuid`;
  if (found.personId !== null && (await findPersonByKey(tx, personKey)) === null) {
    await tx.person.updateMany({
      where: { id: found.personId, erasedAt: { not: null }, externalId: null },
      data: { externalId: personKey, erasedAt: null },
    });
  }
  return true;
}
