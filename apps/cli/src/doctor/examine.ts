import { createLumaLimiter } from '@luma-sync/luma-access/budgets';
import { connectRedis, disconnectRedis } from '@luma-sync/queue/inspect';
import { environment } from '@luma-sync/runtime/config';
import { type Database, openDatabase, openKeyring } from '@luma-sync/store';
import { MIGRATIONS_DIR } from '../migrations-dir.js';
import { attempts } from './checks/attempts.js';
import { breakers } from './checks/breakers.js';
import { calendars } from './checks/calendars.js';
import { type Check, type DiskSizes, type DoctorParts, runCheck } from './checks/check.js';
import { databaseClock, redisClock } from './checks/clocks.js';
import { deadLetters } from './checks/dead-letters.js';
import { postgresDisk, redisDisk } from './checks/disks.js';
import { checkEnvironment } from './checks/environment.js';
import { type Finding, unseen } from './checks/finding.js';
import { budgets, sharedKeys } from './checks/keys.js';
import { lumaKeys } from './checks/luma.js';
import { people } from './checks/people.js';
import { pools } from './checks/pools.js';
import { checkPostgres } from './checks/postgres-server.js';
import { publicAddress } from './checks/public-url.js';
import { checkRedis } from './checks/redis-server.js';
import { schedules } from './checks/schedules.js';
import { secrets } from './checks/secrets.js';
import { pausedQueues, workers } from './checks/workers.js';

/** In the order in which a person reads what they find. */
const CHECKS: readonly Check[] = [
  calendars,
  secrets,
  sharedKeys,
  workers,
  pausedQueues,
  schedules,
  deadLetters,
  attempts,
  breakers,
  people,
  pools,
  databaseClock,
  redisClock,
  postgresDisk,
  redisDisk,
  budgets,
  publicAddress,
  lumaKeys,
];

/**
 * Looks at every setting, every service and all that work leaves behind. What cannot be looked at is among the
 * findings.
 *
 * @param env Without variables that are set to nothing.
 */
export async function examine(env: NodeJS.ProcessEnv, diskSizes: DiskSizes = {}): Promise<Finding[]> {
  const findings = checkEnvironment(env);
  const url = environment.shape.DATABASE_URL.safeParse(env.DATABASE_URL).data;
  if (url === undefined) findings.push(unseen('Postgres', 'not looked at without a usable DATABASE_URL'));
  const db = url === undefined ? null : openDatabase({ url, poolMax: 3, applicationName: 'luma-sync-cli' });
  try {
    const ofPostgres = db === null ? [] : await checkPostgres(db, MIGRATIONS_DIR);
    const isReady = db !== null && ofPostgres.every(({ verdict }) => verdict === 'ok');
    return [...findings, ...ofPostgres, ...(await examineWithRedis({ env, diskSizes }, isReady ? db : null))];
  } finally {
    await db?.$disconnect();
  }
}

interface Given {
  env: NodeJS.ProcessEnv;
  diskSizes: DiskSizes;
}

async function examineWithRedis(given: Given, db: Database | null): Promise<Finding[]> {
  const { env } = given;
  const url = environment.shape.REDIS_URL.safeParse(env.REDIS_URL).data;
  if (url === undefined)
    return [
      unseen('Redis', 'not looked at without a usable REDIS_URL'),
      ...(await runChecks(toParts(given, db, null))),
    ];
  const redis = connectRedis(url, 'failing', 'cli');
  try {
    const ofRedis = await checkRedis(redis);
    const isThere = ofRedis.every(({ what }) => what !== 'Redis');
    return [...ofRedis, ...(await runChecks(toParts(given, db, isThere ? redis : null)))];
  } finally {
    await disconnectRedis(redis);
  }
}

async function runChecks(parts: DoctorParts): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const check of CHECKS) findings.push(...(await runCheck(check, parts)));
  return findings;
}

function toParts({ env, diskSizes }: Given, db: Database | null, redis: DoctorParts['redis']): DoctorParts {
  const { ENCRYPTION_KEY, PUBLIC_URL, LUMA_API_BASE_URL } = environment.shape;
  const key = ENCRYPTION_KEY.safeParse(env.ENCRYPTION_KEY).data;
  return {
    ...{ env, diskSizes, db, redis, queuePrefix: toPrefix(env) },
    keyring: key === undefined ? null : openKeyring(key),
    limiter: db === null || redis === null ? null : openLimiter(env, db, redis),
    publicUrl: PUBLIC_URL.safeParse(env.PUBLIC_URL).data ?? null,
    lumaBaseUrl: LUMA_API_BASE_URL.safeParse(env.LUMA_API_BASE_URL).data ?? LUMA_API_BASE_URL.parse(undefined),
  };
}

const toPrefix = (env: NodeJS.ProcessEnv): string =>
  environment.shape.REDIS_KEY_PREFIX.safeParse(env.REDIS_KEY_PREFIX).data ??
  environment.shape.REDIS_KEY_PREFIX.parse(undefined);

const budgetSettings = environment.pick({ LUMA_RATE_LIMIT_PER_MINUTE: true, LUMA_RATE_LIMIT_HEADROOM: true });

function openLimiter(env: NodeJS.ProcessEnv, db: Database, redis: NonNullable<DoctorParts['redis']>) {
  const settings = budgetSettings.safeParse(env).data;
  // What is wrong with them stands among the findings already.
  if (settings === undefined) return null;
  return createLumaLimiter({ db, redis, config: { ...settings, REDIS_KEY_PREFIX: toPrefix(env) } });
}
