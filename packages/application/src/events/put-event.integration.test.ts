import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type Database,
  findEventView,
  inTransaction,
  listEvents,
  openDatabase,
  retryingTransaction,
} from '@luma-sync/store';
import { openTestDatabase } from '@luma-sync/testkit';
import { cancelEvent } from './cancel-event.js';
import { approveEvent, pullEvent, pushEvent, rejectEvent } from './event-commands.js';
import type { AppEventInput } from './event-input.js';
import { type PutEventResult, putEvent } from './put-event.js';

let db: Database;
beforeAll(async () => {
  db = openDatabase({ url: (await openTestDatabase()).url });
});
afterAll(() => db.$disconnect());

const input: AppEventInput = {
  title: 'Drum circle',
  descriptionMd: null,
  startsAt: new Date('2027-01-05T18:00:00Z'),
  endsAt: new Date('2027-01-05T20:00:00Z'),
  timezone: 'Asia/Kolkata',
  location: { type: 'physical', name: 'Park', address: '1 Park Road', lat: 12.93, lng: 77.63 },
  meetingUrl: null,
  coverUrl: null,
  visibility: 'members-only',
  capacity: 40,
  tags: ['music'],
  host: null,
};
const citizen = { externalId: 'user-1', name: 'Host', email: 'Host@Example.org', role: 'citizen' } as const;

const stored = (result: PutEventResult) => {
  if (result.kind !== 'stored') throw new Error(result.kind);
  return result;
};
const put = async (key: string, over: Partial<AppEventInput> = {}) =>
  stored(await retryingTransaction(db, (tx) => putEvent(tx, key, { ...input, ...over }, 'app')));
const newCalendar = (name: string) => db.calendar.create({ data: { name, kind: 'luma' } });

