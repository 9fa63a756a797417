import { findLowPools } from '@luma-sync/store';
import { defineCheck } from '../check.js';
import { ok, wrong } from '../finding.js';

/** Pools of events that are not over. */
export const pools = defineCheck({
  what: 'Coupon pools',
  needs: ['db'],
  run: async ({ db }) => {
    const low = await findLowPools(db);
    if (low.length === 0) return [ok('Coupon pools', 'none is low or empty')];
    return low.map(({ name, codes, available }) =>
      wrong(
        `Coupon pool "${name}"`,
        `${available === 0 ? 'is empty' : `${available} of ${codes} codes are left`}; import codes: POST /v1/coupon-pools/{poolId}/imports`,
      ),
    );
  },
});
