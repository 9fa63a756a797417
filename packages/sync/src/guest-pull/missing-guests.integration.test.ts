import { beforeEach, describe, expect, it } from '@jest/globals';
import { answerRemovalQuestion } from '@luma-sync/application';
import type { LumaApi } from '@luma-sync/luma-client';
import { inTransaction, restoreGuest } from '@luma-sync/store';
import type { RunEnd } from '../../test/run-by-runner.js';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';
import { readEntries } from '../../test/timeline-entries.js';

let world: SyncWorld;
let eventId: string;
let lumaEventId: string;
const LIST = '/v1/events/guests/list';
const GET = '/v1/events/guests/get';

beforeEach(async () => {
  world = await openSyncWorld({ sim: { paging: { maxSize: 20, defaultSize: 20 } } });
  ({ eventId, lumaEventId } = await world.publishEvent('e1'));
});

const register = (count: number, emailPrefix = 'g') =>
  world.sim.control.registerGuests(lumaEventId, { count, emailPrefix, silent: true });
async function pull(approvalStatus: 'approved' | null = null): Promise<RunEnd | undefined> {
  await world.enqueue('guest.pull', { eventId, assignCoupons: false, sendEmails: false, approvalStatus });
  return (await world.drain()).at(-1);
}
/** As if the last listing had been a while ago. */
const later = () =>
  world.db
    .$executeRaw`update absences set first_missing_at = first_missing_at - interval '11 minutes', last_missing_at =
        last_missing_at - interval '11 minutes'`;
async function takeAway(count: number): Promise<string[]> {
  const guests = ((await world.atLuma(eventId))?.guests ?? []).slice(0, count);
  for (const { id } of guests) world.sim.control.removeGuest(lumaEventId, id);
  return guests.map(({ email }) => email);
}
const states = async () => {
  const rsvps = await world.rsvps(eventId);
  return Object.fromEntries(rsvps.map(({ person, status, link }) => [person.email, `${status} ${link?.state}`]));
};
const removed = async () => Object.values(await states()).filter((state) => state === 'rejected removed').length;
const questions = () => world.db.removalQuestion.findMany({ orderBy: { createdAt: 'asc' } });
const reads = () => world.sim.control.log({ path: GET }).length;

/** A pull whose list lacks some guests whom Luma has. */
async function pullWithout(hidden: readonly string[]): Promise<void> {
  const account = await world.deps.luma.open(world.calendarId);
  const hide = {
    get: (target: LumaApi, name: string | symbol, receiver: unknown) => {
      if (name !== 'listAllGuests') return Reflect.get(target, name, receiver);
      return async function* (...args: Parameters<LumaApi['listAllGuests']>) {
        const listing = target.listAllGuests(...args);
        let step = await listing.next();
        while (step.done !== true) {
          yield { ...step.value, entries: step.value.entries.filter(({ id }) => !hidden.includes(id)) };
          step = await listing.next();
        }
        return step.value;
      };
    },
  };
  await world.enqueue('guest.pull', { eventId, assignCoupons: false, sendEmails: false, approvalStatus: null });
  await world.drain({ ...world.deps, luma: { open: async () => ({ ...account, api: new Proxy(account.api, hide) }) } });
}
const guestIds = async (count: number) =>
  ((await world.atLuma(eventId))?.guests ?? []).slice(0, count).map(({ id }) => id);

