import { beforeEach, describe, expect, it } from '@jest/globals';
import { requestLumaCancellation } from '@luma-sync/application';
import { systemClock } from '@luma-sync/luma-sim';
import { inTransaction } from '@luma-sync/store';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';

/*
 * Luma gives no id twice. A Luma that was set back to an earlier state does, the simulator after a reset for one. Our
 * record then stands for an event that is gone, and its id for a stranger.
 */

const CREATE = { start_at: new Date(Date.now() + 86_400_000).toISOString(), timezone: 'Europe/Berlin' };

let world: SyncWorld;
let eventId: string;
/** The id that our event had, and a stranger has now. */
let reusedId: string;
const clock = { aheadMs: 0 };

beforeEach(async () => {
  clock.aheadMs = 0;
  const simClock = { ...systemClock, now: () => systemClock.now() + clock.aheadMs };
  world = await openSyncWorld({ simClock, mailOnUpdate: true, mailOnRsvp: true });
  const published = await world.publishEvent('e1');
  ({ eventId } = published);
  await world.putRsvp('e1', 'ada', 'going');
  await world.drain();
  // Long ago, so that a push looks before it replaces anything.
  await world.db.eventLink.update({ where: { eventId }, data: { observedAt: new Date(Date.now() - 3_600_000) } });
  clock.aheadMs = 60_000;
  world.sim.control.removeEvent(published.lumaEventId, { silent: true });
  // The simulator gives no id out twice any more, so that ours moves to the stranger's instead.
  reusedId = world.sim.control.createEvent({ ...CREATE, name: 'A stranger', silent: true }).id;
  world.sim.control.registerGuests(reusedId, { count: 2, emailPrefix: 'stranger', silent: true });
  await world.db.eventLink.update({ where: { eventId }, data: { lumaEventId: reusedId } });
});

const stranger = () => world.sim.control.state().events.find(({ id }) => id === reusedId);
const facts = async () =>
  (await world.db.timelineEntry.findMany({ where: { recordId: eventId } })).map(({ fact }) => fact);
const mails = () => world.sim.control.mails().filter(({ by, eventId: of }) => by === 'api' && of === reusedId);

/**
 * Nothing of the stranger is ours, nothing of ours is the stranger's, nothing is cancelled, and an operator can see it.
 */
async function expectKeptApart(): Promise<void> {
  const row = await world.row(eventId);
  expect(row).toMatchObject({ title: 'Meetup', approval: 'approved' });
  expect(row.link).toMatchObject({ state: 'source_deleted', lastError: { code: 'event.id_reused' } });
  expect((await world.rsvps(eventId)).map(({ person, status }) => [person.externalId, status])).toEqual([
    ['ada', 'going'],
  ]);
  expect(await world.db.conflict.count()).toBe(0);
  expect((await facts()).filter((fact) => fact === 'event-id-reused')).toHaveLength(1);
  expect(stranger()).toMatchObject({ name: 'A stranger', visibility: 'public', changes: 0 });
  expect(stranger()?.guests).toHaveLength(2);
  expect(mails()).toEqual([]);
}

