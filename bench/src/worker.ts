/**
 * One worker process of a run: saturates the budget through one contender, with a person's request now and then.
 * Settings come as one JSON argument; the parent says start and stop, and gets one report. Ends by itself when the
 * parent is gone or too much time passed.
 */
import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { Surroundings } from './contenders/contender.js';
import { contenders } from './contenders/index.js';
import { createSender } from './sender.js';
import { API_KEY } from './simulator.js';
import type { WorkerReport, WorkerSettings } from './worker-protocol.js';

const BULK_LOOPS = 8;
/** Beyond what the run should take. */
const SPARE_MS = 30_000;

const settings = JSON.parse(process.argv[2] ?? '{}') as WorkerSettings;
const { scenario, processes, runId, redisUrl } = settings;
const factory = contenders[settings.contender];
if (factory === undefined) throw new Error(`there is no contender ${settings.contender}`);

const stopping = new AbortController();
// Every loop and every wait listens to it.
setMaxListeners(0, stopping.signal);
const clients: Redis[] = [];
const sender = createSender({ port: settings.port, apiKey: API_KEY });
const report: WorkerReport = {
  waitsMs: [],
  answered: 0,
  roundTripsMs: 0,
  sentAtMs: [],
  refusedAtMs: [],
  unanswered: 0,
  failed: 0,
};
/** Counted since the machine started, unlike `performance.now()`. */
const machineMs = () => Number(process.hrtime.bigint()) / 1e6;
let countsFrom = Number.POSITIVE_INFINITY;

process.once('disconnect', () => process.exit(0));
// The parent decides when to stop: Ctrl-C reaches all of us at once.
process.on('SIGINT', () => undefined);
setTimeout(() => process.exit(1), (scenario.measuredWindows + 1) * scenario.windowMs + SPARE_MS).unref();

const surroundings: Surroundings = {
  scenario,
  processes,
  bulkLoops: BULK_LOOPS,
  runId,
  redisUrl,
  openRedis: (options) => {
    const client = new Redis(redisUrl, options ?? {});
    client.on('error', () => undefined);
    clients.push(client);
    return client;
  },
  send: async (timeoutMs) => {
    report.sentAtMs.push(machineMs());
    const answer = await sender.send(timeoutMs);
    if (answer.status === 429) report.refusedAtMs.push(machineMs());
    else if (answer.status === null) report.unanswered++;
    else {
      report.answered++;
      report.roundTripsMs += answer.roundTripMs;
    }
    return answer;
  },
  noteWait: (waitMs) => {
    if (performance.now() >= countsFrom) report.waitsMs.push(waitMs);
  },
  noteFailure: () => {
    if (!stopping.signal.aborted) report.failed++;
  },
  signal: stopping.signal,
  pause: (ms) => pause(Math.max(0, Math.ceil(ms)), undefined, { signal: stopping.signal }).catch(() => undefined),
};

const contender = await factory(surroundings);
process.on('message', (word) => {
  if (word === 'start') void work();
  if (word === 'stop') stopping.abort();
});
process.send?.('ready');

async function work(): Promise<void> {
  countsFrom = performance.now() + scenario.windowMs;
  const ended = Promise.all([contender.saturate(), letPeopleCome()]);
  await new Promise<void>((resolve) => stopping.signal.addEventListener('abort', () => resolve(), { once: true }));
  // Answers in flight are waited for, what waits for a slot is not.
  await Promise.race([ended, pause(scenario.roundTripMs.max + 1_000)]).catch(() => undefined);
  process.send?.(report, () => void close());
}

/** At random moments, so that they do not fall in step with the window. */
async function letPeopleCome(): Promise<void> {
  while (!stopping.signal.aborted) {
    await surroundings.pause(-Math.log(1 - Math.random()) * scenario.personEveryMs * processes);
    if (!stopping.signal.aborted) contender.person().catch(surroundings.noteFailure);
  }
}

async function close(): Promise<void> {
  await Promise.race([contender.close(), pause(2_000)]).catch(() => undefined);
  for (const client of clients) client.disconnect();
  sender.close();
  process.exit(0);
}
