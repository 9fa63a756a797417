import { randomUUID } from 'node:crypto';
import { done, type JobContext, type Outcome, toJobError } from '@luma-sync/jobs';
import { atEnd, openTestRedis, waitFor } from '@luma-sync/testkit';
import {
  addJobs,
  closeQueues,
  connectRedis,
  DEFAULT_RUN_SETTINGS,
  disconnectRedis,
  type FinishTimes,
  OperationWorker,
  openQueues,
  type RunIdentity,
} from '../src/index.js';
import { carefreeLedger } from './carefree-ledger.js';

/** Short times: noticed after a second, dead after two. Their proportions are those of production. */
export const CONSUMPTION = { silentMs: 1_000, deadMs: 2_000, lookMs: 60 };
const WATCH = { everyMs: 300, answerMs: 300 };
const quiet = () => undefined;

export interface ConsumerOptions {
  /** The worker's road to Redis. Default: straight. */
  workerUrl?: string;
  /** The road of everything else in its process. Default: straight. */
  probeUrl?: string;
  /** Of the queue's producer and of everything that has no road of its own. Default: the tests' shared Redis. */
  redisUrl?: string;
  handler?: (ctx: JobContext) => Promise<Outcome>;
  concurrency?: number;
  finishTimes?: FinishTimes;
  /** Rejects while Postgres is away, as every begin of a run does then. */
  beforeBegin?: (run: RunIdentity) => Promise<void>;
}

export interface Consumer {
  worker: OperationWorker;
  /** How often it was told that it is dead. */
  deaths(): number;
  /** Adds a job and waits until it has been taken. */
  consume(limitMs?: number): Promise<void>;
  add(): Promise<string>;
  /** Adds a job with this id for its operation, whatever it is. */
  addForeign(operationId: string): Promise<void>;
  /** Why jobs of the queue ended without their operation. */
  failures(): Promise<string[]>;
  taken: string[];
}

/** A worker of the events queue on a Redis of the test's choice, started. */
export async function openConsumer(options: ConsumerOptions = {}): Promise<Consumer> {
  const { url, prefix } =
    options.redisUrl === undefined ? await openTestRedis() : { url: options.redisUrl, prefix: '{own}' };
  const open = (road: string | undefined, manner: 'waiting' | 'failing', name: string) => {
    const connection = connectRedis(road ?? url, manner, name, WATCH);
    atEnd(() => disconnectRedis(connection));
    return connection;
  };
  const connection = open(options.workerUrl, 'waiting', 'test-worker');
  const probe = open(options.probeUrl, 'failing', 'test-probe');
  const queues = openQueues(open(undefined, 'waiting', 'test-producer'), prefix);
  atEnd(() => closeQueues(queues));
  const taken: string[] = [];
  let deaths = 0;
  const worker = new OperationWorker({
    queue: 'events',
    connection,
    probe,
    prefix,
    concurrency: options.concurrency ?? 2,
    ledger: {
      ...carefreeLedger,
      begin: async (run) => {
        await options.beforeBegin?.(run);
        return carefreeLedger.begin(run);
      },
    },
    handlers: {
      'event.push': (_payload, ctx) => {
        taken.push(ctx.operationId);
        return options.handler?.(ctx) ?? Promise.resolve(done());
      },
    },
    classify: toJobError,
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    settings: { ...DEFAULT_RUN_SETTINGS, abandonAfterMs: 500, handBackAfterMs: 500 },
    takeOver: { lockMs: 1_000, renewMs: 400, lookMs: 300 },
    consumption: CONSUMPTION,
    ...(options.finishTimes === undefined ? {} : { finishTimes: options.finishTimes }),
    onDead: () => {
      deaths += 1;
    },
  });
  atEnd(() => worker.close(0));
  worker.start();
  const addJob = (operationId: string, dispatches = 1) =>
    addJobs(queues.events, [{ operationId, job: 'event.push', priority: 1, dispatches }]);
  const add = async (): Promise<string> => {
    const operationId = randomUUID();
    await addJob(operationId);
    return operationId;
  };
  let foreign = 0;
  return {
    worker,
    deaths: () => deaths,
    taken,
    add,
    addForeign: async (operationId) => {
      foreign += 1;
      await addJob(operationId, foreign);
    },
    failures: async () => (await queues.events.getFailed()).map(({ failedReason }) => failedReason),
    consume: async (limitMs = 60_000) => {
      const id = await add();
      await waitFor(() => taken.includes(id), { what: 'the job to be taken', limitMs });
    },
  };
}
