import { listKeyFingerprints, listLiveProcesses } from '@luma-sync/store';
import { defineCheck } from './check.js';
import { ok, wrong } from './finding.js';

/** Breakers open when Luma's answers take long: the key then has one place in each worker. */
export const breakers = defineCheck({
  what: 'Breakers',
  needs: ['db'],
  run: async ({ db }) => {
    const slow = new Set((await listLiveProcesses(db)).flatMap(({ slowKeys }) => slowKeys));
    const keys = (await listKeyFingerprints(db)).filter(({ fingerprint }) => slow.has(fingerprint));
    if (keys.length === 0) return [ok('Breakers', 'none is open')];
    return keys.map(({ names }) =>
      wrong(`Breaker of "${names.join('", "')}"`, 'is open: Luma’s answers take long, so its work runs one at a time'),
    );
  },
});
