import { prepare } from '../build.mjs';
import { runForeground } from '../children.mjs';
import { inRoot } from '../paths.mjs';
import { withRun } from '../with-run.mjs';

/** Both sides in virtual time, seed by seed; needs no service at all. Arguments go to the simulation. */
export function simulate(args) {
  return withRun('simulate', (run) => play(run, args), { isLastWordTheirs: true });
}

async function play(run, args) {
  await prepare(run);
  return await runForeground(run, {
    name: 'simulation',
    command: process.execPath,
    args: [inRoot('simulation', 'dist', 'main.js'), ...args],
    env: process.env,
  });
}
