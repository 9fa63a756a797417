import { countOverdue, countRepeatedAttempts, measureIsolation } from '@luma-sync/store';
import { defineCheck } from './check.js';
import { type Finding, ok, wrong } from './finding.js';
import { counted, ordinal, toAge } from './words.js';

const SEE = 'see: luma-sync operations list';

/** Operations that do not get on: tried again and again, parked, or due and not begun. */
export const attempts = defineCheck({
  what: 'Operations',
  needs: ['db'],
  run: async ({ db }) => {
    const repeated = await countRepeatedAttempts(db);
    const overdue = await countOverdue(db);
    const { parked } = await measureIsolation(db);
    const findings: Finding[] = [
      ...repeated.map(({ job, count, attemptsMax, code }) =>
        wrong(
          `Operations, ${job}`,
          `${count} on the third or a later attempt, one on its ${ordinal(attemptsMax + 1)}` +
            `${code === null ? '' : ` (${code}; docs/failure-modes.md)`}; ${SEE} --job ${job}`,
        ),
      ),
      ...overdue.map(({ job, count, oldestAt }) =>
        wrong(
          `Operations, ${job}`,
          `${count} due and not begun, the oldest for ${toAge(oldestAt)}; relay or workers may be away, or far behind`,
        ),
      ),
      ...(parked === 0
        ? []
        : [wrong('Operations', `${counted(parked, 'operation')} parked, to be tried again later; ${SEE} --parked`)]),
    ];
    return findings.length === 0 ? [ok('Operations', 'none is tried again and again, overdue or parked')] : findings;
  },
});
