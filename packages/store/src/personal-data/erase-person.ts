import { type Database, type Db, inTransaction } from '../database.js';
import type { ErasedAddresses } from './erased-addresses.js';
import { countNamedDeliveries, eraseNamedDeliveries } from './named-deliveries.js';
import { KEPT_TABLES, PERSONAL_TABLES } from './personal-tables.js';
import { findSubject, type Subject, subjectName } from './subject.js';

/** Rows by class of data. */
export type ErasureCounts = Record<string, number>;

export type Erasure =
  | { kind: 'unknown' }
  /** `counts`: rows that are removed or emptied. `kept`: rows that stay, without anything that tells whose they are. */
  | { kind: 'planned' | 'erased'; counts: ErasureCounts; kept: ErasureCounts };

export interface ErasureRequest {
  /** The app's id of the person, ours, or a mail address. */
  key: string;
  /** False: only counts. */
  isConfirmed: boolean;
  /** Called in the transaction that ends the erasure, to keep it in the audit log. `subject` names nobody. */
  note(tx: Db, done: { subject: string; counts: ErasureCounts; kept: ErasureCounts }): Promise<void>;
}

/** One statement's share of the work. */
const STEP_LIMIT_MS = 120_000;

/**
 * Removes what is stored about a person, for good. First the hash of each address is stored, so that what Luma shows
 * meanwhile is not stored any more; then one class of data after the other, each in a commit of its own, the person's
 * own row last: an erasure that was interrupted is repeated with the same key.
 */
export async function erasePerson(
  db: Database,
  erased: ErasedAddresses,
  { key, isConfirmed, note }: ErasureRequest,
): Promise<Erasure> {
  const subject = await findSubject(db, key);
  if (subject === null) return { kind: 'unknown' };
  const counts = await countRows(db, subject, PERSONAL_TABLES);
  const deliveries = await countNamedDeliveries(db, subject.pattern);
  if (deliveries > 0) counts.webhookDeliveries = deliveries;
  const kept = await countRows(db, subject, KEPT_TABLES);
  if (Object.keys(counts).length === 0) return { kind: 'unknown' };
  if (!isConfirmed) return { kind: 'planned', counts, kept };
  const recipient = await inTransaction(db, (tx) => noteErased(tx, erased, subject));
  await eraseNamedDeliveries(db, subject.pattern);
  for (const { erase } of PERSONAL_TABLES.slice(0, -1))
    await inTransaction(db, (tx) => tx.$executeRaw(erase(subject, recipient)), STEP_LIMIT_MS);
  const last = PERSONAL_TABLES.slice(-1);
  await inTransaction(db, async (tx) => {
    for (const { erase } of last) await tx.$executeRaw(erase(subject, recipient));
    await note(tx, { subject: subjectName(subject), counts, kept });
  });
  return { kind: 'erased', counts, kept };
}

async function countRows(
  db: Database,
  subject: Subject,
  tables: readonly Pick<(typeof PERSONAL_TABLES)[number], 'name' | 'from' | 'where'>[],
): Promise<ErasureCounts> {
  const counts: ErasureCounts = {};
  for (const { name, from, where } of tables) {
    const [row] = await db.$queryRaw<
      { count: number }[]
    >`select count(*)::int as count from ${from} where ${where(subject)}`;
    if (row !== undefined && row.count > 0) counts[name] = row.count;
  }
  return counts;
}

/** @returns what stands in the ledger of mails in place of the address. */
async function noteErased(
  tx: Db,
  erased: ErasedAddresses,
  { emails, lumaGuestIds, personIds }: Subject,
): Promise<string> {
  const hashes = new Set<string>();
  for (const text of [...emails, ...lumaGuestIds]) hashes.add(await erased.hash(tx, text));
  const [personId = null] = personIds;
  await tx.$executeRaw`
    insert into erased_addresses (hash, person_id)
    select hash, ${personId}::uuid from unnest(${[...hashes]}::text[]) as hash
    on conflict (hash) do update set person_id = coalesce(excluded.person_id, erased_addresses.person_id),
      erased_at = now()`;
  const [first = 'unknown'] = hashes;
  return `erased:${first}`;
}
