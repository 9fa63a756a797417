import { beforeEach, describe, expect, it } from '@jest/globals';
import { answerBackfillQuestion } from '@luma-sync/application';
import { inTransaction } from '@luma-sync/store';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';
import { readEntries } from '../../test/timeline-entries.js';

let world: SyncWorld;
let eventId: string;
beforeEach(async () => {
  world = await openSyncWorld({ mailOnUpdate: true });
  eventId = await world.putEvent('Drum circle', { title: 'Drum circle', startsAt: STARTS_AT, endsAt: ENDS_AT });
  await world.db.operation.deleteMany({});
});

const STARTS_AT = new Date(Date.now() + 86_400_000);
const ENDS_AT = new Date(STARTS_AT.getTime() + 3_600_000);

const atLuma = (change: object = {}) =>
  world.sim.control.createEvent({
    name: 'Drum circle',
    start_at: STARTS_AT.toISOString(),
    end_at: ENDS_AT.toISOString(),
    timezone: 'Europe/Berlin',
    ...change,
  });

/** A backfill has asked about these two; nothing was done with either. */
async function askAbout(lumaEventId: string, about = eventId): Promise<string> {
  const shown = { title: 'Drum circle', startsAt: STARTS_AT.toISOString(), url: null };
  const question = { calendarId: world.calendarId, eventId: about, lumaEventId, reason: 'several_fit', shown };
  return (await world.db.backfillQuestion.create({ data: question })).id;
}
const answer = (id: string, word: 'link' | 'keep_apart') =>
  inTransaction(world.db, (tx) => answerBackfillQuestion(tx, id, { answer: word, actor: 'operator' }));
const told = async (about = eventId) =>
  (await readEntries(world.db, { recordId: about, fact: { not: null } })).map(({ fact }) => fact);

