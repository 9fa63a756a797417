import { prepare } from '../build.mjs';
import { runForeground } from '../children.mjs';
import { inRoot } from '../paths.mjs';
import { provideRedis } from '../redis.mjs';
import { step } from '../steps.mjs';
import { withRun } from '../with-run.mjs';

/** The request budget beside other limiters; needs Redis alone. Arguments go to the bench. */
export function benchBudget(args) {
  return withRun('bench:budget', (run) => compare(run, args), { isLastWordTheirs: true });
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
