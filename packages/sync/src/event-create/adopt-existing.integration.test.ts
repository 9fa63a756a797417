import { beforeEach, describe, expect, it } from '@jest/globals';
import { answerBackfillQuestion } from '@luma-sync/application';
import { inTransaction } from '@luma-sync/store';
import { toDyingDeps } from '../../test/dying.js';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';

let world: SyncWorld;
beforeEach(async () => {
  world = await openSyncWorld({ mailOnUpdate: true, isNewCalendar: true });
});

const HOUR_MS = 3_600_000;
const STARTS_AT = new Date(Date.now() + 3 * 86_400_000);
const later = (hours: number) => new Date(STARTS_AT.getTime() + hours * HOUR_MS);
const times = (startsAt = STARTS_AT) => ({ startsAt, endsAt: new Date(startsAt.getTime() + HOUR_MS) });

const put = (key: string, change: object = {}) => world.putEvent(key, { title: key, ...times(), ...change });
const atLuma = (name: string, { startsAt, ...change }: { startsAt?: Date } & Record<string, unknown> = {}) => {
  const { startsAt: start, endsAt: end } = times(startsAt);
  const event = {
    name,
    start_at: start.toISOString(),
    end_at: end.toISOString(),
    timezone: 'Europe/Berlin',
    ...change,
  };
  return world.sim.control.createEvent(event);
};
const pull = async () => {
  await world.enqueue('calendar.pull', { calendarId: world.calendarId });
  await world.drain();
};
const requestsSince = (seq: number) =>
  world.sim.control.log({ after: seq }).map(({ method, path }) => `${method} ${path}`);
const seqNow = () => world.sim.control.counters().requests;
const events = () => world.sim.control.counters().events;
const questions = () =>
  world.db.backfillQuestion.findMany({ where: { settledAt: null, answer: null }, orderBy: { lumaEventId: 'asc' } });

const LIST = 'GET /v1/calendars/events/list';
const READ = 'GET /v1/events/get';
const CREATE = 'POST /v1/events/create';

