import { existsSync } from 'node:fs';
import { prepare } from '../build.mjs';
import { runForeground } from '../children.mjs';
import { loadMigrator, migrateDatabase } from '../database.mjs';
import { inRoot } from '../paths.mjs';
import { provideServices } from '../services.mjs';
import { say, UserError } from '../steps.mjs';
import { withRun } from '../with-run.mjs';

const entry = inRoot('apps', 'demo', 'dist', 'main.js');

/** Installs, starts what is missing and hands over to the demo, in a database of its own. Arguments go to the demo. */
export function demo(args) {
  return withRun('demo', (run) => play(run, args), { isLastWordTheirs: true });
}

async function play(run, args) {
  await prepare(run);
  if (!existsSync(entry)) throw new UserError(`there is no demo at ${entry}`);
  const { env } = await provideServices(run);
  const { withScratchDatabase } = await loadMigrator();
  return await withScratchDatabase(env.DATABASE_URL, async (databaseUrl) => {
    await migrateDatabase(databaseUrl);
    say('');
    return await runForeground(run, {
      name: 'demo',
      command: process.execPath,
      args: [entry, ...args],
      // Logs of its processes go beside those of the services.
      env: { ...process.env, ...env, DATABASE_URL: databaseUrl, DEMO_LOG_DIR: run.logDir },
    });
  });
}
