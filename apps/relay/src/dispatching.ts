import { MINUTE_MS } from '@luma-sync/jobs';
import type { Queues, RedisConnection, RedisTrouble } from '@luma-sync/queue';
import { type Logger, type Metrics, PublicProblem } from '@luma-sync/runtime';
import { type Database, findUndispatchable, toStoreWords } from '@luma-sync/store';
import type { RelayEnvironment } from './config.js';
import { dispatchDue, KNOWN_WORK } from './dispatcher.js';
import { loop } from './loop.js';

export interface DispatchingDeps {
  db: Database;
  redis: RedisConnection;
  queues: Queues;
  log: Logger;
  metrics: Metrics;
  config: Pick<RelayEnvironment, 'RELAY_POLL_MS' | 'RELAY_WINDOW' | 'RELAY_WINDOW_PER_CALENDAR'>;
  signal: AbortSignal;
}

export interface Dispatching {
  ended: Promise<unknown>;
  /** @throws when no round has ended for long. */
  assertMoving(): void;
}

/** A round that has not ended for this long is stuck, and the process not ready. */
const STUCK_MS = 30_000;
/** Rest after a round that failed, or in which Redis did not take everything. */
const TROUBLE_REST_MS = 1_000;

/**
 * Makes jobs for due operations until the signal aborts, and tells what keeps it from that: once when it begins, once
 * when it is over.
 */
export function startDispatching({ db, redis, queues, log, metrics, config, signal }: DispatchingDeps): Dispatching {
  const dispatched = metrics.counter({
    name: 'operations_dispatched_total',
    help: 'Jobs made for operations, repeated ones included',
  });
  const trimmed = metrics.counter({
    name: 'jobs_trimmed_total',
    help: 'Delayed jobs given back to Postgres, so that Redis stays small',
  });
  const refused = metrics.counter({
    name: 'dispatch_refused_total',
    help: 'Rounds in which Redis did not take every job, by reason',
    labels: ['reason'],
  });
  const teller = new TroubleTeller(log);
  let lastRoundAt = performance.now();

  const dispatching = loop({
    signal,
    afterErrorMs: TROUBLE_REST_MS,
    onError: (error) =>
      teller.tellStore(toStoreWords(error) ?? `a round failed: ${error instanceof Error ? error.name : 'unknown'}`),
    round: async () => {
      const round = await dispatchDue({
        db,
        redis,
        queues,
        windowMax: config.RELAY_WINDOW,
        perCalendarMax: config.RELAY_WINDOW_PER_CALENDAR,
      });
      lastRoundAt = performance.now();
      dispatched.inc(round.added);
      trimmed.inc(round.trimmed);
      teller.tellStore(null);
      teller.tellRedis(round.trouble);
      if (round.trouble === null) return round.claimed > 0 ? 0 : config.RELAY_POLL_MS;
      refused.inc({ reason: round.trouble });
      return TROUBLE_REST_MS;
    },
  });
  const watching = loop({
    signal,
    afterErrorMs: MINUTE_MS,
    // The rounds above meet the same trouble and tell of it.
    onError: () => {},
    round: async () => {
      const jobs = await findUndispatchable(db, KNOWN_WORK);
      if (jobs.length > 0) log.warn({ jobs }, 'operations of jobs this version does not know are left alone');
      return MINUTE_MS;
    },
  });
  return {
    ended: Promise.all([dispatching, watching]),
    assertMoving: () => {
      if (performance.now() - lastRoundAt > STUCK_MS)
        throw new PublicProblem('no round of dispatching has ended lately');
    },
  };
}

/** Says what is wrong when it begins or changes, not once a second. */
class TroubleTeller {
  private store: string | null = null;
  private redis: RedisTrouble | null = null;

  constructor(private readonly log: Pick<Logger, 'warn' | 'info'>) {}

  tellStore(words: string | null): void {
    if (words === this.store) return;
    if (words === null) this.log.info({}, 'operations are read again');
    else this.log.warn({ reason: words }, 'operations cannot be read');
    this.store = words;
  }

  tellRedis(trouble: RedisTrouble | null): void {
    if (trouble === this.redis) return;
    if (trouble === null) this.log.info({}, 'Redis takes jobs again');
    else this.log.warn({ reason: trouble }, 'Redis takes no jobs; what is due waits in Postgres');
    this.redis = trouble;
  }
}
