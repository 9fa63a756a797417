import { findSharedKeys, listKeyFingerprints } from '@luma-sync/store';
import { defineCheck } from './check.js';
import { type Finding, note, ok, wrong } from './finding.js';

/** The same key on two calendars: both are one calendar at Luma, and all work is done twice. */
export const sharedKeys = defineCheck({
  what: 'Keys used twice',
  needs: ['db'],
  run: async ({ db }) => {
    const groups = await findSharedKeys(db);
    if (groups.length === 0) return [ok('Keys used twice', 'none')];
    return groups.map((names) =>
      wrong('Keys used twice', `"${names.join('", "')}" have the same Luma key; take it off all but one`),
    );
  },
});

/** How much of each key's budget is spent now. */
export const budgets = defineCheck({
  what: 'Request budgets',
  needs: ['db', 'limiter'],
  run: async ({ db, limiter }) => {
    const findings: Finding[] = [];
    for (const { fingerprint, names } of await listKeyFingerprints(db)) {
      const what = `Request budget of "${names.join('", "')}"`;
      const { windows, waiting, blockedForMs, coldForMs } = await limiter.usage(fingerprint);
      const held = waiting.interactive + waiting.sync + waiting.bulk;
      const full = windows.find(({ spent, capacity }) => capacity > 0 && spent >= capacity);
      if (blockedForMs > 0)
        findings.push(wrong(what, `Luma refuses requests for another ${Math.ceil(blockedForMs / 1_000)} s (429)`));
      else if (full !== undefined)
        findings.push(wrong(what, `all ${full.capacity} requests of its window are spent, and ${held} wait`));
      else if (coldForMs > 0)
        findings.push(note(what, `Redis forgot what was spent: slow for ${Math.ceil(coldForMs / 1_000)} s`));
      else findings.push(ok(what, windows.map(({ spent, capacity }) => `${spent} of ${capacity} spent`).join(', ')));
    }
    return findings;
  },
});
