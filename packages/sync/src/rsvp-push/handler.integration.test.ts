import { beforeEach, describe, expect, it } from '@jest/globals';
import { replayOperation } from '@luma-sync/application';
import type { FaultInput } from '@luma-sync/luma-sim';
import { retryingTransaction } from '@luma-sync/store';
import { openSyncWorld, type SyncWorld, type SyncWorldOptions } from '../../test/sync-world.js';

let world: SyncWorld;
let eventId: string;
let lumaEventId: string;

/** An event that is at Luma, and nobody on it. */
async function open(options: SyncWorldOptions = {}): Promise<void> {
  world = await openSyncWorld(options);
  ({ eventId, lumaEventId } = await world.publishEvent('e1'));
}
beforeEach(() => open());

const guests = async () => (await world.atLuma(eventId))?.guests ?? [];
const guest = async (person: string) => (await guests()).find(({ email }) => email === `${person}@example.org`);
const rsvp = async (person: string) =>
  (await world.rsvps(eventId)).find((row) => row.person.email === `${person}@example.org`);
const mailsByApi = () => world.sim.control.mails().filter(({ by }) => by === 'api');
const requests = (path: string) => world.sim.control.log({ path });
const hostSays = (person: string, status: 'approved' | 'declined' | 'waitlist' | 'pending_approval') =>
  world.sim.control.changeGuest(lumaEventId, `${person}@example.org`, { status, silent: true });

describe('pushing answers', () => {
  it('carries two hundred in a few requests, each once, and mails nobody', async () => {
    for (let n = 0; n < 200; n += 1) await world.putRsvp('e1', `p${n}`, n % 10 === 0 ? 'pending' : 'going');
    const before = world.sim.control.counters().requests;
    await world.drain();
    expect(world.sim.control.counters().requests - before).toBeLessThanOrEqual(12);
    const there = await guests();
    expect(there).toHaveLength(200);
    expect(there.every(({ adds }) => adds === 1)).toBe(true);
    expect(there.filter(({ status }) => status === 'pending_approval')).toHaveLength(20);
    const here = await world.rsvps(eventId);
    expect(here.every(({ link }) => link?.state === 'synced' && link.decidedBy === 'us')).toBe(true);
    expect(world.sim.control.mails()).toEqual([]);
  });

  it('sends nobody whom it has not looked for: who answers during the look is carried by the next run', async () => {
    await world.putRsvp('e1', 'a', 'going');
    const account = await world.deps.luma.open(world.calendarId);
    const api = new Proxy(account.api, {
      get: (target, name, receiver) => {
        const method = Reflect.get(target, name, receiver);
        if (name !== 'findGuest') return method;
        return async (...args: Parameters<typeof account.api.findGuest>) => {
          await world.putRsvp('e1', 'b', 'going');
          return account.api.findGuest(...args);
        };
      },
    });
    const [operation] = (await world.operationsOf('rsvp.push')).filter(({ state }) => state === 'queued');
    await world.run(operation?.id ?? '', { ...world.deps, luma: { open: async () => ({ ...account, api }) } });
    const added = () => requests('/v1/events/guests/add').map(({ body }) => (body as { guests: unknown[] }).guests);
    expect(added()).toMatchObject([[{ email: 'a@example.org' }]]);
    await world.drain();
    expect(added()).toMatchObject([[{ email: 'a@example.org' }], [{ email: 'b@example.org' }]]);
  });

  it('waits for the event to exist', async () => {
    await world.putEvent('later');
    await world.putRsvp('later', 'a', 'going');
    const ends = await world.drain();
    expect(ends.filter(({ kind }) => kind === 'failed')).toEqual([]);
    expect(world.sim.control.counters()).toMatchObject({ guests: 1, duplicates: { guests: [] } });
  });

  it('whose event is about to be created waits for it, and the same operation carries them', async () => {
    await world.putEvent('soon');
    await world.putRsvp('soon', 'a', 'going');
    const push = await world.db.operation.findFirstOrThrow({ where: { job: 'rsvp.push', state: 'queued' } });
    expect(await world.run(push.id)).toEqual({ kind: 'put-back', code: 'rsvp.awaiting_event' });
    await world.drain();
    expect(await world.db.operation.findUniqueOrThrow({ where: { id: push.id } })).toMatchObject({
      state: 'done',
      attempts: 0,
      outcome: { kind: 'done' },
    });
    expect(world.sim.control.counters()).toMatchObject({ guests: 1, duplicates: { guests: [] } });
  });

  it('whose event is not about to be created says so at once', async () => {
    const event = await world.putEvent('refused');
    await world.putRsvp('refused', 'a', 'going');
    const push = await world.db.operation.findFirstOrThrow({ where: { job: 'rsvp.push', state: 'queued' } });
    const create = { job: 'event.push', dedupeKey: `event.push:${event}` };
    await world.db.operation.updateMany({ where: create, data: { slowTries: 1, parkedAt: new Date() } });
    expect(await world.run(push.id)).toMatchObject({ kind: 'done', outcome: { reason: 'event-not-at-luma' } });
  });

  it('carries a change of mind, there and back again', async () => {
    await world.putRsvp('e1', 'a', 'going');
    await world.drain();
    await world.putRsvp('e1', 'a', 'cancelled');
    await world.drain();
    expect(await guest('a')).toMatchObject({ status: 'declined' });
    await world.putRsvp('e1', 'a', 'going');
    await world.drain();
    expect(await guest('a')).toMatchObject({ status: 'approved' });
    expect(await rsvp('a')).toMatchObject({ status: 'going', link: { state: 'synced' } });
  });

  it('sends nothing for somebody who left before Luma knew them', async () => {
    await world.putRsvp('e1', 'a', 'going');
    await world.putRsvp('e1', 'a', 'cancelled');
    await world.drain();
    expect(await guests()).toEqual([]);
    expect(requests('/v1/events/guests/add')).toHaveLength(0);
    expect(await rsvp('a')).toMatchObject({ status: 'cancelled', link: { state: 'synced' } });
  });

  it('finds somebody who registered at Luma themselves, and adds nobody', async () => {
    world.sim.control.registerGuests(lumaEventId, { guests: [{ email: 'a@example.org' }], silent: true });
    await world.putRsvp('e1', 'a', 'going');
    await world.drain();
    expect(requests('/v1/events/guests/add')).toHaveLength(0);
    expect(await rsvp('a')).toMatchObject({ status: 'going', link: { state: 'synced', decidedBy: 'luma_side' } });
  });
});