describe('putEvent', () => {
  it('an edit of a key that may not mail is one that mails nobody', async () => {
    await put('silent');
    const quiet = async (title: string, mayMail: boolean) => {
      stored(await retryingTransaction(db, (tx) => putEvent(tx, 'silent', { ...input, title }, 'app', { mayMail })));
      const { revision, quietRevision } = await db.event.findUniqueOrThrow({ where: { externalId: 'silent' } });
      return [revision, quietRevision];
    };
    expect(await quiet('Two', false)).toEqual([2, 2]);
    expect(await quiet('Three', true)).toEqual([3, 2]);
  });

  it('stores an approved event and its push in one commit', async () => {
    const { view, operation } = await put('first');
    expect(view).toMatchObject({
      event: { externalId: 'first', approval: 'approved', revision: 1, visibility: 'members_only' },
      sync: { state: 'pending_push', pushedRevision: 0 },
      rsvpCount: 0,
    });
    const row = await db.operation.findUniqueOrThrow({ where: { id: operation?.id ?? '' } });
    expect(row).toMatchObject({
      job: 'event.push',
      eventId: view.event.id,
      payload: { eventId: view.event.id },
      trigger: 'api',
    });
  });

  it('a repeated body is no revision and no push', async () => {
    await put('repeated');
    const again = await put('repeated');
    expect(again.operation).toBeNull();
    expect(again.view.event.revision).toBe(1);
  });

  it('twenty equal bodies at once make one event, one revision and one operation', async () => {
    // Connections that are still being opened would let the first request finish before the others begin.
    await Promise.all(Array.from({ length: 10 }, () => db.$queryRaw`select 1`));
    const results = await Promise.all(Array.from({ length: 20 }, () => put('at once')));
    expect(new Set(results.map(({ view }) => view.event.id)).size).toBe(1);
    expect(results.filter(({ operation }) => operation !== null)).toHaveLength(1);
    expect(await db.event.findUniqueOrThrow({ where: { externalId: 'at once' } })).toMatchObject({ revision: 1 });
  });

  it('edits join the push that is queued', async () => {
    const first = await put('edited');
    const second = await put('edited', { title: 'Drums' });
    expect(second.view.event).toMatchObject({ revision: 2, title: 'Drums' });
    expect(second.operation).toEqual({ id: first.operation?.id, isNew: false });
  });

  it('a citizen’s event waits for an admin, and is pushed once approved', async () => {
    const { view, operation } = await put('waiting', { host: citizen });
    expect(operation).toBeNull();
    expect(view).toMatchObject({
      event: { approval: 'pending' },
      host: { email: 'host@example.org' },
      sync: { state: null },
    });
    const edited = await put('waiting', { title: 'Edited while waiting' });
    expect(edited).toMatchObject({ view: { event: { approval: 'pending' } }, operation: null });
    const approved = await inTransaction(db, (tx) => approveEvent(tx, 'waiting', { actor: 'admin' }));
    expect(approved).toMatchObject({
      kind: 'done',
      view: { event: { approval: 'approved' } },
      operation: { isNew: true },
    });
    const again = await inTransaction(db, (tx) => approveEvent(tx, 'waiting', { actor: 'admin' }));
    expect(again).toMatchObject({ kind: 'done', operation: null });
  });

  it('a rejected event is a draft, and an edit puts it up again', async () => {
    await put('rejected', { host: citizen });
    const result = await inTransaction(db, (tx) => rejectEvent(tx, 'rejected', { actor: 'admin' }));
    expect(result).toMatchObject({ view: { event: { approval: 'draft' } }, operation: null });
    expect((await put('rejected', { host: citizen })).view.event.approval).toBe('draft');
    expect((await put('rejected', { host: citizen, title: 'Better' })).view.event.approval).toBe('pending');
  });

  it('a cancelled event takes no edits until it is approved again', async () => {
    await put('cancelled');
    const cancelled = await inTransaction(db, (tx) => cancelEvent(tx, 'cancelled', { actor: 'app' }));
    expect(cancelled).toMatchObject({
      view: { event: { approval: 'cancelled', revision: 2 } },
      operation: { isNew: false },
    });
    expect((await put('cancelled')).operation).toBeNull();
    expect(
      await retryingTransaction(db, (tx) => putEvent(tx, 'cancelled', { ...input, title: 'Back' }, 'app')),
    ).toEqual({ kind: 'cancelled' });
    await inTransaction(db, (tx) => approveEvent(tx, 'cancelled', { actor: 'admin' }));
    expect((await put('cancelled', { title: 'Back' })).view.event).toMatchObject({
      approval: 'approved',
      cancelledAt: null,
    });
  });

  it('a body that repeats what the app said takes back nothing that a host changed at Luma', async () => {
    const { view } = await put('re-sent');
    const atLuma = { title: 'Drums, moved', locationName: null, locationAddress: '2 Lake Road', capacity: 60 };
    await db.event.update({ where: { id: view.event.id }, data: atLuma });
    const again = await put('re-sent');
    expect(again).toMatchObject({ view: { event: { ...atLuma, revision: 1 } }, operation: null });
  });

  it('an edit carries what the app changed and leaves a host’s changes of other fields', async () => {
    const { view } = await put('half and half');
    await db.event.update({
      where: { id: view.event.id },
      data: {
        title: 'Drums, moved',
        locationName: null,
        locationAddress: '2 Lake Road',
        startsAt: new Date('2027-01-05T18:30:00Z'),
      },
    });
    const ends = new Date('2027-01-05T21:00:00Z');
    const edited = await put('half and half', { capacity: 50, endsAt: ends });
    // Start and end belong together: one of each would be a time that nobody asked for.
    expect(edited.view.event).toMatchObject({
      title: 'Drums, moved',
      locationAddress: '2 Lake Road',
      capacity: 50,
      startsAt: input.startsAt,
      endsAt: ends,
      revision: 2,
    });
    const named = await put('half and half', { title: 'Drum circle at noon', capacity: 50, endsAt: ends });
    expect(named.view.event).toMatchObject({
      title: 'Drum circle at noon',
      locationAddress: '2 Lake Road',
      revision: 3,
    });
  });

  it('an app that takes over Luma’s value has said it, and may change it back', async () => {
    const { view } = await put('taken over');
    await db.event.update({ where: { id: view.event.id }, data: { title: 'Drums, moved' } });
    expect(await put('taken over', { title: 'Drums, moved' })).toMatchObject({
      view: { event: { revision: 1 } },
      operation: null,
    });
    const back = await put('taken over');
    expect(back.view.event).toMatchObject({ title: input.title, revision: 2 });
    expect(back.operation).not.toBeNull();
  });

  it('a repeated body is no edit of a cancelled event, whatever Luma changed', async () => {
    const { view } = await put('cancelled and re-sent');
    await db.event.update({ where: { id: view.event.id }, data: { title: 'Drums, moved' } });
    await inTransaction(db, (tx) => cancelEvent(tx, 'cancelled and re-sent', { actor: 'app' }));
    expect(await put('cancelled and re-sent')).toMatchObject({ operation: null });
  });

  it('stays on the calendar it was pushed through', async () => {
    const [one, other] = [await newCalendar('pinned one'), await newCalendar('pinned other')];
    const { view } = await put('pinned', { calendarId: one.id });
    await db.eventLink.create({
      data: { eventId: view.event.id, calendarId: one.id, state: 'synced', pushedRevision: 1 },
    });
    expect(
      await retryingTransaction(db, (tx) => putEvent(tx, 'pinned', { ...input, calendarId: other.id }, 'app')),
    ).toEqual({
      kind: 'calendar-pinned',
      calendarId: one.id,
    });
    expect((await put('pinned')).operation).toBeNull();
    const edited = await put('pinned', { title: 'New' });
    expect(edited.view.sync).toMatchObject({ state: 'pending_push', pushedRevision: 1 });
  });

  it('says which reference does not exist', async () => {
    const nowhere = '00000000-0000-4000-8000-000000000000';
    expect(
      await retryingTransaction(db, (tx) => putEvent(tx, 'lost', { ...input, calendarId: nowhere }, 'app')),
    ).toEqual({ kind: 'unknown-calendar' });
    expect(
      await retryingTransaction(db, (tx) => putEvent(tx, 'lost', { ...input, organizationId: nowhere }, 'app')),
    ).toEqual({
      kind: 'unknown-organization',
    });
    expect(await findEventView(db, nowhere)).toBeNull();
  });

  it('finds what began at Luma by our own id, and leaves foreign events alone', async () => {
    const { externalId: _none, ...row } = (await put('template')).view.event;
    const { rawPayload: _raw, stated: _stated, registrationQuestions: _questions, id: _id, ...columns } = row;
    const own = await db.event.create({ data: { ...columns, source: 'luma' } });
    const edited = await put(own.id, { title: 'Edited here' });
    expect(edited.view.event).toMatchObject({ id: own.id, externalId: null, source: 'luma', title: 'Edited here' });
    const foreign = await db.event.create({ data: { ...columns, source: 'luma', ownership: 'referenced' } });
    expect(await retryingTransaction(db, (tx) => putEvent(tx, foreign.id, input, 'app'))).toEqual({
      kind: 'read-only',
    });
  });

  it('says that a push was given up before it could choose a calendar', async () => {
    const { view, operation } = await put('given up');
    await db.operation.update({
      where: { id: operation?.id ?? '' },
      data: { state: 'failed', errorCode: 'calendar.none', errorMessage: 'no calendar', dispatchAt: null },
    });
    expect((await findEventView(db, view.event.id))?.sync).toEqual({
      state: 'push_failed',
      pushedRevision: 0,
      syncedAt: null,
      notAtLuma: [],
      lastError: { code: 'calendar.none', message: 'no calendar', nextTryAt: null },
    });
  });
});

