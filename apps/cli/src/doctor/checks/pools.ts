import { findLowPools, findUnusedPools, type LowPool } from '@luma-sync/store';
import { defineCheck } from './check.js';
import { note, ok, wrong } from './finding.js';
import { counted } from './words.js';

/** Pools of events that are not over, and those that are of none. */
export const pools = defineCheck({
  what: 'Coupon pools',
  needs: ['db'],
  run: async ({ db }) => {
    const low = await findLowPools(db);
    const unused = await findUnusedPools(db);
    return [
      ...(low.length === 0 ? [ok('Coupon pools', 'of the events that are not over, none is low or empty')] : []),
      ...low.map((pool) => wrong(`Coupon pool "${pool.name}"`, describe(pool))),
      ...unused.map((name) => note(`Coupon pool "${name}"`, 'has no event, so no guest pull uses it')),
    ];
  },
});

function describe({ id, codes, available, waiting, waitingEvents }: LowPool): string {
  const stock = available === 0 ? 'is empty' : `${available} of ${codes} codes are left`;
  const titles = waitingEvents.map((title) => `"${title}"`).join(', ');
  const without = waiting === 0 ? '' : `, and ${counted(waiting, 'guest')} of ${titles} went without`;
  return `${stock}${without}; import codes: POST /v1/coupon-pools/${id}/imports`;
}
