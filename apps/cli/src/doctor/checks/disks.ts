import { statfs } from 'node:fs/promises';
import { parseUrl } from '@luma-sync/domain';
import { measurePostgresDisk } from '@luma-sync/store';
import { defineCheck } from './check.js';
import { type Finding, ok, unseen, wrong } from './finding.js';
import { field } from './redis-server.js';
import { toGigabytes } from './words.js';

/** Of a disk, this part at most may be used. */
const USED_MAX = 0.9;
const GIGABYTE = 1_073_741_824;

export const postgresDisk = defineCheck({
  what: 'Disk of Postgres',
  needs: ['db'],
  run: async ({ db, env, diskSizes }) => {
    const { dataDirectory, usedBytes } = await measurePostgresDisk(db);
    const directory = isHere(env.DATABASE_URL) ? dataDirectory : null;
    const stated = { sizeGb: diskSizes.postgresGb, option: '--postgres-disk-gb' };
    return [await judgeDisk('Disk of Postgres', { directory, usedBytes, ...stated })];
  },
});

export const redisDisk = defineCheck({
  what: 'Disk and memory of Redis',
  needs: ['redis'],
  run: async ({ redis, env, diskSizes }) => {
    const info = String(await redis.info());
    const failed = ['aof_last_write_status', 'rdb_last_bgsave_status'].find((name) => field(info, name) === 'err');
    if (failed !== undefined)
      return [wrong('Disk of Redis', `its last write failed (${failed}); is the disk full? Its log says why`)];
    const isPersistent = field(info, 'aof_enabled') === '1';
    if (!isPersistent) return [judgeMemory(info), ok('Disk of Redis', 'it keeps nothing there')];
    // While the file is written anew, the old one is still there.
    const usedBytes = 2 * Number(field(info, 'aof_current_size') ?? 0);
    const directory = isHere(env.REDIS_URL) ? await findDirectory(redis) : null;
    const stated = { sizeGb: diskSizes.redisGb, option: '--redis-disk-gb' };
    const disk = await judgeDisk('Disk of Redis', { directory, usedBytes, ...stated });
    return [judgeMemory(info), disk];
  },
});

function judgeMemory(info: string): Finding {
  const what = 'Memory of Redis';
  const used = Number(field(info, 'used_memory') ?? Number.NaN);
  const limits = ['maxmemory', 'total_system_memory'].map((name) => Number(field(info, name) ?? 0));
  const max = limits.find((limit) => limit > 0);
  if (Number.isNaN(used) || max === undefined) return unseen(what, 'Redis does not say how much it may use');
  const words = `${toGigabytes(used)} of ${toGigabytes(max)} used`;
  return used > max * USED_MAX ? wrong(what, `${words}; give it more`) : ok(what, words);
}

async function findDirectory(redis: { call(...args: string[]): Promise<unknown> }): Promise<string | null> {
  // Managed services allow no CONFIG.
  const answer = await redis.call('config', 'get', 'dir').catch(() => null);
  return Array.isArray(answer) && typeof answer[1] === 'string' ? answer[1] : null;
}

interface Disk {
  /** On this machine; null: the server is elsewhere, or does not tell. */
  directory: string | null;
  usedBytes: number;
  /** Size of the disk of a server elsewhere, and the option that states it. */
  sizeGb: number | undefined;
  option: string;
}

export async function judgeDisk(what: string, { directory, usedBytes, sizeGb, option }: Disk): Promise<Finding> {
  const stats = directory === null ? null : await statfs(directory).catch(() => null);
  const size = (sizeGb ?? 0) * GIGABYTE;
  if (stats === null && size === 0)
    return unseen(what, `cannot be seen from here, ${toGigabytes(usedBytes)} used; state its size: ${option}`);
  const total = stats === null ? size : stats.blocks * stats.bsize;
  const used = stats === null ? usedBytes : total - stats.bavail * stats.bsize;
  const words = `${toGigabytes(used)} of ${toGigabytes(total)} used`;
  return used > total * USED_MAX ? wrong(what, `${words}; give it more space`) : ok(what, words);
}

const LOOPBACK = /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\]|)$/;

/** Whether the server runs on this machine, so that its folders are ours to look at. */
const isHere = (url: string | undefined): boolean => LOOPBACK.test(parseUrl(url ?? '')?.hostname ?? 'elsewhere');