describe('commands on events', () => {
  it('pull needs a link, push needs approval', async () => {
    const { view } = await put('commands', { host: citizen });
    expect(await inTransaction(db, (tx) => pullEvent(tx, 'commands', { actor: 'app' }))).toEqual({
      kind: 'not-linked',
    });
    expect(await inTransaction(db, (tx) => pushEvent(tx, 'commands', { actor: 'app' }))).toEqual({
      kind: 'not-approved',
    });
    const calendar = await newCalendar('commands');
    await db.eventLink.create({
      data: { eventId: view.event.id, calendarId: calendar.id, state: 'synced', lumaEventId: 'evt-commands' },
    });
    const pulled = await inTransaction(db, (tx) => pullEvent(tx, 'commands', { actor: 'app' }));
    expect(pulled).toMatchObject({ kind: 'done', operation: { isNew: true } });
    expect(await inTransaction(db, (tx) => pullEvent(tx, 'nobody knows', { actor: 'app' }))).toEqual({
      kind: 'unknown',
    });
  });
});

describe('listEvents', () => {
  it('pages through a window without losing or repeating one, by calendar and state', async () => {
    const calendar = await newCalendar('listed');
    const at = (hour: number) => new Date(Date.UTC(2028, 0, 1, hour));
    // Two of them at the same moment: the cursor must tell them apart.
    for (const [index, hour] of [3, 1, 1, 2, 9].entries()) {
      await put(`listed ${index}`, { calendarId: calendar.id, startsAt: at(hour), endsAt: at(hour + 1) });
    }
    const seen: string[] = [];
    let after: { at: Date; id: string } | undefined;
    for (let page = 0; page < 6; page += 1) {
      const views = await listEvents(db, {
        calendarId: calendar.id,
        from: at(1),
        to: at(9),
        after,
        limit: 1,
        state: 'pending_push',
      });
      seen.push(...views.map(({ event }) => event.externalId ?? ''));
      const last = views.at(-1)?.event;
      if (last === undefined) break;
      after = { at: last.startsAt, id: last.id };
    }
    expect(seen).toHaveLength(4);
    expect(new Set(seen.slice(0, 2))).toEqual(new Set(['listed 1', 'listed 2']));
    expect(seen.slice(2)).toEqual(['listed 3', 'listed 0']);
    expect(await listEvents(db, { calendarId: calendar.id, state: 'synced', limit: 5 })).toEqual([]);
  });
});
