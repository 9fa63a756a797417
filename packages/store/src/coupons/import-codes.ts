import type { Tx } from '../database.js';
import { resumeWaiting } from './note-missing.js';

export interface ImportedCodes {
  imported: number;
  /** Codes the pool had already, or that came twice in this import. */
  duplicates: number;
  /** Events whose guests had waited for codes of the pool: a guest pull of each serves them. */
  resumed: number;
}

/** Turning a hundred thousand texts into one parameter would hold up every other request meanwhile. */
const CODES_PER_STATEMENT = 2_000;

/**
 * Adds codes to a pool. They are given out in the order of the list, after everything imported before. Importing the
 * same list again adds nothing, so an import whose answer was lost can simply be repeated.
 *
 * Codes given to nobody are not handed out here, since only Luma's list says who still holds a place: a guest pull is
 * started for each event whose guests went without.
 *
 * @param codes Trimmed and not empty; the reader of the upload reports the lines that are neither.
 * @returns null when there is no such pool.
 */
export async function importCouponCodes(
  tx: Tx,
  poolId: string,
  codes: readonly string[],
  actor = 'luma-sync',
): Promise<ImportedCodes | null> {
  // Imports into one pool take turns: two lists with the same codes in another order would wait for each other for
  // ever.
  const pools = await tx.$queryRaw<unknown[]>`select id from coupon_pools where id = ${poolId}::uuid for no key update`;
  if (pools.length === 0) return null;
  let imported = 0;
  for (let from = 0; from < codes.length; from += CODES_PER_STATEMENT) {
    imported += await tx.$executeRaw`
      insert into coupon_codes (pool_id, code)
      select ${poolId}::uuid, line.code
      from unnest(${codes.slice(from, from + CODES_PER_STATEMENT)}::text[]) with ordinality as line (code, number)
      order by line.number
      on conflict (pool_id, code) do nothing`;
  }
  const resumed = imported > 0 ? await resumeWaiting(tx, poolId, actor) : 0;
  return { imported, duplicates: codes.length - imported, resumed };
}
