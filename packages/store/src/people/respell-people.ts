import { normalizeEmail, normalizePhone } from '@luma-sync/domain';
import { type Database, type Db, inTransaction } from '../database.js';
import type { Person } from '../generated/client.js';
import { isUnstorable } from '../store-error.js';
import { lockPeople } from './lock-people.js';
import { absorbPerson } from './merge-person.js';

/**
 * Counts up when `normalizeEmail` or `normalizePhone` write a value in another way than before. The column's default is
 * the same.
 */
const SPELLING_VERSION = 1;

const BATCH_MAX = 200;

export interface Respelled {
  /** The last row of the batch; null when none is left after the one that was given. */
  lastId: string | null;
  changed: number;
  merged: number;
  /** Rows that could not be written: they keep what they have, and are tried again by the next start. */
  failed: number;
}

/**
 * Writes addresses and phones of people in the present spelling, a batch, each row in a commit of its own. Two rows
 * that were one person under two spellings become one where the rules of merging allow it (docs/sync-rules.md); else
 * each keeps what it has.
 *
 * @param afterId The last row of the batch before; null for the first.
 */
export async function respellPeople(db: Database, afterId: string | null): Promise<Respelled> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    select id from people where spelling_version < ${SPELLING_VERSION} and (${afterId}::uuid is null
      or id > ${afterId}::uuid)
    order by id limit ${BATCH_MAX}`;
  const result: Respelled = { lastId: rows.at(-1)?.id ?? null, changed: 0, merged: 0, failed: 0 };
  for (const { id } of rows) {
    const outcome = await inTransaction(db, (tx) => respellOne(tx, id)).catch((error: unknown) => {
      // An outage, or somebody who is quicker, is no fault of the row.
      if (isUnstorable(error)) return 'failed' as const;
      throw error;
    });
    if (outcome !== 'same') result[outcome] += 1;
  }
  return result;
}

async function respellOne(tx: Db, id: string): Promise<Outcome> {
  const [row] = await tx.$queryRaw<unknown[]>`select 1 from people where id = ${id}::uuid for update`;
  const person = row === undefined ? null : await tx.person.findUnique({ where: { id } });
  // Merged into another one meanwhile.
  if (person === null) return 'same';
  const outcome = await respell(tx, person);
  await tx.person.updateMany({ where: { id }, data: { spellingVersion: SPELLING_VERSION } });
  return outcome;
}

type Outcome = 'same' | 'changed' | 'merged';

async function respell(tx: Db, person: Person): Promise<Outcome> {
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

/**
 * A person known only from Luma is merged into the one who is proven to have the address; of two such, the later one
 * goes into the earlier.
 */
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
