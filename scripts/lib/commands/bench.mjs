import { prepare } from '../build.mjs';
import { runForeground } from '../children.mjs';
import { loadMigrator, migrateDatabase } from '../database.mjs';
import { inRoot } from '../paths.mjs';
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
