import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { putEvent } from '@luma-sync/application';
import { type Database, retryingTransaction } from '@luma-sync/store';
import { API_KEY, type Simulator } from '../simulator.js';

const RELAY = fileURLToPath(new URL('../../../apps/relay/dist/main.js', import.meta.url));
const GUEST_WORKER = fileURLToPath(new URL('../../../apps/guest-worker/dist/main.js', import.meta.url));
const READY_LIMIT_MS = 60_000;
const END_LIMIT_MS = 25_000;
const DAY_MS = 86_400_000;

export interface StageEvent {
  key: string;
  eventId: string;
  lumaEventId: string;
}

export interface StageOptions {
  databaseUrl: string;
  redisUrl: string;
  /** Of the network in front of the simulator. */
  port: number;
  limit: number;
  headroom: number;
  workers: number;
}

/** The relay and the guest workers, as they are deployed. */
export function startProcesses({ databaseUrl, redisUrl, port, limit, headroom, workers }: StageOptions) {
  const { DATABASE_URL: _database, REDIS_URL: _redis, ...inherited } = process.env;
  const env = {
    ...inherited,
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    REDIS_KEY_PREFIX: '{luma-sync-bench-rsvp-latency}',
    PORT: '0',
    LOG_LEVEL: 'silent',
    ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    LUMA_API_BASE_URL: `http://127.0.0.1:${port}`,
    LUMA_API_KEY: API_KEY,
    LUMA_RATE_LIMIT_PER_MINUTE: String(limit),
    LUMA_RATE_LIMIT_HEADROOM: String(headroom),
  };
  const start = (entry: string): ChildProcess => {
    const child = fork(entry, [], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], env });
    child.on('error', () => undefined);
    return child;
  };
  const children = [start(RELAY), ...Array.from({ length: workers }, () => start(GUEST_WORKER))];
  return {
    stop: async (): Promise<void> => {
      for (const child of children) child.kill('SIGTERM');
      await Promise.all(children.map(ended));
      for (const child of children) child.kill('SIGKILL');
    },
  };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await once(child, 'exit', { signal: AbortSignal.timeout(END_LIMIT_MS) }).catch(() => undefined);
}

/**
 * Events that both sides have, with a crowd of guests at Luma that no pull has read yet. Costs no request of the
 * budget.
 */
export async function createEvents(
  db: Database,
  simulator: Simulator,
  { events, guests, signal }: { events: number; guests: number; signal: AbortSignal },
): Promise<StageEvent[]> {
  const calendarId = await findCalendar(db, signal);
  const startsAt = new Date(Date.now() + 10 * DAY_MS);
  const endsAt = new Date(startsAt.getTime() + DAY_MS / 12);
  const created: StageEvent[] = [];
  for (let index = 0; index < events; index += 1) {
    const key = `event-${index}`;
    const location = { type: 'tbd' as const, name: null, address: null, lat: null, lng: null };
    const place = { location, meetingUrl: null, coverUrl: null, capacity: null };
    const input = { title: key, descriptionMd: '', startsAt, endsAt, timezone: 'UTC', tags: [], host: null };
    const stored = await retryingTransaction(db, (tx) =>
      putEvent(tx, key, { ...input, ...place, visibility: 'public' }, 'bench'),
    );
    if (stored.kind !== 'stored') throw new Error(`the event was not stored: ${stored.kind}`);
    const eventId = stored.view.event.id;
    const start_at = startsAt.toISOString();
    const { id: lumaEventId } = await simulator.control<{ id: string }>('/events', {
      name: key,
      start_at,
      timezone: 'UTC',
    });
    await simulator.control(`/events/${lumaEventId}/guests`, {
      count: guests,
      emailPrefix: `g${index}-`,
      silent: true,
    });
    await db.eventLink.deleteMany({ where: { eventId } });
    await db.eventLink.create({ data: { eventId, calendarId, lumaEventId, state: 'synced' } });
    created.push({ key, eventId, lumaEventId });
  }
  await db.operation.deleteMany({ where: { job: 'event.push' } });
  return created;
}

/** The first worker makes it, from its key. */
async function findCalendar(db: Database, signal: AbortSignal): Promise<string> {
  const giveUpAt = performance.now() + READY_LIMIT_MS;
  for (;;) {
    const calendar = await db.calendar.findFirst();
    if (calendar !== null) return calendar.id;
    if (performance.now() > giveUpAt) throw new Error('no worker was ready in time');
    await pause(50, undefined, { signal });
  }
}