describe('a guest whom Luma no longer has', () => {
  beforeEach(async () => {
    register(45);
    await pull();
  });

  it('is removed after two complete lists, some time apart, and a read; the RSVP stays (T48)', async () => {
    const [gone = ''] = await takeAway(1);
    expect(await pull()).toMatchObject({ outcome: { details: { missing: 1, removed: 0 } } });
    expect(await pull()).toMatchObject({ outcome: { details: { missing: 1, removed: 0 } } });
    expect(reads()).toBe(0);
    await later();
    expect(await pull()).toMatchObject({ outcome: { details: { missing: 1, removed: 1 } } });
    expect(reads()).toBe(1);
    expect((await states())[gone]).toBe('rejected removed');
    expect(await world.rsvps(eventId)).toHaveLength(45);
    const story = await readEntries(world.db, { fact: 'rsvp-removed' });
    expect(story).toMatchObject([{ kind: 'observed', message: expect.stringContaining('Removed at Luma') }]);
    expect(await pull()).toMatchObject({ outcome: { details: { missing: 0, removed: 0 } } });
  });

  it('is not removed while a read still finds them: a row moved under the list (T10)', async () => {
    const before = await states();
    const moved = await guestIds(1);
    await pullWithout(moved);
    await later();
    await pullWithout(moved);
    expect(reads()).toBe(1);
    expect(await states()).toEqual(before);
    expect(await world.db.absence.count()).toBe(0);
  });

  it('is not missed when the list shows them in a form that cannot be read, and the others are', async () => {
    const [, odd = ''] = await guestIds(2);
    const [gone = ''] = await takeAway(1);
    expect(gone).not.toBe('');
    world.sim.control.changeSettings({ spoiled: { records: { [odd]: 'guest.status-absent' } } });
    await pull();
    expect(await world.db.absence.count()).toBe(1);
    await later();
    expect(await pull()).toMatchObject({ outcome: { details: { missing: 1, removed: 1, unreadable: 1 } } });
  });

  it('is no question any more when the next list shows them all again', async () => {
    await pullWithout(await guestIds(6));
    expect(await questions()).toMatchObject([{ missing: 6, settledAt: null }]);
    await pull();
    expect(await questions()).toMatchObject([{ answer: null, settledAt: expect.any(Date) }]);
    expect(await world.db.absence.count()).toBe(0);
  });

  it('is not missed by a list of some guests, nor by one that broke off (T9)', async () => {
    await takeAway(2);
    await pull('approved');
    expect(await world.db.absence.count()).toBe(0);
    world.sim.control.layFault({ kind: 'error', status: 503, path: LIST, skip: 1, count: 1 });
    const id = await world.enqueue('guest.pull', {
      eventId,
      assignCoupons: false,
      sendEmails: false,
      approvalStatus: null,
    });
    expect(await world.run(id)).toMatchObject({ kind: 'put-back', code: 'luma.unavailable' });
    expect(await world.db.absence.count()).toBe(0);
    await world.drain();
    // Its second half made it complete.
    expect(await world.db.absence.count()).toBe(2);
  });

  it('comes back by themselves when Luma shows them again', async () => {
    const [gone = ''] = await takeAway(1);
    await pull();
    await later();
    await pull();
    expect((await states())[gone]).toBe('rejected removed');
    world.sim.control.registerGuests(lumaEventId, { guests: [{ email: gone }], silent: true });
    await pull();
    expect((await states())[gone]).toMatch(/^going (synced|pulled)$/);
  });

  it('is put back by a person, sent nowhere, and not removed again until a list has shown them', async () => {
    const [gone = ''] = await takeAway(1);
    await pull();
    await later();
    await pull();
    const rsvp = (await world.rsvps(eventId)).find(({ person }) => person.email === gone);
    const undo = () => inTransaction(world.db, (tx) => restoreGuest(tx, rsvp?.id ?? '', 'ann'));
    expect(await undo()).toEqual({ kind: 'restored' });
    expect(await undo()).toEqual({ kind: 'not-removed' });
    expect((await states())[gone]).toBe('going synced');
    for (const _ of [1, 2, 3]) {
      await later();
      await pull();
    }
    expect((await states())[gone]).toBe('going synced');
    expect(await world.operationsOf('rsvp.push')).toEqual([]);
  });

  it('is not added again by an answer of the app, as after a refusal', async () => {
    await world.putRsvp('e1', 'own', 'going');
    await world.drain();
    const own = (await world.atLuma(eventId))?.guests.find(({ email }) => email === 'own@example.org');
    world.sim.control.removeGuest(lumaEventId, own?.id ?? '');
    await pull();
    await later();
    await pull();
    await expect(world.putRsvp('e1', 'own', 'waitlist')).rejects.toThrow('declined-at-luma');
    await world.drain();
    expect((await world.atLuma(eventId))?.guests.some(({ email }) => email === 'own@example.org')).toBe(false);
    expect((await states())['own@example.org']).toBe('rejected removed');
  });
});