describe('a guest Luma will not have', () => {
  it('holds up nobody else, and says why', async () => {
    for (const person of ['a', 'b', 'c', 'd', 'e']) await world.putRsvp('e1', person, 'going');
    const row = await rsvp('c');
    await world.db.person.update({ where: { id: row?.personId ?? '' }, data: { email: 'c at nowhere' } });
    await world.drain();
    expect((await guests()).map(({ email }) => email).sort()).toEqual(
      ['a', 'b', 'd', 'e'].map((name) => `${name}@example.org`),
    );
    const failed = (await world.rsvps(eventId)).filter(({ link }) => link?.state === 'push_failed');
    expect(failed).toMatchObject([
      { person: { email: 'c at nowhere' }, link: { lastError: { code: 'luma.rejected' } } },
    ]);
    expect((await world.operationsOf('rsvp.push')).every(({ state }) => state === 'done')).toBe(true);
  });

  it('holds up nobody else when it is a change that is refused', async () => {
    for (const person of ['a', 'b']) await world.putRsvp('e1', person, 'pending');
    await world.drain();
    world.sim.control.layFault({
      kind: 'error',
      status: 400,
      path: '/v1/events/guests/update-status',
      count: 1,
    });
    for (const person of ['a', 'b']) await world.putRsvp('e1', person, 'going');
    await world.drain();
    const states = (await world.rsvps(eventId)).map(({ link }) => link?.state).sort();
    expect(states).toEqual(['push_failed', 'synced']);
  });

  it('is tried again by a replay of what was given up', async () => {
    await world.putRsvp('e1', 'a', 'going');
    const fault = world.sim.control.layFault({ kind: 'error', status: 403, path: '/v1/events/guests/add' });
    await world.drain();
    expect(await rsvp('a')).toMatchObject({ link: { state: 'push_failed' } });
    world.sim.control.liftFaults(fault.id);
    const failed = (await world.operationsOf('rsvp.push')).find(({ state }) => state === 'failed');
    // Another request is queued already: the replay joins it, and still pushes what was given up.
    await world.putRsvp('e1', 'b', 'going');
    expect(
      await retryingTransaction(world.db, (tx) => replayOperation(tx, failed?.id ?? '', 'operator')),
    ).toMatchObject({ kind: 'replayed' });
    await world.drain();
    expect((await guests()).map(({ status }) => status)).toEqual(['approved', 'approved']);
  });
});

