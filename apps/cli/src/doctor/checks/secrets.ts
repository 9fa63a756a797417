import { rotateSecrets } from '@luma-sync/store';
import { defineCheck } from './check.js';
import { type Finding, note, ok, wrong } from './finding.js';

/** Secrets that cannot be opened, and those that an earlier key still has to open. */
export const secrets = defineCheck({
  what: 'Stored secrets',
  needs: ['db', 'keyring'],
  run: async ({ db, keyring }) => {
    const states = await rotateSecrets(db, keyring, { isDryRun: true });
    const locked = states.flatMap(({ unreadable }) => unreadable);
    const old = states.reduce((sum, { rotated }) => sum + rotated, 0);
    const findings: Finding[] = [];
    if (locked.length > 0)
      findings.push(
        wrong(
          'Stored secrets',
          `${locked.length} cannot be opened: ${[...new Set(locked.map(({ label }) => label))].join(', ')}; ` +
            'see: luma-sync secrets rotate --dry-run',
        ),
      );
    if (old > 0)
      findings.push(
        note('Stored secrets', `${old} are not under the first key of ENCRYPTION_KEY; run: luma-sync secrets rotate`),
      );
    return findings.length === 0 ? [ok('Stored secrets', 'all can be opened')] : findings;
  },
});