describe('more than a tenth of the guests missing at once', () => {
  beforeEach(async () => {
    register(45);
    await pull();
    await takeAway(6);
    await pull();
    await later();
  });

  it('removes nobody and asks, once', async () => {
    expect(await pull()).toMatchObject({
      kind: 'done',
      outcome: { details: { missing: 6, removed: 0, isAsked: true } },
    });
    expect(await removed()).toBe(0);
    expect(reads()).toBe(0);
    expect(await questions()).toMatchObject([
      { recordType: 'rsvp', scopeId: eventId, missing: 6, total: 45, answer: null },
    ]);
  });

  const answer = async (word: 'remove' | 'keep') => {
    const [question] = await questions();
    return inTransaction(world.db, (tx) =>
      answerRemovalQuestion(tx, question?.id ?? '', { answer: word, actor: 'ann' }),
    );
  };

  it('answered with yes: each is read once more, and removed', async () => {
    expect(await answer('remove')).toMatchObject({ kind: 'answered' });
    await world.drain();
    expect(reads()).toBe(6);
    expect(await removed()).toBe(6);
    await pull();
    expect(await questions()).toMatchObject([{ answer: 'remove', answeredBy: 'ann', settledAt: expect.any(Date) }]);
    expect(await answer('keep')).toMatchObject({ kind: 'not-open' });
  });

  it('answered with no: they stay, and nobody is asked again about them', async () => {
    await answer('keep');
    for (const _ of [1, 2]) {
      await later();
      await pull();
    }
    expect(await removed()).toBe(0);
    expect(await questions()).toHaveLength(1);
    expect(reads()).toBe(0);
  });
});

describe('coupons of a pull', () => {
  async function withPool(codes: number, limit: number): Promise<void> {
    await world.db.calendar.update({ where: { id: world.calendarId }, data: { mailConfirmAbove: limit } });
    await world.db.couponPool.create({
      data: {
        name: 'Pool',
        events: { create: { eventId } },
        codes: { create: Array.from({ length: codes }, (_, n) => ({ code: `C${n}` })) },
      },
    });
  }
  async function pullCoupons(mailsConfirmed?: number, deps?: SyncWorld['deps']): Promise<RunEnd | undefined> {
    await world.enqueue('guest.pull', {
      eventId,
      assignCoupons: true,
      sendEmails: true,
      approvalStatus: null,
      ...(mailsConfirmed === undefined ? {} : { mailsConfirmed }),
    });
    const pulls = await world.operationsOf('guest.pull');
    return world.run(pulls.at(-1)?.id ?? '', deps);
  }
  const mails = () => world.db.message.count();

  it('are mailed to all, while they are no more than the limit', async () => {
    register(4);
    await withPool(10, 4);
    expect(await pullCoupons()).toMatchObject({ outcome: { details: { couponsAssigned: 4, couponsHeld: 0 } } });
    expect(await mails()).toBe(4);
  });

  it('are mailed to nobody above it, and the story says what to do', async () => {
    register(5);
    await withPool(10, 4);
    expect(await pullCoupons()).toMatchObject({ outcome: { details: { couponsAssigned: 0, couponsHeld: 5 } } });
    expect(await mails()).toBe(0);
    const story = (await readEntries(world.db)).filter(({ message }) => message.startsWith('No coupons yet: 5 people'));
    expect(story).toMatchObject([{ recordType: 'event', recordId: eventId, kind: 'decided' }]);
  });

  it('are mailed to no more people than were confirmed, in the order they registered; the others wait', async () => {
    register(6);
    await withPool(10, 2);
    expect(await pullCoupons(5)).toMatchObject({ outcome: { details: { couponsAssigned: 5, couponsHeld: 1 } } });
    expect(await mails()).toBe(5);
    // One more needs no word.
    expect(await pullCoupons()).toMatchObject({ outcome: { details: { couponsAssigned: 1, couponsHeld: 0 } } });
    expect(await mails()).toBe(6);
  });

  it('are mailed once, though the run died after the codes were given', async () => {
    register(4);
    await withPool(10, 4);
    const removals = new Proxy(world.deps.removals, {
      get: (target, name, receiver) =>
        name === 'review'
          ? () => Promise.reject(new Error('Connection terminated'))
          : Reflect.get(target, name, receiver),
    });
    expect(await pullCoupons(undefined, { ...world.deps, removals })).toMatchObject({ kind: 'put-back' });
    expect(await mails()).toBe(4);
    await world.db.operation.updateMany({
      where: { state: 'queued' },
      data: { runAfter: new Date(Date.now() - 1_000) },
    });
    const [operation] = await world.operationsOf('guest.pull');
    expect(await world.run(operation?.id ?? '')).toMatchObject({ outcome: { details: { couponsAssigned: 4 } } });
    expect(await mails()).toBe(4);
  });

  it('go to nobody while the list is not complete', async () => {
    register(45);
    await withPool(50, 50);
    world.sim.control.layFault({ kind: 'error', status: 503, path: LIST, skip: 1, count: 1 });
    expect(await pullCoupons()).toMatchObject({ kind: 'put-back' });
    expect(await world.db.couponAssignment.count()).toBe(0);
  });
});
