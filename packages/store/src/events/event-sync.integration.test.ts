import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Base, EventState } from '@luma-sync/domain';
import { openSyncWorld, type Run, type SyncWorld } from '../../test/sync-world.js';
import { inTransaction } from '../database.js';
import { createEventSyncStore, type EventSyncStore } from './event-sync-store.js';
import type { ImportedEvent } from './import-events.js';
import type { MergedObservation } from './observe-events.js';
import { type ConfirmedPush, markPushFailed } from './push-marks.js';

let world: SyncWorld;
let store: EventSyncStore;
let calendarId: string;
let run: Run;
beforeEach(async () => {
  world = await openSyncWorld();
  store = createEventSyncStore(world.db);
  calendarId = await world.addCalendar();
  run = await world.run();
});

const state: EventState = {
  title: 'Meetup',
  description: null,
  startsAt: '2030-12-01T18:00:00.000Z',
  endsAt: '2030-12-01T20:00:00.000Z',
  timezone: 'UTC',
  address: null,
  coordinate: null,
  meetingUrl: null,
  visibility: 'public',
  capacity: null,
  cover: null,
};
const base: Base<EventState> = { ours: state, luma: state };
const T0 = new Date('2030-01-01T00:00:00.000Z');

const observed = (eventId: string, change: Partial<MergedObservation> = {}): MergedObservation => ({
  eventId,
  calendarId,
  revision: 1,
  take: { title: 'Theirs' },
  takenFields: ['title'],
  conflicts: [],
  base: { ours: { ...state, title: 'Theirs' }, luma: { ...state, title: 'Theirs' } },
  observedAt: T0,
  state: 'pulled',
  pushNeeded: false,
  via: 'webhook',
  trigger: 'webhook',
  ...change,
});
const confirmed = (eventId: string, change: Partial<ConfirmedPush> = {}): ConfirmedPush => ({
  eventId,
  revision: 1,
  base,
  observedAt: T0,
  url: 'https://luma.com/meetup-1',
  take: {},
  sentFields: ['title'],
  mailReason: null,
  problem: null,
  ...change,
});
const edit = (id: string) =>
  world.db.event.update({ where: { id }, data: { title: 'Edited', revision: { increment: 1 } } });
const found = async (eventId: string) => {
  const record = await store.find(eventId);
  if (record === null) throw new Error('no event');
  return record;
};

describe('taking over what Luma shows', () => {
  it('changes our event, its base and its story together, without counting as an edit of ours', async () => {
    const eventId = await world.addEvent({ calendarId, base });
    expect(await store.storeObservation(run, observed(eventId))).toBe(true);
    expect(await found(eventId)).toMatchObject({
      event: { title: 'Theirs', revision: 1 },
      link: { state: 'pulled', observedAt: T0, base: { luma: { title: 'Theirs' } } },
    });
    expect(await world.db.timelineEntry.findMany({ where: { recordId: eventId } })).toMatchObject([
      { fact: 'event-changed-there' },
    ]);
    expect(await world.db.operation.count({ where: { job: 'event.push' } })).toBe(0);
  });

  it('stores nothing when ours moved on meanwhile', async () => {
    const eventId = await world.addEvent({ calendarId, base });
    await edit(eventId);
    expect(await store.storeObservation(run, observed(eventId, { pushNeeded: true }))).toBe(false);
    expect(await found(eventId)).toMatchObject({
      event: { title: 'Edited', revision: 2 },
      link: { state: 'synced', base },
    });
    expect(await world.db.operation.count({ where: { job: 'event.push' } })).toBe(0);
  });

  it('keeps both values of a conflict and asks for the push that settles it', async () => {
    const eventId = await world.addEvent({ calendarId, base });
    const conflicts = [{ field: 'title' as const, base: 'Meetup', ours: 'Ours', theirs: null, kept: 'ours' as const }];
    await store.storeObservation(
      run,
      observed(eventId, { take: {}, takenFields: [], conflicts, pushNeeded: true, state: 'pending_push' }),
    );
    expect(await world.db.conflict.findMany()).toMatchObject([
      {
        recordType: 'event',
        recordId: eventId,
        field: 'title',
        base: 'Meetup',
        ours: 'Ours',
        theirs: null,
        rule: 'owner_app',
        resolution: 'ours',
      },
    ]);
    expect(await world.db.operation.findMany({ where: { job: 'event.push' } })).toMatchObject([
      { eventId, calendarId, trigger: 'webhook' },
    ]);
  });

  it('notes a quiet look at most once a minute', async () => {
    const eventId = await world.addEvent({ calendarId, base });
    const checkedAt = async () => (await world.db.eventLink.findUniqueOrThrow({ where: { eventId } })).checkedAt;
    await store.touchChecked([eventId], T0);
    await store.touchChecked([eventId], new Date(T0.getTime() + 30_000));
    expect(await checkedAt()).toEqual(T0);
    await store.touchChecked([eventId], new Date(T0.getTime() + 61_000));
    expect(await checkedAt()).toEqual(new Date(T0.getTime() + 61_000));
  });
});