describe('an id that comes back as another event', () => {
  it('is not merged by a pull of the event', async () => {
    await world.enqueue('event.pull', { eventId });
    await world.drain();
    await expectKeptApart();
  });

  it('is not merged by a pull of the calendar, and costs one read however often it is listed', async () => {
    await world.enqueue('calendar.pull', { calendarId: world.calendarId });
    await world.drain();
    await expectKeptApart();
    const reads = () => world.sim.control.log({ path: '/v1/events/get' }).length;
    const before = reads();
    await world.enqueue('calendar.pull', { calendarId: world.calendarId });
    await world.drain();
    expect(reads()).toBe(before);
    await expectKeptApart();
  });

  it('is not merged by the drift check, though it looks the same', async () => {
    const { title: name, startsAt, endsAt } = await world.row(eventId);
    const times = { start_at: startsAt.toISOString(), end_at: endsAt.toISOString() };
    world.sim.control.changeEvent(reusedId, { name, ...times, silent: true });
    await world.enqueue('drift.check', { calendarId: world.calendarId });
    await world.drain();
    expect((await world.row(eventId)).link?.lastError).toMatchObject({ code: 'event.id_reused' });
  });

  it('is not merged by a webhook', async () => {
    world.sim.control.changeEvent(reusedId, { name: 'A stranger' });
    const seen = world.announced().filter(({ body }) => body.includes(reusedId));
    expect(seen.length).toBeGreaterThan(0);
    await world.deliver(seen);
    await world.drain();
    const row = await world.row(eventId);
    expect(row).toMatchObject({ title: 'Meetup', approval: 'approved' });
    expect(row.link).toMatchObject({ state: 'source_deleted', lastError: { code: 'event.id_reused' } });
  });

  it('takes no edit of ours, and the push is given up with its reason', async () => {
    await world.putEvent('e1', { title: 'Ours' });
    await world.drain();
    expect(stranger()).toMatchObject({ name: 'A stranger', changes: 0 });
    expect((await world.row(eventId)).link?.lastError).toMatchObject({ code: 'event.id_reused' });
    const pushes = await world.operationsOf('event.push');
    expect(pushes.at(-1)).toMatchObject({ state: 'failed', errorCode: 'event.id_reused' });
    expect(mails()).toEqual([]);
    // What is asked for later has nowhere to go either, and does not try for ever.
    await world.putEvent('e1', { title: 'Ours again' });
    await world.putRsvp('e1', 'bob', 'going');
    await world.drain();
    expect(stranger()).toMatchObject({ name: 'A stranger', changes: 0 });
    expect(stranger()?.guests).toHaveLength(2);
  });

  it('is not cancelled for ours', async () => {
    const ordered = await inTransaction(world.db, (tx) =>
      requestLumaCancellation(tx, 'e1', { actor: 'ann', guests: 2, refund: null }),
    );
    expect(ordered).toMatchObject({ kind: 'done' });
    await world.drain();
    expect(stranger()).toBeDefined();
    expect(mails()).toEqual([]);
    const [cancel] = await world.operationsOf('event.cancel');
    expect(cancel).toMatchObject({ state: 'failed', errorCode: 'event.id_reused' });
  });

  it('is merged again when the id stands for our event again', async () => {
    await world.enqueue('event.pull', { eventId });
    await world.drain();
    const { createdAt = '' } = stranger() ?? {};
    await world.db.eventLink.update({ where: { eventId }, data: { lumaCreatedAt: new Date(createdAt) } });
    await world.enqueue('event.pull', { eventId });
    await world.drain();
    expect(await world.row(eventId)).toMatchObject({ link: { state: 'pulled' } });
  });
});

/** Guards against a create that is answered with an id of another event of ours, and tried again for ever. */
it('an id that another event of ours has is not tied a second time: the push ends, and says why', async () => {
  const taken = await world.publishEvent('e2');
  const other = await world.putEvent('e3', { title: 'Third' });
  const attach: typeof world.deps.events.attach = (holder, attached) =>
    world.deps.events.attach(holder, { ...attached, lumaEventId: taken.lumaEventId });
  await world.drain({ ...world.deps, events: { ...world.deps.events, attach } });
  expect((await world.row(other)).link).toMatchObject({
    lumaEventId: null,
    state: 'push_failed',
    lastError: { code: 'event.id_reused' },
  });
  expect((await world.row(taken.eventId)).link).toMatchObject({ lumaEventId: taken.lumaEventId, state: 'synced' });
});

/** Guards against a pull that fails on the unique id each time, and so never ends. */
it('a guest id that an RSVP to another event has is left out: the pull ends, and the others are taken in', async () => {
  await world.publishEvent('e2');
  const { eventId: at, lumaEventId } = await world.publishEvent('e3');
  await world.putRsvp('e3', 'bob', 'going');
  await world.putRsvp('e2', 'cleo', 'going');
  await world.drain();
  const [bob] = await world.rsvps(at);
  const cleo = await world.db.rsvpLink.findFirstOrThrow({
    where: { rsvp: { person: { externalId: 'cleo' } } },
  });
  const bobsGuest = bob?.link?.lumaGuestId ?? '';
  // What Luma shows as bob's is cleo's at the other event, by what is stored here.
  await world.db.rsvpLink.delete({ where: { rsvpId: bob?.id ?? '' } });
  await world.db.rsvpLink.update({ where: { rsvpId: cleo.rsvpId }, data: { lumaGuestId: bobsGuest } });
  world.sim.control.registerGuests(lumaEventId, { count: 1, emailPrefix: 'dora', silent: true });

  const pull = { eventId: at, assignCoupons: false, sendEmails: false, approvalStatus: null };
  for (let round = 0; round < 2; round += 1) {
    await world.enqueue('guest.pull', pull);
    await world.drain();
  }
  expect((await world.operationsOf('guest.pull')).map(({ state }) => state)).toEqual(['done', 'done']);
  const emails = (await world.rsvps(at)).map(({ person }) => person.email);
  expect(emails).toEqual(['bob@example.org', 'dora-1@example.org']);
  expect(await world.db.rsvpLink.findUniqueOrThrow({ where: { rsvpId: cleo.rsvpId } })).toMatchObject({
    lumaGuestId: bobsGuest,
  });
  const told = await world.db.timelineEntry.findMany({ where: { recordId: at, fact: 'guest-id-reused' } });
  expect(told).toHaveLength(1);
});
