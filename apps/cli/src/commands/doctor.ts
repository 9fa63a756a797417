import { connectRedis, disconnectRedis } from '@luma-sync/queue';
import { createRedisLimiter } from '@luma-sync/rate-limiter';
import { environment } from '@luma-sync/runtime';
import { type Database, openDatabase, openKeyring } from '@luma-sync/store';
import { createBudgetMemory, createBudgetSource } from '@luma-sync/worker';
import type { Command } from 'commander';
import { type CliContext, CliError } from '../cli-context.js';
import { checkEnvironment } from '../doctor/check-environment.js';
import { checkLumaKey } from '../doctor/check-luma-key.js';
import { checkPostgres } from '../doctor/check-postgres.js';
import { checkRedis } from '../doctor/check-redis.js';
import { type Finding, note, toLine } from '../doctor/finding.js';
import { MIGRATIONS_DIR } from './migrate.js';

export function addDoctor(program: Command, context: CliContext): void {
  program
    .command('doctor')
    .description('look at every setting and service and say what to do')
    .action(async () => {
      const findings = await examine(withoutBlanks(context.env));
      for (const finding of findings) context.print(toLine(finding));
      const count = findings.filter(({ verdict }) => verdict === 'wrong').length;
      if (count > 0) throw new CliError(`${count} ${count === 1 ? 'thing is' : 'things are'} wrong`);
      context.print('All is well.');
    });
}

/** As processes read their settings: what is set to nothing counts as not set. */
function withoutBlanks(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ''));
}

/** Services are looked at as far as their addresses can be read. */
async function examine(env: NodeJS.ProcessEnv): Promise<Finding[]> {
  const findings = checkEnvironment(env);
  const databaseUrl = environment.shape.DATABASE_URL.safeParse(env.DATABASE_URL).data;
  const redisUrl = environment.shape.REDIS_URL.safeParse(env.REDIS_URL).data;
  if (databaseUrl === undefined) return [...findings, note('Services', 'not looked at without DATABASE_URL')];
  const db = openDatabase({ url: databaseUrl, poolMax: 2, applicationName: 'luma-sync-cli' });
  try {
    const key = environment.shape.ENCRYPTION_KEY.safeParse(env.ENCRYPTION_KEY).data;
    const ofPostgres = await checkPostgres(db, MIGRATIONS_DIR, key === undefined ? null : openKeyring(key));
    findings.push(...ofPostgres);
    // The budget remembers in Postgres when a key was last used.
    const isUsable = ofPostgres.every(({ what, verdict }) => verdict !== 'wrong' || what.startsWith('Calendar'));
    if (redisUrl !== undefined) findings.push(...(await examineRedis(isUsable ? db : null, redisUrl, env)));
    return findings;
  } finally {
    await db.$disconnect();
  }
}

const requestSettings = environment.pick({
  LUMA_API_KEY: true,
  LUMA_API_BASE_URL: true,
  LUMA_RATE_LIMIT_PER_MINUTE: true,
  LUMA_RATE_LIMIT_HEADROOM: true,
});

async function examineRedis(db: Database | null, url: string, env: NodeJS.ProcessEnv): Promise<Finding[]> {
  const redis = connectRedis(url, 'failing', 'cli');
  try {
    const findings = await checkRedis(redis);
    const settings = requestSettings.safeParse(env);
    // What is wrong with them stands above already.
    if (!settings.success) return findings;
    if (db === null)
      return [...findings, note('Luma’s answer to LUMA_API_KEY', 'not asked before the database is ready')];
    const { LUMA_API_KEY: apiKey, LUMA_API_BASE_URL: baseUrl } = settings.data;
    const slots = createRedisLimiter({
      redis,
      keyPrefix: (env.REDIS_KEY_PREFIX ?? 'luma-sync').replaceAll(/[{}]/g, ''),
      budgets: createBudgetSource(db, {
        limitPerMinute: settings.data.LUMA_RATE_LIMIT_PER_MINUTE,
        headroom: settings.data.LUMA_RATE_LIMIT_HEADROOM,
      }),
      memory: createBudgetMemory(db),
    });
    return [...findings, await checkLumaKey({ apiKey, baseUrl, slots })];
  } finally {
    await disconnectRedis(redis);
  }
}
