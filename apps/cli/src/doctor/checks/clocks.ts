import { readDatabaseClock } from '@luma-sync/store';
import { defineCheck } from './check.js';
import { type Finding, ok, unseen, wrong } from './finding.js';

const OFF_MAX_MS = 2_000;

/** The clocks of Postgres and Redis against this machine's. Luma's is judged by its answers. */
export const databaseClock = defineCheck({
  what: 'Clock of Postgres',
  needs: ['db'],
  run: async ({ db }) => [await judgeClock('Clock of Postgres', () => readDatabaseClock(db))],
});

export const redisClock = defineCheck({
  what: 'Clock of Redis',
  needs: ['redis'],
  run: async ({ redis }) => [
    await judgeClock('Clock of Redis', async () => {
      const [seconds = 0, microseconds = 0] = (await redis.time()).map(Number);
      return new Date(seconds * 1_000 + microseconds / 1_000);
    }),
  ],
});

async function judgeClock(what: string, read: () => Promise<Date>): Promise<Finding> {
  const before = Date.now();
  const at = await read();
  const after = Date.now();
  return judgeOffset(what, at.getTime() - (before + after) / 2, (after - before) / 2);
}

/** @param toleranceMs How far off a clock may look because of the way to it. */
export function judgeOffset(what: string, offMs: number, toleranceMs: number): Finding {
  const seconds = (Math.abs(offMs) / 1_000).toFixed(1);
  if (Math.abs(offMs) > OFF_MAX_MS + toleranceMs)
    return wrong(what, `is ${seconds} s ${offMs > 0 ? 'ahead of' : 'behind'} this machine’s; set both by NTP`);
  if (toleranceMs > OFF_MAX_MS) return unseen(what, 'the answer took too long to tell');
  return ok(what, `within ${OFF_MAX_MS / 1_000} s of this machine’s`);
}
