import { once } from 'node:events';
import type { RedisConnection } from '@luma-sync/queue';
import { type Finding, note, ok, wrong } from './finding.js';

const READY_WITHIN_MS = 3_000;
/** BullMQ asks for it, and the budget's scripts use what came with it. */
const VERSION_MIN = [6, 2] as const;

/** Redis, its version, and whether it may throw our keys away. */
export async function checkRedis(redis: RedisConnection): Promise<Finding[]> {
  let info: string;
  try {
    if (redis.status !== 'ready') await once(redis, 'ready', { signal: AbortSignal.timeout(READY_WITHIN_MS) });
    info = String(await redis.info());
  } catch {
    return [
      wrong(
        'Redis',
        'no answer at REDIS_URL; does it run, and are address and password right? Work is accepted without it, ' +
          'and waits',
      ),
    ];
  }
  return [checkVersion(info), checkPolicy(info), checkPersistence(info)];
}

/** `INFO` is lines of `name:value`. */
export function field(info: string, name: string): string | null {
  const line = info.split(/\r?\n/).find((candidate) => candidate.startsWith(`${name}:`));
  return line === undefined ? null : line.slice(name.length + 1);
}

function checkVersion(info: string): Finding {
  const version = field(info, 'redis_version') ?? '0';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isNew = major > VERSION_MIN[0] || (major === VERSION_MIN[0] && minor >= VERSION_MIN[1]);
  return isNew
    ? ok(`Redis ${version}`)
    : wrong(`Redis ${version}`, `is too old; ${VERSION_MIN.join('.')} or newer is needed`);
}

function checkPolicy(info: string): Finding {
  const what = 'Redis maxmemory-policy';
  const policy = field(info, 'maxmemory_policy');
  if (policy === 'noeviction') return ok(what, policy);
  if (policy === null) return note(what, 'cannot be read here; make sure it is noeviction');
  return wrong(what, `is ${policy}, so Redis may throw jobs away when it is full; set it to noeviction`);
}

function checkPersistence(info: string): Finding {
  return field(info, 'aof_enabled') === '1'
    ? ok('Redis append-only file', 'on')
    : note(
        'Redis append-only file',
        'off: after a restart of Redis every job is made again from Postgres, which takes up to 30 s',
      );
}
