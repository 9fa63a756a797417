import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import { prepare } from '../build.mjs';
import { runForeground } from '../children.mjs';
import { migrateDatabase } from '../database.mjs';
import { databaseDir, noteLuma, startAfresh } from '../fresh.mjs';
import { withLock } from '../lock.mjs';
import { inRoot } from '../paths.mjs';
import { provideServices } from '../services.mjs';
import { startSimulator } from '../simulator.mjs';
import { noteRunning, provideSettings, secretsFile } from '../start-settings.mjs';
import { toStartLines } from '../start-words.mjs';
import { StoppedError, say, step, UserError } from '../steps.mjs';
import { supervise, superviseServices } from '../supervise.mjs';
import { waitUntilReady } from '../wait-ready.mjs';
import { withRun } from '../with-run.mjs';

const entry = inRoot('apps', 'standalone', 'dist', 'main.js');
const busy = 'luma-sync already runs from this folder; stop it, or use another checkout';

/**
 * The whole of luma-sync on this machine, until Ctrl-C: against Luma with LUMA_API_KEY, against the simulator without.
 */
export async function start(args) {
  const unknown = args.find((arg) => arg !== '--fresh');
  if (unknown !== undefined) throw new UserError(`there is no option ${unknown}: npm start -- --help names them`);
  const isFresh = args.includes('--fresh');
  return await withRun('start', (run) => withLock('start', { waitLimitMs: 0, busy }, () => runAll(run, isFresh)));
}

async function runAll(run, isFresh) {
  if (existsSync(inRoot('.env'))) process.loadEnvFile(inRoot('.env'));
  if (isFresh) startAfresh();
  await prepare(run);
  if (!existsSync(entry)) throw new UserError(`there is no app at ${entry}`);
  const isReal = Boolean(process.env.LUMA_API_KEY);
  if (!process.env.DATABASE_URL) noteLuma({ isReal });
  const { env, started } = await provideServices(run, { keepIn: databaseDir });
  await migrateDatabase(env.DATABASE_URL);
  const settings = await provideSettings();
  const simulator = isReal ? null : await startSimulator(run);
  const variables = { ...env, ...settings, ...simulator?.env };
  const forget = noteRunning(variables);
  const program = {
    name: 'standalone',
    command: process.execPath,
    args: [entry],
    env: { ...process.env, ...variables },
  };
  const ended = new AbortController();
  try {
    void sayWhenReady(settings, ended.signal);
    return await Promise.race([
      supervise(run, 'luma-sync', () => runForeground(run, program)),
      superviseServices(run, simulator === null ? started : [...started, simulator.service]),
    ]);
  } finally {
    const early = 'luma-sync ended before it was ready';
    ended.abort(run.isStopping ? new StoppedError(early) : new UserError(early));
    forget();
  }
}

/** Nothing but a message depends on it, so luma-sync stays up when it takes longer than the limit. */
async function sayWhenReady(settings, signal) {
  const [address, ...others] = toStartLines(settings, {
    env: process.env,
    isTerminal: process.stdout.isTTY === true,
    secretsFile: relative(process.cwd(), secretsFile),
  });
  try {
    await step('luma-sync', async () => {
      await waitUntilReady(`http://127.0.0.1:${settings.PORT}`, { signal });
      return address;
    });
  } catch (error) {
    if (signal.aborted) return;
    say(`  ${error.message}. Its address: ${address}`);
  }
  for (const line of others) say(line);
  say('  Stays up until Ctrl-C.\n');
}