describe('the first push of an event to a calendar that no backfill has compared', () => {
  it('adopts the one event that fits, and mails nobody', async () => {
    const { id: lumaEventId } = atLuma('Drum Circle!', { timezone: 'UTC' });
    atLuma('Something else');
    world.sim.control.registerGuests(lumaEventId, { count: 3, emailPrefix: 'g', silent: true });
    const mails = world.sim.control.counters().mailsLumaWouldHaveSent;
    const id = await put('Drum circle');
    const seq = seqNow();
    await world.drain();
    expect(requestsSince(seq).slice(0, 2)).toEqual([LIST, READ]);
    expect(requestsSince(seq)).not.toContain(CREATE);
    expect(await world.row(id)).toMatchObject({ link: { lumaEventId, state: 'synced' } });
    expect(await world.atLuma(id)).toMatchObject({ name: 'Drum circle', timezone: 'Europe/Berlin' });
    expect(world.sim.control.counters()).toMatchObject({ events: 2, mailsLumaWouldHaveSent: mails });
  });

  it('creates what Luma has nothing like, after one listing around its start', async () => {
    atLuma('Drum circle', { startsAt: later(30) });
    atLuma('Something else');
    const id = await put('Drum circle');
    const seq = seqNow();
    await world.drain();
    expect(requestsSince(seq)).toEqual([LIST, CREATE, READ]);
    const [listed] = world.sim.control.log({ after: seq, path: '/v1/calendars/events/list' });
    expect(JSON.stringify(listed)).toContain('before');
    expect(await world.row(id)).toMatchObject({ link: { state: 'synced' } });
    expect(events()).toBe(3);
  });

  it.each([
    ['two fit', () => [atLuma('Drum circle'), atLuma('Drum circle')], 'several_fit'],
    ['the same name starts hours away', () => [atLuma('Drum circle', { startsAt: later(12) })], 'near_in_time'],
    ['a longer name starts at the same moment', () => [atLuma('Drum circle in the park')], 'like_name'],
  ] as const)('asks when %s, creates nothing, and goes by the answer', async (_when, lay, reason) => {
    const there = lay();
    const id = await put('Drum circle');
    const [push] = await world.drain();
    expect(push).toMatchObject({ kind: 'failed', code: 'event.in_doubt' });
    const asked = await questions();
    expect(asked.map(({ lumaEventId }) => lumaEventId)).toEqual(there.map(({ id }) => id).sort());
    expect(asked.every((question) => question.reason === reason && question.eventId === id)).toBe(true);
    // The app sees that it waits for a person.
    expect(await world.row(id)).toMatchObject({
      link: { calendarId: world.calendarId, lumaEventId: null, state: 'push_failed', createAskedAt: null },
    });
    expect(events()).toBe(there.length);
    for (const { id: question } of asked) {
      await inTransaction(world.db, (tx) =>
        answerBackfillQuestion(tx, question, { answer: 'keep_apart', actor: 'operator' }),
      );
    }
    await world.drain();
    expect(await world.row(id)).toMatchObject({ link: { state: 'synced' } });
    expect(events()).toBe(there.length + 1);
  });

  it('does not give one of Luma’s events to the first of two that it fits', async () => {
    atLuma('Drum circle');
    const ids = [await put('one', { title: 'Drum circle' }), await put('two', { title: 'Drum circle' })];
    await world.drain();
    expect((await questions()).map(({ eventId }) => eventId).sort()).toEqual(ids.sort());
    expect(events()).toBe(1);
  });

  it('leaves alone what is tied to another event of the app', async () => {
    const { id: lumaEventId } = atLuma('Drum circle');
    const other = await put('other', { title: 'Drum circle' });
    await world.drain();
    expect(await world.row(other)).toMatchObject({ link: { lumaEventId } });
    const id = await put('Drum circle');
    await world.drain();
    expect(await world.row(id)).toMatchObject({ link: { state: 'synced' } });
    expect(events()).toBe(2);
  });

  it('makes one of two records when a pull was first', async () => {
    const { id: lumaEventId } = atLuma('Drum circle');
    await pull();
    const id = await put('Drum circle');
    await world.drain();
    expect(await world.db.event.count()).toBe(1);
    expect(await world.row(id)).toMatchObject({ source: 'app', link: { lumaEventId, state: 'synced' } });
    expect(events()).toBe(1);
  });

  it('costs one listing when Luma has nothing like it', async () => {
    await pull();
    await put('Drum circle');
    const seq = seqNow();
    await world.drain();
    expect(requestsSince(seq)).toEqual([LIST, CREATE, READ]);
  });

  it('asks nothing about what only resembles it once a backfill was carried out', async () => {
    await world.enqueue('org.backfill', { calendarId: world.calendarId, planId: null, apply: true, startsAfter: null });
    await world.drain();
    atLuma('Drum circle', { startsAt: later(1) });
    await put('Drum circle');
    const seq = seqNow();
    await world.drain();
    expect(requestsSince(seq)).toEqual([LIST, CREATE, READ]);
    expect(await questions()).toEqual([]);
  });

  describe('once a backfill was carried out, also one that found nothing', () => {
    beforeEach(async () => {
      await world.enqueue('org.backfill', {
        calendarId: world.calendarId,
        planId: null,
        apply: true,
        startsAfter: null,
      });
      await world.drain();
    });

    it.each([
      ['was taken in since', true],
      ['nobody has told of yet', false],
    ])('adopts the one event that %s', async (_which, isPulled) => {
      const { id: lumaEventId } = atLuma('Drum circle');
      if (isPulled) await pull();
      const id = await put('Drum circle');
      const seq = seqNow();
      await world.drain();
      expect(requestsSince(seq)).not.toContain(CREATE);
      expect(await world.row(id)).toMatchObject({ source: 'app', link: { lumaEventId, state: 'synced' } });
      expect(await world.db.event.count()).toBe(1);
      expect(events()).toBe(1);
    });

    it('asks when two that were taken in since fit, and creates no third', async () => {
      const there = [atLuma('Drum circle'), atLuma('Drum circle')];
      await pull();
      await put('Drum circle');
      expect((await world.drain())[0]).toMatchObject({ kind: 'failed', code: 'event.in_doubt' });
      expect((await questions()).map(({ lumaEventId }) => lumaEventId)).toEqual(there.map(({ id }) => id).sort());
      expect(events()).toBe(2);
    });

    it('creates beside what only resembles it', async () => {
      atLuma('Drum circle', { startsAt: later(12) });
      atLuma('Drum circle in the park');
      await pull();
      const id = await put('Drum circle');
      await world.drain();
      expect(await questions()).toEqual([]);
      expect(await world.row(id)).toMatchObject({ link: { state: 'synced' } });
      expect(events()).toBe(3);
    });
  });

  it('T9 T12 creates nothing because of half a list', async () => {
    atLuma('Drum circle');
    await put('Drum circle');
    world.sim.control.layFault({ kind: 'error', status: 503, path: '/v1/calendars/events/list', count: 1 });
    const [operation] = await world.operationsOf('event.push');
    expect(await world.run(operation?.id ?? '')).toMatchObject({ kind: 'put-back', code: 'luma.unavailable' });
    expect(events()).toBe(1);
    await world.drain();
    expect(events()).toBe(1);
  });

  it('does not count as compared by a backfill that began later than today', async () => {
    const startsAfter = new Date(Date.now() + 30 * 86_400_000).toISOString();
    await world.enqueue('org.backfill', { calendarId: world.calendarId, planId: null, apply: true, startsAfter });
    await world.drain();
    expect(await world.db.calendar.findFirst()).toMatchObject({ backfilledAt: null });
  });

  it('goes on after a crash at any step, and creates nothing twice', async () => {
    const { id: lumaEventId } = atLuma('Drum circle', { timezone: 'UTC' });
    const id = await put('Drum circle');
    const [operation] = await world.operationsOf('event.push');
    for (let dieAt = 1; dieAt <= 30; dieAt += 1) {
      const end = await world.run(operation?.id ?? '', toDyingDeps(world, dieAt));
      if (end.kind === 'done') break;
      expect(end.kind).toBe('crashed');
      await world.db.operation.updateMany({ data: { crashes: 0 } });
    }
    expect(await world.row(id)).toMatchObject({ link: { lumaEventId, state: 'synced' } });
    expect(await world.atLuma(id)).toMatchObject({ timezone: 'Europe/Berlin' });
    expect(events()).toBe(1);
  });
});