describe('a no at Luma', () => {
  it('T30 by the host is never overruled, whatever the app says later', async () => {
    await world.putRsvp('e1', 'a', 'going');
    await world.drain();
    hostSays('a', 'declined');
    await world.putRsvp('e1', 'a', 'pending');
    await world.drain();
    await expect(world.putRsvp('e1', 'a', 'going')).rejects.toThrow('declined-at-luma');
    await world.drain();
    expect(await guest('a')).toMatchObject({ status: 'declined' });
    expect(await rsvp('a')).toMatchObject({ status: 'rejected' });
  });

  it('by the host wins over our approval that is still on its way', async () => {
    await world.putRsvp('e1', 'a', 'pending');
    await world.drain();
    await world.putRsvp('e1', 'a', 'going');
    hostSays('a', 'declined');
    await world.drain();
    expect(await guest('a')).toMatchObject({ status: 'declined' });
    expect(await world.db.conflict.findMany()).toMatchObject([{ rule: 'declined_stays', resolution: 'theirs' }]);
  });

  it('of our own is taken back by a later yes, though it was on its way when the person changed their mind', async () => {
    await world.putRsvp('e1', 'a', 'going');
    await world.drain();
    await world.putRsvp('e1', 'a', 'cancelled');
    const [operation] = (await world.operationsOf('rsvp.push')).filter(({ state }) => state === 'queued');
    const account = await world.deps.luma.open(world.calendarId);
    const api = new Proxy(account.api, {
      get: (target, name, receiver) => {
        const method = Reflect.get(target, name, receiver);
        if (name !== 'updateGuestStatus') return method;
        return async (...args: Parameters<typeof account.api.updateGuestStatus>) => {
          await account.api.updateGuestStatus(...args);
          await world.putRsvp('e1', 'a', 'going');
        };
      },
    });
    await world.run(operation?.id ?? '', { ...world.deps, luma: { open: async () => ({ ...account, api }) } });
    await world.drain();
    expect(await guest('a')).toMatchObject({ status: 'approved' });
    expect(await rsvp('a')).toMatchObject({ status: 'going', link: { state: 'synced' } });
    expect(await world.db.conflict.count()).toBe(0);
  });
});

describe('Luma working in the background', () => {
  it('T43 is waited for: an add is confirmed by a later look', async () => {
    await open({ sim: { guests: { addDelayMinMs: 700, addDelayMaxMs: 700 } } });
    for (const person of ['a', 'b', 'c']) await world.putRsvp('e1', person, 'going');
    await world.drainInTime(15_000);
    expect((await guests()).map(({ adds }) => adds)).toEqual([1, 1, 1]);
    expect((await world.rsvps(eventId)).every(({ link }) => link?.state === 'synced')).toBe(true);
    expect(requests('/v1/events/guests/add')).toHaveLength(1);
  });

  it('comes to an end when nothing ever shows', async () => {
    await open({ sim: { guests: { addDelayMinMs: 0, addDelayMaxMs: 0, skippedEmails: ['a@example.org'] } } });
    await world.putRsvp('e1', 'a', 'going');
    const ends = await world.drain();
    expect(ends.length).toBeLessThan(20);
    expect(await rsvp('a')).toMatchObject({ link: { state: 'push_failed', lastError: { code: 'rsvp.unconfirmed' } } });
    expect(requests('/v1/events/guests/add').length).toBeLessThanOrEqual(3);
  });

  it('says of whom Luma names as passed over that they were, soon, and sends nothing again', async () => {
    const guestsOf = { addDelayMinMs: 0, addDelayMaxMs: 0, addAnswer: 'skipped', skippedEmails: ['a@example.org'] };
    await open({ sim: { guests: guestsOf } });
    for (const person of ['a', 'b']) await world.putRsvp('e1', person, 'going');
    const [operation] = (await world.operationsOf('rsvp.push')).filter(({ state }) => state === 'queued');
    await world.run(operation?.id ?? '');
    expect(await rsvp('a')).toMatchObject({ link: { state: 'unconfirmed', lastError: { code: 'rsvp.skipped' } } });
    await world.drain();
    expect(await rsvp('a')).toMatchObject({ link: { state: 'push_failed', lastError: { code: 'rsvp.skipped' } } });
    expect(await rsvp('b')).toMatchObject({ link: { state: 'synced', lastError: null } });
    expect(requests('/v1/events/guests/add')).toHaveLength(1);
  });

  it('that finishes an add after the person left: they are taken off again', async () => {
    await open({ sim: { guests: { addDelayMinMs: 600, addDelayMaxMs: 600 } } });
    await world.putRsvp('e1', 'a', 'going');
    const [operation] = (await world.operationsOf('rsvp.push')).filter(({ state }) => state === 'queued');
    await world.run(operation?.id ?? '');
    await world.putRsvp('e1', 'a', 'cancelled');
    await world.drainInTime(15_000);
    expect(await guest('a')).toMatchObject({ status: 'declined' });
    expect(await rsvp('a')).toMatchObject({ status: 'cancelled', link: { state: 'synced' } });
  });
});

