import type { RedisConnection } from './connection.js';

/** Why Redis does not do what was asked of it; listed in docs/failure-modes.md. */
export type RedisTrouble = 'redis.out_of_memory' | 'redis.read_only' | 'redis.unavailable';

/** Redis tells the reason by the first word of its answer. */
export function toRedisTrouble(error: unknown): RedisTrouble {
  const message = error instanceof Error ? error.message : '';
  if (/\bOOM\b/.test(message)) return 'redis.out_of_memory';
  // A replica after a fail-over, or a server that may not write because it cannot save.
  if (/\b(READONLY|MISCONF|NOREPLICAS)\b/.test(message)) return 'redis.read_only';
  return 'redis.unavailable';
}

/** Carries the code to `/readyz`, which shows codes and no messages. */
export class RedisTroubleError extends Error {
  constructor(
    readonly code: RedisTrouble,
    cause: unknown,
  ) {
    super(code, { cause });
    this.name = 'RedisTroubleError';
  }
}

/**
 * One question to Redis, for a readiness check.
 * @throws {RedisTroubleError} with a code that says what is wrong.
 */
export async function pingRedis(redis: Pick<RedisConnection, 'ping'>): Promise<void> {
  try {
    await redis.ping();
  } catch (error) {
    throw new RedisTroubleError(toRedisTrouble(error), error);
  }
}