describe('the answer that two events are the same', () => {
  it('ties them at once: what Luma lacks is sent, nobody is mailed, nothing is created', async () => {
    const [x, y] = [atLuma({ timezone: 'UTC' }), atLuma({ timezone: 'UTC' })];
    world.sim.control.registerGuests(y.id, { count: 3, emailPrefix: 'g', silent: true });
    const before = world.sim.control.counters();
    await askAbout(x.id);
    const answered = await answer(await askAbout(y.id), 'link');
    expect(answered).toMatchObject({ kind: 'answered', operation: { isNew: true } });
    const operation = await world.db.operation.findFirstOrThrow({ where: { job: 'event.push' } });
    expect(operation).toMatchObject({ actor: 'operator', trigger: 'manual', eventId, calendarId: world.calendarId });
    await world.drain();
    expect(await world.row(eventId)).toMatchObject({ link: { lumaEventId: y.id, state: 'synced' } });
    expect(await world.atLuma(eventId)).toMatchObject({ id: y.id, timezone: 'Europe/Berlin' });
    const { events, mailsLumaWouldHaveSent } = world.sim.control.counters();
    expect({ events, mailsLumaWouldHaveSent }).toEqual({
      events: before.events,
      mailsLumaWouldHaveSent: before.mailsLumaWouldHaveSent,
    });
    // The other question is none any more.
    expect(await world.db.backfillQuestion.count({ where: { settledAt: null, answer: null } })).toBe(0);
    expect(await told()).toEqual(
      expect.arrayContaining(['event-compared', 'event-adopted', 'conflict', 'event-pushed']),
    );
  });

  it('makes one of two records when Luma’s was taken in before', async () => {
    const { id: lumaEventId } = atLuma({ name: 'Drum circle in the park' });
    await world.enqueue('calendar.pull', { calendarId: world.calendarId });
    await world.drain();
    expect(await world.db.event.count()).toBe(2);
    await answer(await askAbout(lumaEventId), 'link');
    await world.drain();
    expect(await world.db.event.count()).toBe(1);
    expect(await world.row(eventId)).toMatchObject({ source: 'app', link: { lumaEventId, state: 'synced' } });
  });

  it('counts as last given: the second word takes the first back', async () => {
    const [x, y] = [atLuma(), atLuma()];
    const [first, second] = [await askAbout(x.id), await askAbout(y.id)];
    await answer(first, 'link');
    await answer(second, 'link');
    await world.drain();
    expect(await world.row(eventId)).toMatchObject({ link: { lumaEventId: y.id } });
    expect(await answer(first, 'link')).toEqual({ kind: 'too-late' });
  });

  it('waits for the lease of the event', async () => {
    const { id: lumaEventId } = atLuma();
    await answer(await askAbout(lumaEventId), 'link');
    const other = {
      key: `event:${eventId}`,
      owner: 'another',
      operationId: crypto.randomUUID(),
      expiresAt: new Date(Date.now() + 60_000),
    };
    await world.db.recordLease.create({ data: other });
    const [operation] = await world.operationsOf('event.push');
    expect(await world.run(operation?.id ?? '')).toMatchObject({ kind: 'not-begun' });
    expect(await world.db.eventLink.count({ where: { lumaEventId } })).toBe(0);
    await world.db.recordLease.delete({ where: { key: other.key } });
    await world.drain();
    expect(await world.row(eventId)).toMatchObject({ link: { lumaEventId } });
  });

  it.each([
    [
      'is gone',
      /cannot read it/,
      async (id: string): Promise<void> => {
        world.sim.control.removeEvent(id, { silent: true });
      },
    ],
    [
      'is tied to another event of the app by now',
      /tied to another event here/,
      async (id: string) => {
        const other = await world.putEvent('other');
        const link = { eventId: other, calendarId: world.calendarId, lumaEventId: id, state: 'synced' as const };
        await world.db.eventLink.create({ data: link });
        await world.db.operation.deleteMany({ where: { eventId: other } });
      },
    ],
  ] as const)(
    'says why it cannot when Luma’s event %s, creates nothing, and can be taken back',
    async (_what, why, change) => {
      const { id: lumaEventId } = atLuma();
      const question = await askAbout(lumaEventId);
      await answer(question, 'link');
      await change(lumaEventId);
      const { events } = world.sim.control.counters();
      await world.drain();
      const [failed] = await world.operationsOf('event.push');
      expect(failed).toMatchObject({ state: 'failed', errorCode: 'event.link_impossible' });
      expect(failed?.errorMessage).toMatch(why);
      expect(world.sim.control.counters().events).toBe(events);
      expect(await answer(question, 'keep_apart')).toMatchObject({ kind: 'answered', operation: { isNew: true } });
      await world.drain();
      expect(await world.row(eventId)).toMatchObject({ link: { state: 'synced' } });
      expect(world.sim.control.counters().events).toBe(events + 1);
    },
  );

  it('starts over when ours is edited while Luma is read', async () => {
    const { id: lumaEventId } = atLuma();
    await answer(await askAbout(lumaEventId), 'link');
    const { luma } = world.deps;
    let edits = 0;
    const deps = {
      ...world.deps,
      luma: {
        open: async (calendarId: string) => {
          const account = await luma.open(calendarId);
          const findEvent: typeof account.api.findEvent = async (...args) => {
            const found = await account.api.findEvent(...args);
            if (edits++ === 0)
              await world.db.event.update({
                where: { id: eventId },
                data: { title: 'Drum circle, moved', revision: { increment: 1 } },
              });
            return found;
          };
          return { ...account, api: { ...account.api, findEvent } };
        },
      },
    };
    const [operation] = await world.operationsOf('event.push');
    expect(await world.run(operation?.id ?? '', deps)).toEqual({ kind: 'put-back', code: 'event.changed_meanwhile' });
    await world.drain();
    expect(await world.atLuma(eventId)).toMatchObject({ id: lumaEventId, name: 'Drum circle, moved' });
  });
});