describe('mails to guests', () => {
  const people = ['a', 'b', 'c'];

  it('go out once to each when the calendar allows it', async () => {
    await open({ mailOnRsvp: true });
    for (const person of people) await world.putRsvp('e1', person, 'going');
    await world.drain();
    expect(
      mailsByApi()
        .map(({ to }) => to)
        .sort(),
    ).toEqual(people.map((person) => `${person}@example.org`));
  });

  it.each<[string, FaultInput, number]>([
    ['the answer to the add was lost', { kind: 'lost-answer', path: '/v1/events/guests/add', count: 1 }, 3],
    [
      'Luma failed after the add',
      { kind: 'error', status: 502, when: 'after', path: '/v1/events/guests/add', count: 1 },
      3,
    ],
    // Nobody knows whether Luma did it: rather no mail than two.
    [
      'Luma failed before the add',
      { kind: 'error', status: 502, when: 'before', path: '/v1/events/guests/add', count: 1 },
      0,
    ],
    ['the key was blocked before the add', { kind: 'rate-limit', path: '/v1/events/guests/add', count: 1 }, 3],
    [
      'the look at the guests failed',
      { kind: 'error', status: 503, method: 'GET', path: '/v1/events/guests/*', count: 1 },
      3,
    ],
  ])('never go out twice, though %s', async (_, fault, mails) => {
    await open({ mailOnRsvp: true });
    world.sim.control.layFault(fault);
    for (const person of people) await world.putRsvp('e1', person, 'going');
    await world.drain();
    expect(await guests()).toHaveLength(3);
    expect(mailsByApi()).toHaveLength(mails);
  });

  it.each<[string, FaultInput, number]>([
    ['the answer was lost', { kind: 'lost-answer' }, 1],
    ['Luma failed after it', { kind: 'error', status: 502, when: 'after' }, 1],
    // Nobody knows whether Luma did it: rather no mail than two.
    ['Luma failed before it', { kind: 'error', status: 502, when: 'before' }, 0],
  ])('go out about a decision once at most: %s', async (_, fault, mails) => {
    await open({ mailOnRsvp: true });
    await world.putRsvp('e1', 'a', 'pending');
    await world.drain();
    const before = mailsByApi().length;
    world.sim.control.layFault({ ...fault, path: '/v1/events/guests/update-status', count: 1 });
    await world.putRsvp('e1', 'a', 'going');
    await world.drain();
    expect(await guest('a')).toMatchObject({ status: 'approved' });
    expect(mailsByApi().length - before).toBe(mails);
  });

  it('do not go out for what was sent before and is sent again', async () => {
    await open({
      mailOnRsvp: true,
      sim: { guests: { addDelayMinMs: 0, addDelayMaxMs: 0, skippedEmails: ['a@example.org'] } },
    });
    await world.putRsvp('e1', 'a', 'going');
    await world.drain();
    const sent = requests('/v1/events/guests/add').map(({ body }) => (body as { send_email?: boolean }).send_email);
    expect(sent[0]).toBe(true);
    expect(sent.slice(1).every((mayMail) => mayMail === false)).toBe(true);
    expect(sent.length).toBeGreaterThan(1);
  });
});
