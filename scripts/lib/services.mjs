import { providePostgres } from './postgres.mjs';
import { provideRedis } from './redis.mjs';
import { step } from './steps.mjs';

/**
 * Postgres and Redis, found or started, as the environment that our processes read. `started` has those that this run started.
 *
 * @param {import('./run.mjs').Run} run
 * @param {{ keepIn?: string }} [options] see `providePostgres`
 */
export async function provideServices(run, options) {
  let postgres;
  let redis;
  await step('Postgres', async () => {
    postgres = await providePostgres(run, options);
    return postgres.remark;
  });
  await step(
    'Redis',
    async () => {
      redis = await provideRedis(run);
      return redis.remark;
    },
    { log: run.logFile('apt') },
  );
  return {
    started: [postgres.service, redis.service].filter((service) => service !== undefined),
    env: {
      DATABASE_URL: postgres.url,
      REDIS_URL: redis.url,
      ...(redis.binary === null ? {} : { REDIS_SERVER_BIN: redis.binary }),
    },
  };
}
