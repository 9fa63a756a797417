import { beforeEach, describe, expect, it } from '@jest/globals';
import { confirmHeldMails, discardHeldMails } from '@luma-sync/application';
import { inTransaction, listHeldMails } from '@luma-sync/store';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';
import { readEntries } from '../../test/timeline-entries.js';

const LIMIT = 2;
const CROWD = LIMIT + 2;
const STATUS = '/v1/events/guests/update-status';

let world: SyncWorld;
let eventId: string;
beforeEach(async () => {
  world = await openSyncWorld({ mailOnRsvp: true });
  await world.db.calendar.update({ where: { id: world.calendarId }, data: { mailConfirmAbove: LIMIT } });
  eventId = await world.putEvent('e1');
  await world.drain();
  for (let n = 0; n < CROWD; n += 1) await world.putRsvp('e1', `p${n}`, 'going');
  // As if they had waited for the event to be approved.
  await world.db.$executeRaw`update rsvp_links set own_answer_revision = 0`;
  await world.drain();
});

const mailed = () => world.sim.control.counters().mailsLumaWouldHaveSent.byApi;
const mailedTo = () => world.sim.control.mails().flatMap(({ to, by }) => (by === 'api' ? [to] : []));
const held = () => listHeldMails(world.db, { limit: 10 });
const confirm = (recipients = CROWD) =>
  inTransaction(world.db, (tx) => confirmHeldMails(tx, 'e1', { actor: 'ann', recipients }));
const guestOf = async (email: string) =>
  (await world.rsvps(eventId)).find(({ person }) => person.email === email)?.link?.lumaGuestId ?? '';
const lumaEventId = async () => (await world.atLuma(eventId))?.id ?? '';

describe('mails that were held back', () => {
  it('U11 can be seen, and confirmed afterwards: each person is mailed once', async () => {
    expect(mailed()).toEqual({});
    expect(await held()).toMatchObject([{ eventId, externalId: 'e1', held: CROWD, confirmed: 0 }]);
    expect(await confirm()).toMatchObject({ kind: 'done', recipients: CROWD, operation: { id: expect.any(String) } });
    expect(await held()).toMatchObject([{ held: 0, confirmed: CROWD }]);
    await world.drain();
    expect(mailed()).toEqual({ 'guest-status': CROWD });
    expect(new Set(mailedTo()).size).toBe(CROWD);
    expect(await held()).toEqual([]);
    expect((await world.atLuma(eventId))?.guests.map(({ status }) => status)).toEqual(Array(CROWD).fill('approved'));
    const story = await readEntries(world.db, { fact: 'held-mails-answered' });
    expect(story).toMatchObject([{ actor: 'ann', details: { answer: 'confirmed', recipients: CROWD } }]);
  });

  it('are echoes when Luma announces them: no answer changes, nothing is pushed', async () => {
    await confirm();
    await world.drain();
    await world.deliver(world.announced());
    await world.drain();
    expect(mailed()).toEqual({ 'guest-status': CROWD });
    expect((await world.rsvps(eventId)).every(({ revision, status }) => revision === 1 && status === 'going')).toBe(
      true,
    );
  });

  it('are confirmed once, by two commands one after the other or at once', async () => {
    const answers = await Promise.all([confirm(), confirm()]);
    expect(answers.map((answer) => (answer.kind === 'done' ? answer.recipients : -1)).sort()).toEqual([0, CROWD]);
    await world.drain();
    expect(await confirm()).toMatchObject({ kind: 'done', recipients: 0, operation: null });
    await world.drain();
    expect(mailed()).toEqual({ 'guest-status': CROWD });
  });

  it('are not confirmed by a smaller number, and a larger one will do', async () => {
    expect(await confirm(CROWD - 1)).toEqual({ kind: 'confirm-recipients', recipients: CROWD });
    expect(await held()).toMatchObject([{ held: CROWD, confirmed: 0 }]);
    expect(await confirm(CROWD + 5)).toMatchObject({ kind: 'done', recipients: CROWD });
  });

  it('are gone once discarded', async () => {
    expect(await inTransaction(world.db, (tx) => discardHeldMails(tx, 'e1', 'ann'))).toMatchObject({
      recipients: CROWD,
    });
    expect(await held()).toEqual([]);
    expect(await confirm()).toMatchObject({ recipients: 0, operation: null });
    await world.drain();
    expect(mailed()).toEqual({});
  });

  it('of an answer that changed meanwhile are none: the newer one has its own', async () => {
    await world.putRsvp('e1', 'p0', 'cancelled');
    expect(await held()).toMatchObject([{ held: CROWD - 1 }]);
    await world.drain();
    const before = mailedTo().length;
    await confirm();
    // After the word, and before the worker.
    await world.putRsvp('e1', 'p1', 'cancelled');
    await world.drain();
    expect(
      mailedTo()
        .slice(before)
        .filter((to) => to.startsWith('p0')),
    ).toEqual([]);
    const statuses = world.sim.control.log({ path: STATUS }).map(({ body }) => body as Record<string, unknown>);
    const ofP1 = await guestOf('p1@example.org');
    expect(statuses.filter(({ guest_id: id }) => id === ofP1)).toMatchObject([{ status: 'declined' }]);
  });

  it('do not overrule a host who declined a guest at Luma meanwhile', async () => {
    const guestId = await guestOf('p0@example.org');
    await confirm();
    world.sim.control.changeGuest(await lumaEventId(), guestId, { status: 'declined', silent: true });
    await world.drain();
    expect(mailed()).toEqual({ 'guest-status': CROWD - 1 });
    expect(mailedTo()).not.toContain('p0@example.org');
    const guests = (await world.atLuma(eventId))?.guests ?? [];
    expect(guests.find(({ id }) => id === guestId)?.status).toBe('declined');
  });

  it('are not asked for twice when nobody knows whether the request arrived', async () => {
    world.sim.control.layFault({ kind: 'error', status: 500, method: 'POST', path: STATUS, count: 1 });
    await confirm();
    await world.drain();
    expect(mailed()).toEqual({ 'guest-status': CROWD - 1 });
    expect(world.sim.control.log({ path: STATUS })).toHaveLength(CROWD);
    expect(await held()).toEqual([]);
  });

  it('are asked for again when the request surely did nothing', async () => {
    world.sim.control.layFault({ kind: 'rate-limit', method: 'POST', path: STATUS, count: 1 });
    await confirm();
    await world.drain();
    expect(mailed()).toEqual({ 'guest-status': CROWD });
    expect(new Set(mailedTo()).size).toBe(CROWD);
  });

  it('stay held when Luma refuses one of them, and the others are mailed', async () => {
    world.sim.control.layFault({ kind: 'error', status: 400, method: 'POST', path: STATUS, count: 1 });
    await confirm();
    await world.drain();
    expect(mailed()).toEqual({ 'guest-status': CROWD - 1 });
    expect(await held()).toMatchObject([{ held: 1, confirmed: 0 }]);
  });

  it('are none of an event that is over, or of a calendar that lets nobody be mailed', async () => {
    await world.db.calendar.updateMany({ data: { mailOnRsvp: false } });
    expect(await held()).toEqual([]);
    await world.db.calendar.updateMany({ data: { mailOnRsvp: true } });
    await world.db.event.updateMany({ data: { startsAt: new Date(0), endsAt: new Date(1) } });
    expect(await held()).toEqual([]);
    expect(await confirm()).toMatchObject({ recipients: 0 });
  });
});
