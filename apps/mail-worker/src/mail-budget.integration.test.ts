import { beforeAll, describe, expect, it } from '@jest/globals';
import { createMailLimiter } from '@luma-sync/luma-access';
import { createSharedMailBudget, MAIL_SLOT_MS } from '@luma-sync/mail';
import { connectRedis, disconnectRedis } from '@luma-sync/queue';
import { atEnd, openTestRedis, type TestRedis, waitFor } from '@luma-sync/testkit';

const LIMIT = 4;
let redis: TestRedis;
beforeAll(async () => {
  redis = await openTestRedis();
});

/** The account was idle. */
const memory = {
  idleForMs: async () => Number.POSITIVE_INFINITY,
  markUsed: async () => {},
  noteForgotten: async () => Number.POSITIVE_INFINITY,
};

/** As each mail worker has it: connections of its own. */
async function openBudget() {
  const connection = connectRedis(redis.url, 'failing', 'test');
  atEnd(() => disconnectRedis(connection));
  await waitFor(() => connection.ping(), { what: 'Redis' });
  const limiter = createMailLimiter({
    redis: connection,
    memory,
    keyPrefix: redis.prefix,
    mailsPerSecond: LIMIT,
    mailTimeoutMs: MAIL_SLOT_MS,
  });
  return createSharedMailBudget(limiter, 'mail:test');
}

/** Most moments in any second. */
const worst = (times: number[]): number =>
  Math.max(...times.map((from) => times.filter((time) => time >= from && time - from <= 1_000).length));

describe('two mail workers', () => {
  it('together hand over no more mails in any second than the account allows', async () => {
    const workers = [await openBudget(), await openBudget()];
    const handedOver: number[] = [];
    const mail = async (budget: (typeof workers)[number]) => {
      const { signal } = new AbortController();
      // A caller that is told to come back does so, as a job does.
      const leave = await waitFor(() => budget.take(signal), { what: 'leave', limitMs: 60_000 });
      handedOver.push(performance.now());
      await leave.end();
    };
    await Promise.all(workers.flatMap((worker) => Array.from({ length: 3 * LIMIT }, () => mail(worker))));
    expect(handedOver).toHaveLength(6 * LIMIT);
    expect(worst(handedOver)).toBeLessThanOrEqual(LIMIT);
  });
});
