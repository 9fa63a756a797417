import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { afterAll } from '@jest/globals';
import type { putEvent } from '@luma-sync/application';
import { type LumaSim, startLumaSim } from '@luma-sync/luma-sim';
import { relayEnvironment, startRelay } from '@luma-sync/relay';
import { createCalendar, type Database, openDatabase, openKeyring } from '@luma-sync/store';
import { expectWithinDocument, getRedisUrl, openTestDatabase, spawnNode, type TestProcess } from '@luma-sync/testkit';

const WORKER = fileURLToPath(new URL('./steered-worker.mjs', import.meta.url));
const KEY = 'secret-fault';

/** What happens to a worker, and where; see steered-worker.mjs. */
export interface Steering {
  queue?: 'events' | 'guests';
  /** Number or name of an effect's boundary. */
  at?: number | string;
  signal?: 'SIGKILL' | 'SIGSTOP';
  isDeaf?: boolean;
  /** With the times of production instead of short ones. */
  isInEarnest?: boolean;
  logLevel?: string;
}

/** Real Postgres, Redis and relay, a simulator, and workers that are processes of their own. */
export interface WorkerWorld {
  db: Database;
  luma: LumaSim;
  /** What a worker needs. */
  env: Record<string, string>;
  startWorker(steering?: Steering): TestProcess;
  close(): Promise<void>;
}

const sims: LumaSim[] = [];

afterAll(() => expectWithinDocument(sims));

export async function openWorkerWorld(): Promise<WorkerWorld> {
  const database = await openTestDatabase();
  const db = openDatabase({ url: database.url, poolMax: 3 });
  const luma = await startLumaSim({
    calendars: [{ id: 'cal-fault', name: 'Fault', apiKeys: [KEY] }],
    settings: { guests: { addDelayMinMs: 50, addDelayMaxMs: 100 } },
  });
  sims.push(luma);
  const encryptionKey = randomBytes(32).toString('base64');
  const env = {
    DATABASE_URL: database.url,
    REDIS_URL: getRedisUrl(),
    REDIS_KEY_PREFIX: `{fault-${randomBytes(6).toString('hex')}}`,
    ENCRYPTION_KEY: encryptionKey,
    LUMA_API_BASE_URL: luma.url,
    LUMA_RATE_LIMIT_PER_MINUTE: '5000',
    WORKER_CONCURRENCY: '2',
    RELAY_POLL_MS: '50',
    LOG_LEVEL: 'error',
  };
  await createCalendar(db, openKeyring(encryptionKey), {
    name: 'Fault',
    kind: 'luma',
    apiKey: KEY,
    isDefault: true,
  });
  const relay = await startRelay(relayEnvironment.parse(env), { handleSignals: false });
  return {
    db,
    luma,
    env,
    startWorker: ({
      queue = 'events',
      at = 0,
      signal = 'SIGKILL',
      isDeaf = false,
      isInEarnest = false,
      logLevel = 'error',
    } = {}) =>
      spawnNode(WORKER, {
        env: {
          ...env,
          LOG_LEVEL: logLevel,
          STEER_QUEUE: queue,
          STEER_AT: String(at),
          STEER_SIGNAL: signal,
          STEER_DEAF: String(isDeaf),
          STEER_EARNEST: String(isInEarnest),
        },
      }),
    close: async () => {
      await relay.close();
      await luma.close();
      await db.$disconnect();
      await database.close();
    },
  };
}

export const EVENT = {
  title: 'Killed now and then',
  descriptionMd: 'Still **one** event.',
  startsAt: new Date(Date.now() + 9 * 86_400_000),
  endsAt: new Date(Date.now() + 9 * 86_400_000 + 3_600_000),
  timezone: 'Europe/Berlin',
  location: { type: 'tbd', name: null, address: null, lat: null, lng: null },
  meetingUrl: null,
  coverUrl: null,
  visibility: 'public',
  capacity: null,
  tags: [],
  host: null,
} as const satisfies Parameters<typeof putEvent>[2];

/** Relay also fires overdue schedules, whose workers do not run here. */
const PUSHES = ['event.push', 'rsvp.push'];
export const isDone = (db: Database) => async () =>
  (await db.operation.count({ where: { state: { in: ['queued', 'running'] }, job: { in: PUSHES } } })) === 0;
