import { type RedisConnection, ScheduleQueue } from '@luma-sync/queue';
import type { Logger, Metrics } from '@luma-sync/runtime';
import { type Database, toStoreWords } from '@luma-sync/store';
import { loop } from './loop.js';
import { createScheduleRunner } from './schedule-runner.js';
import type { Schedule, ScheduleTimes } from './schedules.js';

export interface SchedulingDeps {
  db: Database;
  /** `failing` manner. */
  redis: RedisConnection;
  /** `waiting` manner. */
  consumer: RedisConnection;
  prefix: string;
  relay: string;
  log: Logger;
  metrics: Metrics;
  schedules: readonly Schedule[];
  times: ScheduleTimes;
  signal: AbortSignal;
}

export interface Scheduling {
  /** Takes ticks from now on. */
  start(): void;
  ended: Promise<void>;
  close(): Promise<void>;
}

/** Further from Postgres' clock than this, a machine does not set schedulers, which BullMQ times by its own clock. */
const CLOCK_OFF_MS = 30_000;

/** Fires schedules, and looks now and then at what was missed and whether the schedulers in Redis are well. */
export function startScheduling(deps: SchedulingDeps): Scheduling {
  const { db, redis, consumer, prefix, relay, log, metrics, schedules, times, signal } = deps;
  const runner = createScheduleRunner({ db, schedules, relay, log, lateMs: times.lateMs });
  const queue = new ScheduleQueue({
    producer: redis,
    consumer,
    prefix,
    onTick: runner.onTick,
    onError: (error) => log.warn({ reason: error.message }, 'the schedule queue reports trouble'),
    toleranceMs: times.lateMs,
  });
  const clockOff = metrics.gauge({
    name: 'clock_off_seconds',
    help: 'How far this machine’s clock is ahead of Postgres’',
  });
  let isClockOff = false;
  const looking = loop({
    signal,
    afterErrorMs: Math.min(5_000, times.lookMs),
    onError: (error) => log.warn({ reason: describeError(error) }, 'schedules could not be looked after'),
    round: async () => {
      await runner.catchUp();
      const now = await runner.now();
      const offMs = Date.now() - now.getTime();
      clockOff.set(offMs / 1_000);
      const wasClockOff = isClockOff;
      isClockOff = Math.abs(offMs) > CLOCK_OFF_MS;
      if (isClockOff !== wasClockOff)
        log.warn(
          { offMs },
          isClockOff ? 'this machine’s clock is off; others set the schedulers' : 'the clock is right again',
        );
      if (isClockOff) return times.lookMs;
      const restored = await queue.restore(runner.definitions(now), now);
      if (restored > 0) log.info({ restored }, 'schedulers made in Redis');
      return times.lookMs;
    },
  });
  return { start: () => queue.start(), ended: looking, close: () => queue.close() };
}

function describeError(error: unknown): string {
  return toStoreWords(error) ?? (error instanceof Error ? error.message : 'unknown');
}
