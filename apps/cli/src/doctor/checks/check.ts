import type { RedisConnection } from '@luma-sync/queue';
import type { RateLimiter } from '@luma-sync/rate-limiter';
import type { Database, Keyring } from '@luma-sync/store';
import { type Finding, unseen } from './finding.js';

/** What checks look at; null: it cannot be reached, or is not set. */
export interface DoctorParts {
  /** Without variables that are set to nothing. */
  env: NodeJS.ProcessEnv;
  /** Migrated, and it answers. */
  db: Database | null;
  redis: RedisConnection | null;
  /** In front of every key of a queue in Redis. */
  queuePrefix: string;
  keyring: Keyring | null;
  limiter: RateLimiter | null;
  publicUrl: string | null;
  lumaBaseUrl: string;
  diskSizes: DiskSizes;
}

/** Of servers whose disks cannot be seen from here, as the caller states them, in GB. */
export interface DiskSizes {
  postgresGb?: number | undefined;
  redisGb?: number | undefined;
}

type Need = 'db' | 'redis' | 'keyring' | 'limiter';

const NEEDS: Record<Need, string> = {
  db: 'the database',
  redis: 'Redis',
  keyring: 'a usable ENCRYPTION_KEY',
  limiter: 'Redis, the database and the settings of the budget',
};

/** One look at one thing. */
export interface Check<N extends Need = Need> {
  what: string;
  needs: readonly N[];
  run(parts: DoctorParts & { [K in N]: NonNullable<DoctorParts[K]> }): Promise<Finding[]>;
}

/** Fixes the type of what `run` is given by what the check needs. */
export const defineCheck = <N extends Need>(check: Check<N>): Check => check as unknown as Check;

/** No check may hold up the others. */
const CHECK_WITHIN_MS = 60_000;

/** A check whose needs are not met, or that fails, is named as unseen. */
export async function runCheck({ what, needs, run }: Check, parts: DoctorParts): Promise<Finding[]> {
  const missing = needs.find((need) => parts[need] === null);
  if (missing !== undefined) return [unseen(what, `not looked at without ${NEEDS[missing]}`)];
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Finding[]>((resolve) => {
    timer = setTimeout(() => resolve([unseen(what, `no result within ${CHECK_WITHIN_MS / 1_000} s`)]), CHECK_WITHIN_MS);
  });
  try {
    return await Promise.race([run(parts as Parameters<Check['run']>[0]), late]);
  } catch (error) {
    return [unseen(what, `could not be looked at (${toReason(error)})`)];
  } finally {
    clearTimeout(timer);
  }
}

/** Messages of Postgres may quote values: a code, or the kind of error, has to do. */
function toReason(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'code' in error) return String(error.code);
  return error instanceof Error ? error.name : 'unknown';
}
