import { countDeadLetters } from '@luma-sync/store';
import { defineCheck } from './check.js';
import { ok, wrong } from './finding.js';
import { toAge } from './words.js';

/** Operations that were given up, and that no person has looked at. */
export const deadLetters = defineCheck({
  what: 'Dead letters',
  needs: ['db'],
  run: async ({ db }) => {
    const found = await countDeadLetters(db);
    if (found.length === 0) return [ok('Dead letters', 'none')];
    return found.map(({ code, count, oldestAt }) =>
      wrong(
        `Dead letters, ${code}`,
        `${count}, the oldest ${toAge(oldestAt)} old; see docs/failure-modes.md, and: luma-sync operations list ` +
          '--state failed',
      ),
    );
  },
});
