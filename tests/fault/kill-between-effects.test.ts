import { describe, expect, it } from '@jest/globals';
import { putEvent, putRsvp } from '@luma-sync/application';
import { retryingTransaction } from '@luma-sync/store';
import { waitFor } from '@luma-sync/testkit';
import { EVENT, isDone, openWorkerWorld, type WorkerWorld as World } from './worker-world.js';

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

/**
 * Runs `play` with a worker that dies at the given place, then with a sound one, until all is done. @returns whether it
 * died.
 */
async function dieAt(
  queue: 'events' | 'guests',
  crashAt: number,
  arrange: (world: World) => Promise<void>,
  judge: (world: World) => Promise<void>,
) {
  const world = await openWorkerWorld();
  try {
    await arrange(world);
    const mortal = world.startWorker({ queue, at: crashAt });
    const ending = await Promise.race([
      mortal.exited.then(({ signal }) => signal),
      waitFor(isDone(world.db), { what: 'all operations to be done', limitMs: 120_000 }).then(() => null),
    ]);
    if (ending !== null) {
      const sound = world.startWorker({ queue });
      await waitFor(isDone(world.db), {
        what: `all operations to be done after a death at ${crashAt}`,
        limitMs: 120_000,
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
      await retryingTransaction(db, (tx) => putEvent(tx, 'killed', EVENT, 'test'));
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
      await retryingTransaction(world.db, (tx) => putEvent(tx, 'killed', EVENT, 'test'));
      await linkToLuma(world);
      await world.db.calendar.updateMany({ data: { mailOnRsvp: true } });
      for (const name of ['ada', 'bob']) {
        const person = {
          name,
          email: `${name}@example.org`,
          emailVerified: true,
          phone: null,
          status: 'going' as const,
        };
        await retryingTransaction(world.db, (tx) =>
          putRsvp(tx, { eventKey: 'killed', personKey: name }, person, 'test'),
        );
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
