import { randomUUID } from 'node:crypto';
import { catalog, type JobContext, type Outcome, type Priority, toJobError } from '@luma-sync/jobs';
import {
  type Bulkheads,
  connectRedis,
  DEFAULT_RUN_SETTINGS,
  disconnectRedis,
  IsolatedLane,
  OperationWorker,
  type RunSettings,
  runInThisProcess,
} from '@luma-sync/queue';
import {
  createIsolationLedger,
  createLedger,
  type Database,
  enqueueOperation,
  fromPrismaError,
  openDatabase,
} from '@luma-sync/store';
import { atEnd, openTestDatabase, openTestRedis, waitFor } from '@luma-sync/testkit';

import { type RelayEnvironment, type RunningRelay, relayEnvironment, startRelay } from '../src/index.js';

/**
 * Short times for tests in which a worker dies: a lease of a second and a half, and a look for the dead twice a second.
 */
export const TAKE_OVER = { lockMs: 1_000, renewMs: 400, lookMs: 500 };
export const LEASE_MS = 1_500;
/** Elsewhere no run loses its lease, however busy the machine is. */
const LONG_LEASE_MS = 60_000;
/** Jobs that one worker of this world runs at once. */
export const CONCURRENCY = 5;

type Operation = Awaited<ReturnType<Database['operation']['findUniqueOrThrow']>>;

export type PushHandler = (eventId: string, ctx: JobContext) => Promise<Outcome>;

export interface QueueWorld {
  db: Database;
  databaseUrl: string;
  redisUrl: string;
  prefix: string;
  log: { entries: { level: string; fields: object; message: string }[] };
  startRelay(settings?: Partial<RelayEnvironment>, options?: Parameters<typeof startRelay>[1]): Promise<RunningRelay>;
  startWorker(
    handler: PushHandler,
    options?: { settings?: Partial<RunSettings>; databaseUrl?: string; bulkheads?: Bulkheads },
  ): OperationWorker;
  /** An `event.push` for an event and a calendar that need not exist. */
  enqueue(eventId?: string, options?: { calendarId?: string; priority?: Priority }): Promise<string>;
  /** An `event.cancel`, which is a dead letter when it is given up. */
  enqueueCancel(): Promise<string>;
  row(id: string): Promise<Operation>;
  /** Waits until the operation has one of these states. */
  until(id: string, states: readonly Operation['state'][], limitMs?: number): Promise<Operation>;
  /** Ends relay and workers now, while the Redis of a test still answers. Otherwise happens by itself. */
  close(): Promise<void>;
  /** Lets a waiting operation be due now. */
  wake(id: string): Promise<unknown>;
}

/** Real Postgres and Redis, real relay and workers, and handlers that a test writes. */
export async function openQueueWorld(own: { redisUrl?: string } = {}): Promise<QueueWorld> {
  const { url: databaseUrl } = await openTestDatabase();
  const redis = own.redisUrl === undefined ? await openTestRedis() : { url: own.redisUrl, prefix: '{own}' };
  const db = openDatabase({ url: databaseUrl, poolMax: 20 });
  atEnd(() => db.$disconnect());
  const closers: (() => Promise<void>)[] = [];
  const entries: QueueWorld['log']['entries'] = [];
  const note = (level: string) => (fields: object, message: string) => void entries.push({ level, fields, message });
  const log = { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') };
  const world: QueueWorld = {
    db,
    databaseUrl,
    redisUrl: redis.url,
    prefix: redis.prefix,
    log: { entries },
    async startRelay(settings = {}, options = {}) {
      const config: RelayEnvironment = {
        ...relayEnvironment.parse({
          DATABASE_URL: databaseUrl,
          REDIS_URL: redis.url,
          REDIS_KEY_PREFIX: redis.prefix,
          LOG_LEVEL: 'silent',
          PORT: '0',
          RELAY_POLL_MS: '20',
        }),
        ...settings,
      };
      const relay = await startRelay(config, { ...options, handleSignals: false });
      closers.push(atEnd(() => relay.close()));
      return relay;
    },
    startWorker(handler, { settings = {}, databaseUrl: url, bulkheads = {} } = {}) {
      const store = url === undefined ? db : openDatabase({ url, poolMax: 5 });
      if (store !== db) atEnd(() => store.$disconnect());
      const connection = connectRedis(redis.url, 'waiting', 'test-worker');
      const run = (payload: unknown, ctx: JobContext) => handler((payload as { eventId: string }).eventId, ctx);
      const deps = {
        ledger: createLedger(store),
        // The one is parked when it is given up, the other one is a dead letter.
        handlers: { 'event.push': run, 'event.cancel': run },
        classify: (thrown: unknown) => toJobError(fromPrismaError(thrown)),
        log,
        settings: { ...DEFAULT_RUN_SETTINGS, leaseMs: LONG_LEASE_MS, ...settings },
      };
      const worker = new OperationWorker({
        ...deps,
        queue: 'events',
        connection,
        prefix: redis.prefix,
        concurrency: CONCURRENCY,
        bulkheads,
        takeOver: TAKE_OVER,
      });
      const lane = new IsolatedLane({
        ledger: createIsolationLedger(store, Object.keys(deps.handlers)),
        runners: [runInThisProcess(deps)],
        log,
        processId: `lane-${randomUUID()}`,
        times: { pollMs: 50, expectMs: 50, troubleMs: 200, steadyMs: 2_500 },
      });
      lane.start();
      closers.push(
        atEnd(async () => {
          await lane.close();
          await worker.close(0);
          await disconnectRedis(connection);
        }),
      );
      worker.start();
      return worker;
    },
    enqueue: async (eventId = randomUUID(), options = {}) =>
      (await enqueueOperation(db, catalog['event.push'], { eventId }, { trigger: 'api', actor: 'test', ...options }))
        .id,
    enqueueCancel: async () =>
      (
        await enqueueOperation(
          db,
          catalog['event.cancel'],
          { eventId: randomUUID() },
          { trigger: 'api', actor: 'test' },
        )
      ).id,
    row: (id) => db.operation.findUniqueOrThrow({ where: { id } }),
    async until(id, states, limitMs = 60_000) {
      const find = async () => {
        const row = await world.row(id);
        return states.includes(row.state) ? row : null;
      };
      return waitFor(find, { what: `operation ${id} to be ${states.join(' or ')}`, limitMs }).catch(async (error) => {
        throw new Error(`${error}; it is ${JSON.stringify(await world.row(id))}`);
      });
    },
    async close() {
      for (const close of closers.reverse()) await close();
    },
    wake: (id) =>
      db.$executeRaw`update operations set run_after = now(), dispatch_at = now() where id = ${id}::uuid
          and state = 'queued'`,
  };
  return world;
}
