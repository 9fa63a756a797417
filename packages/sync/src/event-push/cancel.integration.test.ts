import { beforeEach, describe, expect, it } from '@jest/globals';
import { approveEvent, cancelEvent, replayOperation, requestLumaCancellation } from '@luma-sync/application';
import { inTransaction } from '@luma-sync/store';
import { dyingAt } from '../../test/dying.js';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';
import { readEntries } from '../../test/timeline-entries.js';

let world: SyncWorld;
let eventId: string;
let lumaEventId: string;
const GUESTS = 3;
const CANCEL = '/v1/events/cancel';

beforeEach(async () => {
  world = await openSyncWorld({ mailOnUpdate: true, mailOnRsvp: true });
  ({ eventId, lumaEventId } = await world.publishEvent('e1'));
  world.sim.control.registerGuests(lumaEventId, { count: GUESTS, emailPrefix: 'g', silent: true });
  await world.enqueue('guest.pull', { eventId, assignCoupons: false, sendEmails: false, approvalStatus: null });
  await world.drain();
});

const mailed = () => world.sim.control.counters().mailsLumaWouldHaveSent.byApi;
const requests = (path: string) => world.sim.control.log({ path });
const story = async () => (await readEntries(world.db)).map(({ message }) => message);

describe('cancelling so that it can be undone', () => {
  const cancel = (mode: 'hide' | 'soft') =>
    inTransaction(world.db, (tx) => cancelEvent(tx, 'e1', { actor: 'ann', mode }));
  const approve = () => inTransaction(world.db, (tx) => approveEvent(tx, 'e1', { actor: 'ann' }));

  it('hides, and brings back, without a mail', async () => {
    await cancel('hide');
    await world.drain();
    expect(await world.atLuma(eventId)).toMatchObject({
      name: 'Meetup',
      visibility: 'private',
      isRegistrationOpen: true,
    });
    await approve();
    await world.drain();
    expect(await world.atLuma(eventId)).toMatchObject({ name: 'Meetup', visibility: 'public' });
    expect(mailed()).toEqual({});
  });

  it('hides again what a host shows while other fields are in flight, and keeps both values', async () => {
    await world.putEvent('e1', { visibility: 'private' });
    await world.drain();
    await world.putEvent('e1', { visibility: 'private', title: 'Not today' });
    await cancel('hide');
    const noteAsked: typeof world.deps.events.noteAsked = async (...args) => {
      await world.deps.events.noteAsked(...args);
      world.sim.control.changeEvent(lumaEventId, { visibility: 'members-only', silent: true });
    };
    await world.drain({ ...world.deps, events: { ...world.deps.events, noteAsked } }, 1);
    expect(await world.atLuma(eventId)).toMatchObject({ name: 'Not today', visibility: 'members-only' });
    await world.drain();
    expect(await world.atLuma(eventId)).toMatchObject({ name: 'Not today', visibility: 'private' });
    expect(await world.db.conflict.findMany({ where: { recordId: eventId } })).toMatchObject([
      { field: 'visibility', ours: 'private', theirs: 'members-only', resolution: 'ours' },
    ]);
    expect(mailed()).toEqual({});
  });

  it('renames, hides and closes registration, and takes all of it back, without a mail (T42)', async () => {
    await cancel('soft');
    await world.drain();
    expect(await world.atLuma(eventId)).toMatchObject({
      name: 'Cancelled: Meetup',
      visibility: 'private',
      isRegistrationOpen: false,
    });
    expect(await world.row(eventId)).toMatchObject({ title: 'Meetup', visibility: 'public', cancelMode: 'soft' });
    await approve();
    await world.drain();
    expect(await world.atLuma(eventId)).toMatchObject({
      name: 'Meetup',
      visibility: 'public',
      isRegistrationOpen: true,
    });
    expect(await world.row(eventId)).toMatchObject({ cancelMode: null, approval: 'approved' });
    expect(mailed()).toEqual({});
  });

  it('leaves registration to the hosts otherwise', async () => {
    world.sim.control.changeEvent(lumaEventId, { registration_open: false, silent: true });
    await world.putEvent('e1', { descriptionMd: 'Other words' });
    await world.drain();
    expect(await world.atLuma(eventId)).toMatchObject({ isRegistrationOpen: false });
  });

  it('goes from hidden to renamed, not the other way round', async () => {
    await cancel('hide');
    expect(await cancel('soft')).toMatchObject({ kind: 'done', operation: expect.anything() });
    expect(await cancel('soft')).toMatchObject({ kind: 'done', operation: null });
    expect(await cancel('hide')).toEqual({ kind: 'cancelled' });
    await world.drain();
    expect(await world.atLuma(eventId)).toMatchObject({ name: 'Cancelled: Meetup' });
  });

  it('takes a title that a host gave meanwhile without the word', async () => {
    await cancel('soft');
    await world.drain();
    world.sim.control.changeEvent(lumaEventId, { name: 'Cancelled: Meetup in May', silent: true });
    await world.enqueue('event.pull', { eventId });
    await world.drain();
    expect(await world.row(eventId)).toMatchObject({ title: 'Meetup in May' });
    expect(await world.atLuma(eventId)).toMatchObject({ name: 'Cancelled: Meetup in May' });
  });
});

