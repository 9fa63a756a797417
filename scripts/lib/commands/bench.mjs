import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { prepare } from '../build.mjs';
import { runForeground } from '../children.mjs';
import { loadMigrator, migrateDatabase } from '../database.mjs';
import { dataDir, inRoot } from '../paths.mjs';
import { provideRedis } from '../redis.mjs';
import { provideServices } from '../services.mjs';
import { step, UserError } from '../steps.mjs';
import { withRun } from '../with-run.mjs';

/** The request budget beside other limiters; needs Redis alone. Arguments go to the bench. */
export function benchBudget(args) {
  return withRun('bench:budget', (run) => compare(run, args), { isLastWordTheirs: true });
}

/** A million operations through relay, Redis and workers: what Redis needs for that. Arguments go to the bench. */
export function benchMemory(args) {
  return withRun('bench:memory', (run) => measureMemory(run, args), { isLastWordTheirs: true });
}

/** Workers killed under load: how soon what they ran is run again. Arguments go to the bench. */
export function benchRecovery(args) {
  return withRun('bench:recovery', (run) => measure(run, 'recovery', args), { isLastWordTheirs: true });
}

/** Calendars that answer slowly, refuse, or have a backlog beside others. Arguments go to the bench. */
export function benchBulkhead(args) {
  return withRun('bench:bulkhead', (run) => measure(run, 'bulkhead', args), { isLastWordTheirs: true });
}

/** Processor time against length for every function that reads text from outside. Needs no service. */
export function benchText(args) {
  return withRun('bench:text', (run) => measureText(run, args), { isLastWordTheirs: true });
}

/**
 * Megabytes. Otherwise the garbage collector copies the longest texts while they are read, and its work hides that of
 * the function.
 */
const NEW_SPACE = 256;

async function measureText(run, args) {
  await prepare(run);
  return await runForeground(run, {
    name: 'bench',
    command: process.execPath,
    args: [
      `--min-semi-space-size=${NEW_SPACE}`,
      `--max-semi-space-size=${NEW_SPACE}`,
      inRoot('bench', 'dist', 'text', 'main.js'),
      ...args,
    ],
  });
}

/**
 * Hostile requests against the luma-sync that `npm start` runs from this folder, or the one that `--url` and `--key`
 * name: how long others wait for an answer meanwhile.
 */
export function benchHostile(args) {
  return withRun('bench:hostile', (run) => playHostile(run, args), { isLastWordTheirs: true });
}

async function playHostile(run, args) {
  await prepare(run);
  const note = join(dataDir, 'running.env');
  const { PUBLIC_URL, BOOTSTRAP_API_KEY } = existsSync(note) ? parseEnv(readFileSync(note, 'utf8')) : {};
  if (PUBLIC_URL === undefined && !args.includes('--url'))
    throw new UserError('luma-sync does not run from this folder: npm start, or give --url and --key');
  return await runForeground(run, {
    name: 'bench',
    command: process.execPath,
    args: [inRoot('bench', 'dist', 'hostile', 'main.js'), ...args],
    env: { ...process.env, ...(PUBLIC_URL ? { LUMA_SYNC_URL: PUBLIC_URL, LUMA_SYNC_API_KEY: BOOTSTRAP_API_KEY } : {}) },
  });
}

/**
 * Answers of people while guest pulls saturate the budget: how soon each arrives at Luma. Arguments go to the bench.
 */
export function benchRsvpLatency(args) {
  return withRun('bench:rsvp-latency', (run) => measure(run, 'rsvp-latency', args), { isLastWordTheirs: true });
}

async function compare(run, args) {
  await prepare(run);
  let redis;
  await step('Redis', async () => {
    redis = await provideRedis(run);
    return redis.remark;
  });
  return await runForeground(run, {
    name: 'bench',
    command: process.execPath,
    args: [inRoot('bench', 'dist', 'main.js'), ...args],
    env: { ...process.env, REDIS_URL: redis.url },
  });
}

async function measureMemory(run, args) {
  if (process.env.REDIS_URL)
    throw new UserError(
      'this bench measures the memory of a whole Redis: unset REDIS_URL, and it starts one of its own',
    );
  return await measure(run, 'memory', args);
}

/** A bench that needs everything, on a database of its own. */
async function measure(run, name, args) {
  await prepare(run);
  const { env } = await provideServices(run);
  const { withScratchDatabase } = await loadMigrator();
  return await withScratchDatabase(env.DATABASE_URL, async (databaseUrl) => {
    await migrateDatabase(databaseUrl);
    return await runForeground(run, {
      name: 'bench',
      command: process.execPath,
      args: [inRoot('bench', 'dist', name, 'main.js'), ...args],
      env: { ...process.env, ...env, DATABASE_URL: databaseUrl },
    });
  });
}
