import { providePostgres } from './postgres.mjs';
import { provideRedis } from './redis.mjs';
import { step } from './steps.mjs';

/**
 * Postgres and Redis, found or started, as the environment that our processes read. `started` has those that this run
 * started.
 *
 * @param {import('./run.mjs').Run} run
 * @param {{ keepIn?: string, isPostgres?: boolean, isRedis?: boolean }} [options] `keepIn`: see `providePostgres`. Both
 *   services are provided unless one is said to be not needed.
 */
export async function provideServices(run, { keepIn, isPostgres = true, isRedis = true } = {}) {
  const postgres = isPostgres ? await startPostgres(run, { keepIn }) : null;
  const redis = isRedis ? await startRedis(run) : null;
  return {
    started: [postgres?.service, redis?.service].filter((service) => service !== undefined),
    env: {
      ...(postgres === null ? {} : { DATABASE_URL: postgres.url }),
      ...(redis === null ? {} : { REDIS_URL: redis.url }),
      ...(redis === null || redis.binary === null ? {} : { REDIS_SERVER_BIN: redis.binary }),
    },
  };
}

async function startPostgres(run, options) {
  let postgres;
  await step('Postgres', async () => {
    postgres = await providePostgres(run, options);
    return postgres.remark;
  });
  return postgres;
}

async function startRedis(run) {
  let redis;
  const find = async () => {
    redis = await provideRedis(run);
    return redis.remark;
  };
  await step('Redis', find, { log: run.logFile('apt') });
  return redis;
}
