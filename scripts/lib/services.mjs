import { providePostgres } from './postgres.mjs';
import { provideRedis } from './redis.mjs';
import { step } from './steps.mjs';

/**
 * Postgres and Redis, found or started, as the environment that our processes read.
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
  await step('Redis', async () => {
    redis = await provideRedis(run);
    return redis.remark;
  });
  return {
    env: {
      DATABASE_URL: postgres.url,
      REDIS_URL: redis.url,
      ...(redis.binary === null ? {} : { REDIS_SERVER_BIN: redis.binary }),
    },
  };
}
