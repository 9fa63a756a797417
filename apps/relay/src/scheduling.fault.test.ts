import { describe, expect, it } from '@jest/globals';
import { done } from '@luma-sync/jobs';
import { connectRedis, disconnectRedis, ScheduleQueue } from '@luma-sync/queue';
import { atEnd, openTestRedis, startRedisServer, waitFor, withRandom } from '@luma-sync/testkit';
import { openJumpingClock } from '../test/jumping-clock.js';
import { openQueueWorld, type QueueWorld } from '../test/queue-world.js';
import type { RunningRelay } from './index.js';
import { nextSlot } from './schedule-runner.js';
import type { Schedule } from './schedules.js';

const EVERY_MS = 2_000;
const PATTERN = '*/2 * * * * *';
const TIMES = { lateMs: 700, lookMs: 300 };

/** A schedule that writes down each time it fires, in the transaction of its slot. */
const writing: Schedule = {
  name: 'test.write',
  pattern: PATTERN,
  fire: async (tx, slot) => tx.$executeRaw`insert into fires (slot) values (${slot}::timestamptz)`,
};

interface Slot {
  slot: Date;
  outcome: 'fired' | 'missed';
  fires: number;
}

const readSlots = (world: QueueWorld) =>
  world.db.$queryRaw<Slot[]>`
    select s.slot, s.outcome::text as outcome, (select count(*)::int from fires f where f.slot = s.slot) as fires
    from schedule_slots s where s.name = ${writing.name} order by s.slot`;

describe('schedules', () => {
  it('with four relays that come and go, clocks that jump and a Redis that loses everything: each slot once, or marked as missed', async () => {
    const clock = openJumpingClock();
    const redis = await startRedisServer();
    const world = await openQueueWorld({ redisUrl: redis.url });
    await world.db.$executeRaw`create table fires (slot timestamptz not null)`;
    const start = () => world.startRelay({}, { schedules: [writing], scheduleTimes: TIMES });
    const relays: RunningRelay[] = await Promise.all(Array.from({ length: 4 }, start));
    await waitFor(async () => (await readSlots(world)).length > 0, { what: 'a first slot', limitMs: 30_000 });
    await withRandom(async (random) => {
      const actions = random.shuffle([
        ...Array.from({ length: 6 }, () => 'restart' as const),
        ...Array.from({ length: 5 }, () => 'jump' as const),
        'flush' as const,
        'flush' as const,
        'away' as const,
      ]);
      for (const action of actions) {
        const seen = (await readSlots(world)).length;
        if (action === 'restart') {
          const index = random.integer(0, relays.length - 1);
          await relays[index]?.close();
          relays[index] = await start();
        } else if (action === 'jump') {
          clock.jumpTo(random.pick([-86_400_000, -60_000, -3_000, 0, 1_500, 45_000, 3_600_000, 86_400_000]));
        } else if (action === 'flush') {
          await redis.flush();
        } else {
          await redis.kill();
          await redis.start();
        }
        // Whatever was done, slots go on being fired.
        await waitFor(async () => (await readSlots(world)).length > seen, {
          what: `a slot after ${action}`,
          limitMs: 30_000,
        });
      }
      clock.jumpTo(0);
      const slots = await readSlots(world);
      // Every slot from the first to the last stands there, none twice (the table would not take it), none left out.
      slots.forEach(({ slot }, index) => {
        if (index > 0) expect(slot.getTime() - (slots[index - 1]?.slot.getTime() ?? 0)).toBe(EVERY_MS);
      });
      for (const { outcome, fires } of slots) expect(fires).toBe(outcome === 'fired' ? 1 : 0);
      expect(slots.filter(({ outcome }) => outcome === 'fired').length).toBeGreaterThan(actions.length);
    });
    await world.close();
  });

  it('that nobody could fire are marked as missed when somebody is back, and the newest one is fired', async () => {
    const world = await openQueueWorld();
    await world.db.$executeRaw`create table fires (slot timestamptz not null)`;
    const start = () => world.startRelay({}, { schedules: [writing], scheduleTimes: TIMES });
    const relay = await start();
    await waitFor(async () => (await readSlots(world)).length > 0, { what: 'a first slot', limitMs: 30_000 });
    await relay.close();
    // As after ten slots without any relay.
    await world.db.$executeRaw`update schedule_slots set slot = slot - interval '20 s' where name = ${writing.name}`;
    await world.db.$executeRaw`update fires set slot = slot - interval '20 s'`;
    await start();
    await waitFor(async () => (await readSlots(world)).some(({ outcome }) => outcome === 'missed'), {
      what: 'slots to be marked',
      limitMs: 30_000,
    });
    const slots = await readSlots(world);
    expect(slots.filter(({ outcome }) => outcome === 'missed').length).toBeGreaterThanOrEqual(9);
    expect(slots.at(-1)).toMatchObject({ outcome: 'fired', fires: 1 });
  });
});

