import { prepare } from '../build.mjs';
import { runForeground } from '../children.mjs';
import { inRoot } from '../paths.mjs';
import { withRun } from '../with-run.mjs';

/** What changed in Luma's document, and what of it concerns luma-sync. Arguments go to the canary. */
export function canary(args) {
  return withRun('canary', (run) => compare(run, args), { isLastWordTheirs: true });
}

async function compare(run, args) {
  await prepare(run);
  return await runForeground(run, {
    name: 'canary',
    command: process.execPath,
    args: [inRoot('apps', 'canary', 'dist', 'main.js'), ...args],
    env: process.env,
  });
}