describe('an event gone at Luma', () => {
  const gone = (eventId: string, cancelled: boolean) =>
    store.markSourceDeleted(run, { eventId, cancelled, via: 'test', observedAt: T0 });
  const stateOf = async (eventId: string) => {
    const { event, link } = await found(eventId);
    return [event.approval, link?.state];
  };

  it('stays here, with everything', async () => {
    const eventId = await world.addEvent({ calendarId, base });
    await gone(eventId, false);
    expect(await stateOf(eventId)).toEqual(['approved', 'source_deleted']);
  });

  it.each([[[true, false]], [[false, true]], [[true, true]]])(
    'is cancelled whatever comes first: %j',
    async (order) => {
      const eventId = await world.addEvent({ calendarId, base });
      for (const cancelled of order) await gone(eventId, cancelled);
      expect(await stateOf(eventId)).toEqual(['cancelled', 'source_deleted']);
    },
  );

  it('tells its story once', async () => {
    const eventId = await world.addEvent({ calendarId, base });
    for (let times = 0; times < 3; times += 1) await gone(eventId, true);
    expect(await world.db.timelineEntry.count({ where: { recordId: eventId } })).toBe(1);
  });
});

describe('pushing', () => {
  it('reserves an address for one event of ours, and never for a second', async () => {
    const [a, b] = [await world.addEvent(), await world.addEvent()];
    const reserve = (by: Run, eventId: string) =>
      store.reserveSlug(by, { eventId, calendarId, slug: 'meetup-1', base });
    expect(await reserve(run, a)).toBe(true);
    expect(await reserve(run, a)).toBe(true);
    expect(await reserve(run, b)).toBe(false);
    expect((await found(b)).link).toBeNull();
    expect((await found(a)).link).toMatchObject({
      slug: 'meetup-1',
      state: 'pending_push',
      createAskedAt: expect.any(Date),
      lumaEventId: null,
    });
  });

  it('gives an address to one of two events that reach for it at once', async () => {
    const [a, b] = [await world.addEvent(), await world.addEvent()];
    const other = await world.run();
    const results = await Promise.allSettled([
      store.reserveSlug(run, { eventId: a, calendarId, slug: 'meetup-2', base }),
      store.reserveSlug(other, { eventId: b, calendarId, slug: 'meetup-2', base }),
    ]);
    expect(results.filter((result) => result.status === 'fulfilled' && result.value)).toHaveLength(1);
    expect(await world.db.eventLink.count({ where: { slug: 'meetup-2' } })).toBe(1);
  });

  it('attaches Luma’s event to one of ours only', async () => {
    const [a, b] = [
      await world.addEvent({ calendarId, lumaEventId: null }),
      await world.addEvent({ calendarId, lumaEventId: null }),
    ];
    await store.attach(run, { eventId: a, lumaEventId: 'evt-1', adopted: false });
    await expect(store.attach(run, { eventId: b, lumaEventId: 'evt-1', adopted: true })).rejects.toThrow();
    expect((await found(b)).link?.lumaEventId).toBeNull();
  });

  it('stores what both sides agree on', async () => {
    const eventId = await world.addEvent({ calendarId, base: null });
    await store.confirmPush(run, confirmed(eventId, { take: { descriptionMd: 'Theirs' } }));
    expect(await found(eventId)).toMatchObject({
      event: { descriptionMd: 'Theirs', revision: 1 },
      link: { state: 'synced', pushedRevision: 1, base, observedAt: T0 },
    });
    expect((await world.db.event.findUniqueOrThrow({ where: { id: eventId } })).url).toBe('https://luma.com/meetup-1');
  });

  it('stores nothing when both sides changed during the push: the run starts over', async () => {
    const eventId = await world.addEvent({ calendarId, base });
    await edit(eventId);
    const push = store.confirmPush(run, confirmed(eventId, { take: { title: 'Theirs' } }));
    await expect(push).rejects.toMatchObject({ code: 'event.changed_meanwhile', verdict: 'wait' });
    expect(await found(eventId)).toMatchObject({ event: { title: 'Edited' }, link: { pushedRevision: 0, base } });
  });

  it('leaves a newer edit of ours to the next push', async () => {
    const eventId = await world.addEvent({ calendarId, base });
    await edit(eventId);
    await store.confirmPush(run, confirmed(eventId));
    expect(await found(eventId)).toMatchObject({
      event: { title: 'Edited', revision: 2 },
      link: { pushedRevision: 1 },
    });
  });

  it('wakes the answers that waited for the event to exist', async () => {
    const eventId = await world.addEvent({ calendarId, base: null });
    await store.confirmPush(run, confirmed(eventId));
    expect(await world.db.operation.count({ where: { job: 'rsvp.push' } })).toBe(0);
    const rsvp = await world.db.rsvp.create({ data: { eventId, personId: await world.addPerson(), status: 'going' } });
    await world.db.rsvpLink.create({ data: { rsvpId: rsvp.id, state: 'pending_push' } });
    await store.confirmPush(run, confirmed(eventId));
    expect(await world.db.operation.findMany({ where: { job: 'rsvp.push' } })).toMatchObject([
      { eventId, calendarId, state: 'queued' },
    ]);
  });

  it('remembers what was asked for, and what was agreed before it, until it is confirmed or taken back', async () => {
    const eventId = await world.addEvent({ calendarId, base });
    const stored = async () => (await found(eventId)).link?.base;
    const said = { title: 'New', description: null };
    const asked = { ...base, asked: said, underWay: { said, until: '2030-01-01T00:00:10.000Z' } };
    await store.noteAsked(run, { eventId, base: asked });
    expect(await stored()).toEqual(asked);
    await store.noteAsked(run, { eventId, base });
    expect(await stored()).toEqual(base);
    await store.noteAsked(run, { eventId, base: asked });
    await store.confirmPush(run, confirmed(eventId));
    expect(await stored()).toEqual(base);
  });

  it('notes nothing in an event that was never compared', async () => {
    const eventId = await world.addEvent({ calendarId, base: null });
    await store.noteAsked(run, { eventId, base: { ...base, asked: { title: 'New' } } });
    expect((await found(eventId)).link?.base).toBeNull();
  });

  it('still says that something is to be pushed when ours moved on during the push', async () => {
    const eventId = await world.addEvent({ calendarId, base });
    await edit(eventId);
    await store.confirmPush(run, confirmed(eventId));
    expect((await found(eventId)).link).toMatchObject({ state: 'pending_push', pushedRevision: 1 });
    await store.confirmPush(run, confirmed(eventId, { revision: 2 }));
    expect((await found(eventId)).link).toMatchObject({ state: 'synced', pushedRevision: 2 });
  });

  it('is not called failed when its push was set aside after its last word had got through', async () => {
    const eventId = await world.addEvent({ calendarId, base });
    await store.confirmPush(run, confirmed(eventId));
    const died = { code: 'operation.crashed', message: 'its process died three times' };
    await inTransaction(world.db, (tx) => markPushFailed(tx, eventId, died));
    expect((await found(eventId)).link?.state).toBe('synced');
    await edit(eventId);
    await world.db.eventLink.update({ where: { eventId }, data: { state: 'pending_push' } });
    await inTransaction(world.db, (tx) => markPushFailed(tx, eventId, died));
    expect((await found(eventId)).link?.state).toBe('push_failed');
  });

  it('stores nothing for a run that was taken over', async () => {
    const eventId = await world.addEvent({ calendarId, base });
    await world.expire(run.id);
    await world.begin(run.id, 'another run', true);
    const late = [
      store.confirmPush(run, confirmed(eventId)),
      store.storeObservation(run, observed(eventId)),
      store.noteAsked(run, { eventId, base: { ...base, asked: { title: 'x' } } }),
      store.attach(run, { eventId, lumaEventId: 'evt-9', adopted: false }),
      store.reserveSlug(run, { eventId, calendarId, slug: 'late', base }),
      store.markSourceDeleted(run, { eventId, cancelled: true, via: 'late', observedAt: T0 }),
      store.import(run, imported('evt-late')),
    ];
    for (const result of await Promise.allSettled(late)) {
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'operation.lease_lost' } });
    }
    expect(await found(eventId)).toMatchObject({
      event: { title: 'Meetup', approval: 'approved' },
      link: { pushedRevision: 0, base, state: 'synced' },
    });
  });
});

