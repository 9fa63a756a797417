import { findLowPools, type LowPool } from '@luma-sync/store';
import { defineCheck } from '../check.js';
import { ok, wrong } from '../finding.js';
import { counted } from '../words.js';

/** Pools of events that are not over. */
export const pools = defineCheck({
  what: 'Coupon pools',
  needs: ['db'],
  run: async ({ db }) => {
    const low = await findLowPools(db);
    if (low.length === 0) return [ok('Coupon pools', 'none is low or empty')];
    return low.map((pool) => wrong(`Coupon pool "${pool.name}"`, describe(pool)));
  },
});

function describe({ codes, available, waiting, waitingEvents }: LowPool): string {
  const stock = available === 0 ? 'is empty' : `${available} of ${codes} codes are left`;
  const titles = waitingEvents.map((title) => `"${title}"`).join(', ');
  const without = waiting === 0 ? '' : `, and ${counted(waiting, 'guest')} of ${titles} went without`;
  return `${stock}${without}; import codes: POST /v1/coupon-pools/{poolId}/imports`;
}
