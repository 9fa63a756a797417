import { normalizeEmail, normalizePhone } from '@luma-sync/domain';
import { lockPeople } from '../app-rsvps/lock-people.js';
import { absorbPerson } from '../app-rsvps/merge-person.js';
import { type Database, type Db, inTransaction } from '../database.js';
import type { Person } from '../generated/client.js';

/** Counts up when `normalizeEmail` or `normalizePhone` write a value in another way than before. The column's default is the same. */
const SPELLING_VERSION = 1;

const BATCH_MAX = 200;

export interface Respelled {
  /** Rows that were looked at; 0 when none is left. */
  looked: number;
  changed: number;
  merged: number;
}

/**
 * Writes addresses and phones of people in the present spelling, a batch in one commit. Two rows that were one person under two spellings become one
 * where the rules of merging allow it (docs/sync-rules.md); else each keeps what it has.
 */
export function respellPeople(db: Database): Promise<Respelled> {
  return inTransaction(db, async (tx) => {
    const rows = await tx.$queryRaw<{ id: string }[]>`
      select id from people where spelling_version < ${SPELLING_VERSION} order by id limit ${BATCH_MAX} for update skip locked`;
    const result: Respelled = { looked: rows.length, changed: 0, merged: 0 };
    for (const { id } of rows) {
      // Merged into an earlier one of this batch, perhaps.
      const person = await tx.person.findUnique({ where: { id } });
      if (person === null) continue;
      const outcome = await respell(tx, person);
      if (outcome !== 'same') result[outcome] += 1;
    }
    await tx.$executeRaw`
      update people set spelling_version = ${SPELLING_VERSION} where id = any(${rows.map(({ id }) => id)}::uuid[])`;
    return result;
  });
}

async function respell(tx: Db, person: Person): Promise<'same' | 'changed' | 'merged'> {
  const email = person.email === null ? null : normalizeEmail(person.email);
  const claimedEmail = person.claimedEmail === null ? null : normalizeEmail(person.claimedEmail);
  const phone = person.phone === null ? null : (normalizePhone(person.phone) ?? person.phone);
  await respellLinks(tx, person.id);
  const isSameEmail = email === person.email;
  if (isSameEmail && claimedEmail === person.claimedEmail && phone === person.phone) return 'same';
  if (isSameEmail || email === null) {
    await tx.person.update({ where: { id: person.id }, data: { claimedEmail, phone } });
    return 'changed';
  }
  await lockPeople(tx, [email]);
  const holder = await tx.person.findUnique({ where: { email } });
  if (holder === null) {
    await tx.person.update({ where: { id: person.id }, data: { email, claimedEmail, phone } });
    return 'changed';
  }
  const pair = toMerge(person, holder);
  if (pair === null || !(await absorbPerson(tx, { ...pair, actor: 'luma-sync' }))) return 'same';
  await tx.person.update({ where: { id: pair.keptId }, data: { email } });
  return 'merged';
}

/** Somebody known only from Luma goes into whoever is proven to have the address; of two such, the later one goes into the earlier. */
function toMerge(a: Person, b: Person): { keptId: string; absorbedId: string } | null {
  const [kept, absorbed] = isOnlyAtLuma(a) && (!isOnlyAtLuma(b) || a.createdAt > b.createdAt) ? [b, a] : [a, b];
  const isProven = isOnlyAtLuma(kept) || kept.emailVerified;
  return isOnlyAtLuma(absorbed) && isProven ? { keptId: kept.id, absorbedId: absorbed.id } : null;
}

const isOnlyAtLuma = ({ origin, externalId }: Person): boolean => origin === 'luma' && externalId === null;

/** The address that a guest was added under tells who an entry is. */
async function respellLinks(tx: Db, personId: string): Promise<void> {
  const links = await tx.rsvpLink.findMany({
    where: { rsvp: { personId }, askedEmail: { not: null } },
    select: { id: true, askedEmail: true },
  });
  for (const { id, askedEmail } of links) {
    const email = normalizeEmail(askedEmail ?? '');
    if (email !== askedEmail) await tx.rsvpLink.update({ where: { id }, data: { askedEmail: email } });
  }
}
