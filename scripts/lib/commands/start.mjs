import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { prepare } from '../build.mjs';
import { runForeground } from '../children.mjs';
import { migrateDatabase } from '../database.mjs';
import { withLock } from '../lock.mjs';
import { dataDir, inRoot } from '../paths.mjs';
import { provideServices } from '../services.mjs';
import { startSimulator } from '../simulator.mjs';
import { noteRunning, provideSettings, secretsFile } from '../start-settings.mjs';
import { toStartLines } from '../start-words.mjs';
import { say, step, UserError } from '../steps.mjs';
import { supervise } from '../supervise.mjs';
import { withRun } from '../with-run.mjs';

const entry = inRoot('apps', 'standalone', 'dist', 'main.js');

/** The whole of luma-sync on this machine, until Ctrl-C: against Luma with LUMA_API_KEY, against the simulator without. */
export function start(args) {
  return withRun('start', (run) =>
    withLock(
      'start',
      { waitLimitMs: 0, busy: 'luma-sync already runs from this folder; stop it, or use another checkout' },
      async () => {
        if (existsSync(inRoot('.env'))) process.loadEnvFile(inRoot('.env'));
        await prepare(run);
        if (!existsSync(entry)) throw new UserError(`there is no app at ${entry}`);
        const { env } = await provideServices(run, { keepIn: join(dataDir, 'postgres') });
        await migrateDatabase(env.DATABASE_URL);
        const settings = await provideSettings();
        const luma = process.env.LUMA_API_KEY ? {} : await startSimulator(run);
        const [address, ...others] = toStartLines(settings, {
          env: process.env,
          isTerminal: process.stdout.isTTY === true,
          secretsFile: relative(process.cwd(), secretsFile),
        });
        await step('luma-sync', () => address);
        for (const line of others) say(line);
        say('  Stays up until Ctrl-C.\n');
        const forget = noteRunning({ ...env, ...settings, ...luma });
        try {
          const program = {
            name: 'standalone',
            command: process.execPath,
            args: [entry, ...args],
            env: { ...process.env, ...env, ...settings, ...luma },
          };
          return await supervise(run, 'luma-sync', () => runForeground(run, program));
        } finally {
          forget();
        }
      },
    ),
  );
}