describe('cancelling at Luma for good (T49)', () => {
  const order = (guests = GUESTS, refund: boolean | null = null) =>
    inTransaction(world.db, (tx) => requestLumaCancellation(tx, 'e1', { actor: 'ann', guests, refund }));
  const operation = async () => (await world.operationsOf('event.cancel')).at(-1);

  it('mails as many as were confirmed, and is noted as cancelled by whom', async () => {
    expect(await order()).toMatchObject({ kind: 'done' });
    expect(await world.row(eventId)).toMatchObject({ approval: 'approved' });
    await world.drain();
    expect(mailed()).toEqual({ 'event-canceled': GUESTS });
    expect(await world.row(eventId)).toMatchObject({
      approval: 'cancelled',
      cancelMode: 'cancel',
      link: { state: 'source_deleted' },
    });
    expect((await story()).join('\n')).toMatch(/Luma mails 3 guests: ann confirmed their number/);
    expect(await order()).toEqual({ kind: 'cancelled-for-good' });
    expect(await inTransaction(world.db, (tx) => approveEvent(tx, 'e1', { actor: 'ann' }))).toEqual({
      kind: 'cancelled-for-good',
    });
  });

  it('goes on when Luma counts fewer guests than were confirmed, and tells how many it mails', async () => {
    await order(GUESTS + 5);
    await world.drain();
    expect(mailed()).toEqual({ 'event-canceled': GUESTS });
    expect((await story()).join('\n')).toMatch(/Luma mails 3 guests: ann confirmed their number/);
  });

  it('does nothing when Luma counts more guests than were confirmed', async () => {
    await order();
    world.sim.control.registerGuests(lumaEventId, { count: 1, emailPrefix: 'late', silent: true });
    await world.drain();
    expect(await operation()).toMatchObject({ state: 'failed', errorCode: 'event.cancel_count_changed' });
    expect(requests(CANCEL)).toEqual([]);
    expect(await world.row(eventId)).toMatchObject({ approval: 'approved', cancelMode: null });
  });

  it('is not done by a replay: nobody confirmed anything then', async () => {
    await order(GUESTS - 1);
    await world.drain();
    const failed = await operation();
    await inTransaction(world.db, (tx) => replayOperation(tx, failed?.id ?? '', 'bob'));
    await world.drain();
    expect(await operation()).toMatchObject({ state: 'failed', errorCode: 'event.cancel_not_confirmed' });
    expect(requests(CANCEL)).toEqual([]);
  });

  it('T49 is looked up when its answer is lost, and sent once', async () => {
    await order();
    world.sim.control.layFault({ kind: 'lost-answer', method: 'POST', path: CANCEL, count: 1 });
    await world.drain();
    expect(requests(CANCEL)).toHaveLength(1);
    expect(mailed()).toEqual({ 'event-canceled': GUESTS });
    expect(await world.row(eventId)).toMatchObject({ approval: 'cancelled', cancelMode: 'cancel' });
  });

  it('is not sent a second time when it came to nothing; a person has to look', async () => {
    await order();
    world.sim.control.layFault({ kind: 'error', status: 500, method: 'POST', path: CANCEL, count: 1 });
    await world.drain();
    expect(requests(CANCEL)).toHaveLength(1);
    expect(await operation()).toMatchObject({ state: 'failed', errorCode: 'event.cancel_unconfirmed' });
    expect(await world.row(eventId)).toMatchObject({ approval: 'approved' });
    expect(mailed()).toEqual({});
  });

  it('is sent by a later run when the first surely did not reach Luma', async () => {
    await order();
    world.sim.control.layFault({ kind: 'rate-limit', method: 'POST', path: CANCEL, count: 1 });
    await world.drain();
    expect(mailed()).toEqual({ 'event-canceled': GUESTS });
  });

  it('is sent at most once, wherever the process dies', async () => {
    for (let boundary = 1; ; boundary += 1) {
      const key = `dies-${boundary}`;
      const id = await world.putEvent(key, { title: key });
      await world.drain();
      const before = requests(CANCEL).length;
      await inTransaction(world.db, (tx) =>
        requestLumaCancellation(tx, key, { actor: 'ann', guests: 0, refund: null }),
      );
      const effects = dyingAt(world.deps, boundary);
      const ordered = await operation();
      const end = await world.run(ordered?.id ?? '', effects.deps);
      await world.drain();
      expect(requests(CANCEL).length - before).toBeLessThanOrEqual(1);
      const { approval, cancelMode } = await world.row(id);
      const isAtLuma = (await world.atLuma(id)) !== undefined;
      // Here as there; what was asked and is still there waits for a person.
      expect([approval, cancelMode]).toEqual(isAtLuma ? ['approved', null] : ['cancelled', 'cancel']);
      if (end.kind !== 'crashed') return;
    }
  });

  it('asks what becomes of the money of those who paid', async () => {
    const account = await world.deps.luma.open(world.calendarId);
    const api = new Proxy(account.api, {
      get: (target, name, receiver) =>
        name === 'requestCancellation'
          ? async (...args: Parameters<typeof account.api.requestCancellation>) => ({
              ...(await account.api.requestCancellation(...args)),
              is_paid: true,
            })
          : Reflect.get(target, name, receiver),
    });
    const deps = { ...world.deps, luma: { open: async () => ({ ...account, api }) } };
    await order();
    await world.drain(deps);
    expect(await operation()).toMatchObject({ state: 'failed', errorCode: 'event.refund_undecided' });
    expect(requests(CANCEL)).toEqual([]);
    await order(GUESTS, false);
    await world.drain(deps);
    expect(requests(CANCEL).map(({ body }) => (body as { should_refund?: boolean }).should_refund)).toEqual([false]);
  });
});
