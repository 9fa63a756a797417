import { prepare } from '../build.mjs';
import { runForeground } from '../children.mjs';
import { inRoot } from '../paths.mjs';
import { withRun } from '../with-run.mjs';

/** The request budget in virtual time under random trouble; needs no service. Arguments go to the simulation. */
export function simulateBudget(args) {
  return withRun(
    'simulate:budget',
    async (run) => {
      await prepare(run);
      return await runForeground(run, {
        name: 'simulation',
        command: process.execPath,
        args: [inRoot('packages', 'rate-limiter', 'dist', 'simulation', 'main.js'), ...args],
        env: process.env,
      });
    },
    { isLastWordTheirs: true },
  );
}