const imported = (lumaEventId: string, change: Partial<ImportedEvent> = {}): ImportedEvent => ({
  calendarId,
  lumaEventId,
  lumaCreatedAt: null,
  slug: `slug-${lumaEventId}`,
  url: `https://luma.com/slug-${lumaEventId}`,
  ownership: 'created',
  locationType: 'physical',
  state,
  base,
  observedAt: T0,
  registrationQuestions: null,
  tags: null,
  city: null,
  country: null,
  hosts: [{ lumaUserId: 'usr-1', name: 'Host', email: 'host@example.org' }],
  via: 'webhook',
  ...change,
});

describe('an event that began at Luma', () => {
  it('is taken in once by ten that saw it at once', async () => {
    const runs = await Promise.all(Array.from({ length: 10 }, () => world.run()));
    const ids = await Promise.all(runs.map((by) => store.import(by, imported('evt-1'))));
    expect(ids.filter((id) => id !== null)).toHaveLength(1);
    expect(await world.db.event.count()).toBe(1);
    const eventId = ids.find((id) => id !== null) ?? '';
    expect(await found(eventId)).toMatchObject({
      event: { source: 'luma', externalId: null },
      link: { state: 'pulled', pushedRevision: 1 },
    });
    expect(await world.db.eventHost.count({ where: { eventId } })).toBe(1);
  });

  it('is taken in though its address once belonged to another event', async () => {
    await store.import(run, imported('evt-1', { slug: 'party' }));
    const second = await store.import(run, imported('evt-2', { slug: 'party' }));
    expect(second).not.toBeNull();
    expect((await found(second ?? '')).link).toMatchObject({ lumaEventId: 'evt-2', slug: null });
  });

  it('is known by the address we reserved, while its create is in flight on that calendar', async () => {
    const eventId = await world.addEvent();
    await store.reserveSlug(run, { eventId, calendarId, slug: 'meetup-1', base });
    const by = (change: object) => store.findIdByLuma({ eventId: 'evt-1', slug: 'meetup-1', calendarId, ...change });
    expect(await by({})).toBe(eventId);
    expect(await by({ calendarId: randomUUID() })).toBeNull();
    expect(await by({ slug: null })).toBeNull();
    await store.attach(run, { eventId, lumaEventId: 'evt-other', adopted: false });
    expect(await by({})).toBeNull();
    expect(await by({ eventId: 'evt-other', slug: null })).toBe(eventId);
  });
});