describe('retention', () => {
  it('of a night that was missed is made up for, in as many rounds as it takes, while other work goes on', async () => {
    const world = await openQueueWorld();
    const rows = 21_000;
    await world.db.$executeRaw`
      insert into operations (job, dedupe_key, payload, priority, state, trigger, actor, deadline_at, finished_at,
        dispatch_at)
      select 'event.push', 'old-' || n, '{}', 1, 'done', 'api', 'test', now(), now() - interval '31 days', null
      from generate_series(1, ${rows}::int) n`;
    const relay = await world.startRelay({ RETENTION_OPERATIONS_DAYS: 30 });
    world.startWorker(async () => done());
    const id = await world.enqueue();
    await world.until(id, ['done'], 30_000);
    await waitFor(async () => (await world.db.operation.count()) === 1, { what: 'old rows to go', limitMs: 60_000 });
    const metrics = async () => (await fetch(`http://127.0.0.1:${relay.health.port}/metrics`)).text();
    const told = new RegExp(`luma_sync_retention_removed_total\\{kind="operations"[^}]*\\} ${rows}`);
    await waitFor(async () => told.test(await metrics()), { what: 'the metric to tell', limitMs: 60_000 });
  });
});

describe('schedulers in Redis', () => {
  async function openQueues(count: number, onTick: (name: string) => Promise<void>): Promise<ScheduleQueue[]> {
    const { url, prefix } = await openTestRedis();
    return Array.from({ length: count }, (_, n) => {
      const [producer, consumer] = [connectRedis(url, 'waiting', `p${n}`), connectRedis(url, 'waiting', `c${n}`)];
      const queue = new ScheduleQueue({ producer, consumer, prefix, onTick, onError: () => {}, toleranceMs: 1_000 });
      atEnd(async () => {
        await queue.close();
        await Promise.all([disconnectRedis(producer), disconnectRedis(consumer)]);
      });
      return queue;
    });
  }
  const NAME = 'test.tick';
  const restore = (queue: ScheduleQueue) => {
    const now = new Date();
    return queue.restore([{ name: NAME, pattern: PATTERN, nextAt: nextSlot(PATTERN, now) }], now);
  };
  const countTicks = () => {
    const counter = {
      ticks: 0,
      onTick: async () => {
        counter.ticks += 1;
      },
    };
    return counter;
  };
  const moreTicks = async (counter: { ticks: number }, restoring: () => Promise<unknown>) => {
    const before = counter.ticks;
    await waitFor(
      async () => {
        await restoring();
        return counter.ticks >= before + 2;
      },
      { what: 'ticks to go on', limitMs: 30_000 },
    );
  };

  it('that many set at once, again and again, go on ticking', async () => {
    const counter = countTicks();
    const queues = await openQueues(8, counter.onTick);
    for (const queue of queues) queue.start();
    for (let round = 0; round < 5; round += 1) {
      await Promise.all(
        queues.map(({ queue }) =>
          queue.upsertJobScheduler(NAME, { pattern: PATTERN, tz: 'UTC' }, { name: NAME, data: { name: NAME } }),
        ),
      );
    }
    await moreTicks(counter, () => restore(queues[0] as ScheduleQueue));
  });

  it('that stopped, or sleep far too long, are made anew; those that are well are left alone', async () => {
    const counter = countTicks();
    const [queue] = (await openQueues(1, counter.onTick)) as [ScheduleQueue];
    expect(await restore(queue)).toBe(1);
    expect(await restore(queue)).toBe(0);
    // Stopped: the scheduler stands there, and its job is gone.
    for (const job of await queue.queue.getDelayed()) await job.remove().catch(() => {});
    await queue.queue.drain(true);
    queue.start();
    await moreTicks(counter, () => restore(queue));
    // Set by a clock that was a day ahead.
    await queue.queue.upsertJobScheduler(
      NAME,
      { pattern: PATTERN, tz: 'UTC', startDate: Date.now() + 86_400_000 },
      { name: NAME, data: { name: NAME } },
    );
    expect(await restore(queue)).toBe(1);
    await moreTicks(counter, async () => {});
  });

  it('are no longer there once they are not configured', async () => {
    const [queue] = (await openQueues(1, async () => {})) as [ScheduleQueue];
    await restore(queue);
    expect(await queue.restore([], new Date())).toBe(1);
    expect(await queue.queue.getJobSchedulers()).toEqual([]);
  });
});
