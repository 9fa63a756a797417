import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { type LumaSim, startLumaSim } from '@luma-sync/luma-sim';
import { relayEnvironment, startRelay } from '@luma-sync/relay';
import { createCalendar, type Database, openDatabase, openKeyring, putEvent, putRsvp } from '@luma-sync/store';
import { getRedisUrl, openTestDatabase, spawnNode, type TestProcess, waitFor } from '@luma-sync/testkit';

const WORKER = fileURLToPath(new URL('./crashing-worker.mjs', import.meta.url));
const KEY = 'secret-kill';

/** One world for each place of death: they run side by side, since each mostly waits for a lease to run out. */
interface World {
  db: Database;
  luma: LumaSim;
  startWorker(queue: 'events' | 'guests', crashAt: number): TestProcess;
  close(): Promise<void>;
}

async function openWorld(): Promise<World> {
  const database = await openTestDatabase();
  const db = openDatabase({ url: database.url, poolMax: 3 });
  const luma = await startLumaSim({
    calendars: [{ id: 'cal-kill', name: 'Kill', apiKeys: [KEY] }],
    settings: { guests: { addDelayMinMs: 50, addDelayMaxMs: 100 } },
  });
  const encryptionKey = randomBytes(32).toString('base64');
  const env = {
    DATABASE_URL: database.url,
    REDIS_URL: getRedisUrl(),
    REDIS_KEY_PREFIX: `{kill-${randomBytes(6).toString('hex')}}`,
    ENCRYPTION_KEY: encryptionKey,
    LUMA_API_BASE_URL: luma.url,
    LUMA_RATE_LIMIT_PER_MINUTE: '5000',
    WORKER_CONCURRENCY: '2',
    RELAY_POLL_MS: '50',
    LOG_LEVEL: 'error',
  };
  await createCalendar(db, openKeyring(encryptionKey), {
    name: 'Kill',
    kind: 'luma',
    apiKey: KEY,
    isDefault: true,
  });
  const relay = await startRelay(relayEnvironment.parse(env), { handleSignals: false });
  return {
    db,
    luma,
    startWorker: (queue, crashAt) =>
      spawnNode(WORKER, { env: { ...env, CRASH_QUEUE: queue, CRASH_AT: String(crashAt) } }),
    close: async () => {
      await relay.close();
      await luma.close();
      await db.$disconnect();
      await database.close();
    },
  };
}

const EVENT = {
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
const isDone = (db: Database) => async () =>
  (await db.operation.count({ where: { state: { in: ['queued', 'running'] }, job: { in: PUSHES } } })) === 0;

/** As a finished event push leaves it. */
async function linkToLuma({ db, luma }: World): Promise<void> {
  const { id: lumaEventId } = luma.control.createEvent({
    name: EVENT.title,
    start_at: EVENT.startsAt.toISOString(),
    timezone: 'UTC',
  });
  const { id: eventId } = await db.event.findFirstOrThrow();
  const { id: calendarId } = await db.calendar.findFirstOrThrow();
  await db.eventLink.create({ data: { eventId, calendarId, lumaEventId, pushedRevision: 1, state: 'synced' } });
  await db.operation.deleteMany({ where: { job: 'event.push' } });
}

/** Runs `play` with a worker that dies at the given place, then with a sound one, until all is done. @returns whether it died. */
async function dieAt(
  queue: 'events' | 'guests',
  crashAt: number,
  arrange: (world: World) => Promise<void>,
  judge: (world: World) => Promise<void>,
) {
  const world = await openWorld();
  try {
    await arrange(world);
    const mortal = world.startWorker(queue, crashAt);
    const ending = await Promise.race([
      mortal.exited.then(({ signal }) => signal),
      waitFor(isDone(world.db), { what: 'all operations to be done', limitMs: 40_000 }).then(() => null),
    ]);
    if (ending !== null) {
      const sound = world.startWorker(queue, 0);
      await waitFor(isDone(world.db), {
        what: `all operations to be done after a death at ${crashAt}`,
        limitMs: 40_000,
      });
      await sound.stop();
    } else {
      await mortal.stop();
    }
    await judge(world);
    return { died: ending === 'SIGKILL', effects: mortal.output().match(/^effect .*/gm) ?? [] };
  } finally {
    await world.close();
  }
}

/** Every place in turn, a few worlds at a time, until one is reached where nobody dies any more. */
async function dieEverywhere(
  run: (crashAt: number) => Promise<{ died: boolean; effects: string[] }>,
): Promise<string[]> {
  const SIDE_BY_SIDE = 4;
  for (let first = 1; first < 60; first += SIDE_BY_SIDE) {
    const runs = await Promise.all(Array.from({ length: SIDE_BY_SIDE }, (_none, index) => run(first + index)));
    const survivor = runs.find(({ died }) => !died);
    if (survivor !== undefined) return survivor.effects;
  }
  throw new Error('there is no end of effects');
}

describe('a worker killed (SIGKILL) between any two effects', () => {
  it('of an event push leaves one event at Luma, equal to ours', async () => {
    const arrange = async ({ db }: World) => {
      await putEvent(db, 'killed', EVENT, 'test');
    };
    const judge = async ({ db, luma }: World) => {
      const { duplicates, eventsCreated } = luma.control.counters();
      expect({ eventsCreated, duplicates }).toEqual({ eventsCreated: 1, duplicates: { events: [], guests: [] } });
      expect(luma.control.state().events).toMatchObject([{ name: EVENT.title, startAt: EVENT.startsAt.toISOString() }]);
      expect(await db.eventLink.findMany()).toMatchObject([
        { state: 'synced', lumaEventId: luma.control.state().events[0]?.id },
      ]);
      expect(await db.operation.findMany({ where: { state: 'failed' } })).toEqual([]);
    };
    const effects = await dieEverywhere((crashAt) => dieAt('events', crashAt, arrange, judge));
    expect(effects.join('\n')).toMatch(
      /before createEvent[\s\S]*after createEvent[\s\S]*before attach[\s\S]*after attach[\s\S]*after confirmPush/,
    );
  });

  it('of an RSVP push leaves one guest at Luma for each answer, and nobody is mailed twice', async () => {
    const arrange = async (world: World) => {
      await putEvent(world.db, 'killed', EVENT, 'test');
      await linkToLuma(world);
      await world.db.calendar.updateMany({ data: { mailOnRsvp: true } });
      for (const name of ['ada', 'bob']) {
        const person = { name, email: `${name}@example.org`, phone: null, status: 'going' as const };
        await putRsvp(world.db, 'killed', name, person, 'test');
      }
    };
    const judge = async ({ db, luma }: World) => {
      const guests = luma.control.state().events.flatMap((event) => event.guests);
      expect(
        guests.map(({ email, status }) => ({ email, status })).sort((a, b) => (a.email < b.email ? -1 : 1)),
      ).toEqual([
        { email: 'ada@example.org', status: 'approved' },
        { email: 'bob@example.org', status: 'approved' },
      ]);
      expect(await db.rsvpLink.findMany({ select: { state: true } })).toEqual([
        { state: 'synced' },
        { state: 'synced' },
      ]);
      expect(luma.control.counters().duplicates.guests).toEqual([]);
      const mailed = luma.control.mails().map(({ to, kind }) => `${kind} ${to}`);
      expect(mailed).toEqual([...new Set(mailed)]);
    };
    const effects = await dieEverywhere((crashAt) => dieAt('guests', crashAt, arrange, judge));
    expect(effects.join('\n')).toMatch(/after markAsked[\s\S]*before addGuests[\s\S]*after addGuests/);
  });
});
