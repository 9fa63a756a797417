import { describe, expect, it } from '@jest/globals';
import { OutcomeUnknownError, RetryAfterError } from '@luma-sync/jobs';
import { ACCOUNT, call, createEvent, failure, NEW_EVENT, useSimulator } from '../test/against-simulator.js';

const EMAIL = 'ann@example.org';
const quietly = { sendEmail: false };
const stage = useSimulator();

describe('a lost answer', () => {
  it('T39 of a create is an unknown outcome: the event is there, and its slug finds it', async () => {
    const { luma, sim, gate } = stage;
    sim.control.layFault({ kind: 'lost-answer', path: '/v1/events/create', count: 1 });
    const error = await failure(luma.createEvent({ ...NEW_EVENT, slug: 'lost' }, call()));
    expect(error).toBeInstanceOf(OutcomeUnknownError);
    expect(error).toMatchObject({ code: 'luma.outcome_unknown', verdict: 'retry' });
    expect(sim.control.counters().eventsCreated).toBe(1);
    const holder = await luma.lookupEntity('lost', call());
    if (holder?.type !== 'event') throw new Error('the event is not found');
    expect((await luma.getEvent(holder.event.id, call())).name).toBe(NEW_EVENT.name);
    // Nobody knows when its slot was spent: it is neither settled nor given back, and ages by itself.
    expect([...gate.settled.map(({ id }) => id), ...gate.released]).not.toContain('slot-1');
  });

  it.each(['lost-answer', 'half-answer'] as const)('%s: a guest was added all the same', async (kind) => {
    const { luma, sim } = stage;
    const eventId = await createEvent(luma);
    sim.control.layFault({ kind, path: '/v1/events/guests/add', count: 1 });
    const error = await failure(luma.addGuests(eventId, { guests: [{ email: EMAIL }] }, quietly, call()));
    expect(error).toMatchObject({ code: 'luma.outcome_unknown' });
    expect(await luma.findGuest(eventId, EMAIL, call())).toMatchObject({ kind: 'found' });
    expect(sim.control.counters().guestAdds).toBe(1);
  });

  it('that Luma holds back ends at the time limit, as unknown', async () => {
    const { sim, open, luma } = stage;
    sim.control.layFault({ kind: 'lost-answer', mode: 'hold', path: '/v1/events/create', count: 1 });
    const hasty = open({ requestTimeoutMs: 300 });
    expect((await failure(hasty.createEvent({ ...NEW_EVENT, slug: 'held' }, call()))).code).toBe(
      'luma.outcome_unknown',
    );
    expect(await luma.lookupEntity('held', call())).toMatchObject({ type: 'event' });
  });

  it('of a read is no more than trouble', async () => {
    const { luma, sim } = stage;
    const eventId = await createEvent(luma);
    sim.control.layFault({ kind: 'lost-answer', path: '/v1/events/get', count: 1 });
    const error = await failure(luma.getEvent(eventId, call()));
    expect(error).toMatchObject({ code: 'luma.unavailable', verdict: 'retry' });
    expect(error).not.toBeInstanceOf(OutcomeUnknownError);
  });
});

describe('a way around the budget', () => {
  it.each([
    ['a slot that was used before', () => ({ id: 'the same', remainingMs: () => 30_000 }), 'refusedWithUsedSlot'],
    ['no slot', () => ({ id: '', remainingMs: () => 30_000 }), 'refusedWithoutSlot'],
  ] as const)('%s is refused by the simulator and counted', async (_what, slot, counter) => {
    const { sim, open } = stage;
    const granted = { ...slot(), settle: async () => {}, release: async () => {} };
    const careless = open({
      slots: { acquire: async () => ({ granted: true, slot: granted }), block: async () => {} },
    });
    await careless.getSelf(call()).catch(() => undefined);
    expect(await failure(careless.getSelf(call()))).toMatchObject({ message: expect.stringContaining('Simulator') });
    expect(sim.control.counters()[counter]).toBeGreaterThan(0);
  });
});

describe('a server in trouble', () => {
  it.each([
    [500, 'json', 'before', 0],
    [502, 'html', 'before', 0],
    [503, 'empty', 'before', 0],
    [500, 'json', 'after', 1],
  ] as const)('%i (%s, %s the work) to a create says nothing about the event', async (status, body, when, made) => {
    const { luma, sim } = stage;
    sim.control.layFault({ kind: 'error', status, body, when, path: '/v1/events/create', count: 1 });
    const error = await failure(luma.createEvent(NEW_EVENT, call()));
    expect(error).toMatchObject({ code: 'luma.outcome_unknown', verdict: 'retry' });
    expect(sim.control.counters().eventsCreated).toBe(made);
  });

  it.each([500, 502, 503, 504])('%i to a read or to a write that may be repeated is tried again', async (status) => {
    const { luma, sim } = stage;
    const eventId = await createEvent(luma);
    sim.control.layFault({ kind: 'error', status, count: 2 });
    expect((await failure(luma.getEvent(eventId, call()))).code).toBe('luma.unavailable');
    const update = luma.updateEvent(eventId, { name: 'New' }, { suppressNotifications: true }, call());
    expect(await failure(update)).toMatchObject({ code: 'luma.unavailable', verdict: 'retry' });
  });

  it.each([403, 404])('an HTML page with status %i is a proxy speaking, not Luma', async (status) => {
    const { luma, sim } = stage;
    const eventId = await createEvent(luma);
    sim.control.layFault({ kind: 'error', status, body: 'html', path: '/v1/events/get', count: 1 });
    expect(await failure(luma.findEvent(eventId, call()))).toMatchObject({
      code: 'luma.unavailable',
      verdict: 'retry',
    });
    expect(await luma.findEvent(eventId, call())).toMatchObject({ kind: 'found' });
  });

  it('a reset connection repeats nothing by itself', async () => {
    const { luma, sim } = stage;
    sim.control.layFault({ kind: 'reset', path: '/v1/events/create', count: 1 });
    expect((await failure(luma.createEvent(NEW_EVENT, call()))).code).toBe('luma.outcome_unknown');
    expect(sim.control.log({ path: '/v1/events/create' })).toHaveLength(1);
    expect(sim.control.counters().eventsCreated).toBe(0);
  });
});

describe('the budget', () => {
  it('a 429 blocks the whole account for as long as Luma says', async () => {
    const { luma, sim, gate } = stage;
    sim.control.layFault({ kind: 'rate-limit', retryAfterSeconds: 37, count: 1 });
    const error = await failure(luma.getSelf(call()));
    if (!(error instanceof RetryAfterError)) throw error;
    expect(error).toMatchObject({ code: 'luma.rate_limited', verdict: 'wait', scope: 'account' });
    expect(gate.blocks).toEqual([{ account: ACCOUNT, forMs: error.waitMs }]);
    expect(error.waitMs).toBeGreaterThanOrEqual(37_000);
    // Up to two seconds more, so that not all come back at once.
    expect(error.waitMs).toBeLessThan(39_000);
  });

  it.each([
    ['date', 37],
    ['none', 60],
  ] as const)('Retry-After as %s means %i s', async (retryAfter, seconds) => {
    const { luma, sim, gate } = stage;
    sim.control.layFault({ kind: 'rate-limit', retryAfterSeconds: 37, retryAfter, count: 1 });
    await failure(luma.getSelf(call()));
    // A date has whole seconds: up to one is lost on the way.
    expect(gate.blocks[0]?.forMs).toBeGreaterThanOrEqual(seconds * 1_000 - 1_000);
    expect(gate.blocks[0]?.forMs).toBeLessThan(seconds * 1_000 + 3_000);
  });

  it("one request too many is refused by the simulator's own count, for the rest of its lock-out", async () => {
    const { luma, sim, gate } = stage;
    sim.control.changeSettings({ budget: { rules: [{ methods: 'all', limit: 3, windowMs: 60_000 }] } });
    await Promise.all([luma.getSelf(call()), luma.getCalendar(call()), createEvent(luma)]);
    expect((await failure(luma.getSelf(call()))).code).toBe('luma.rate_limited');
    expect((await failure(luma.getSelf(call()))).code).toBe('luma.rate_limited');
    expect(gate.blocks[0]?.forMs).toBeGreaterThanOrEqual(60_000);
    expect(sim.control.counters()).toMatchObject({ breaches: 1, refusedWhileLocked: 1, maxInAnyWindow: 5 });
  });

  it("the answer's head settles the slot, whatever the answer says", async () => {
    const { luma, sim, gate } = stage;
    sim.control.changeSettings({ budget: { hasHeaders: true } });
    await luma.getSelf(call());
    await failure(luma.getEvent('evt-unknown', call()));
    expect(gate.settled.map(({ status }) => status)).toEqual([200, 403]);
    expect(gate.settled[0]?.headers).toMatchObject({ 'x-ratelimit-limit': '200', 'x-ratelimit-remaining': '199' });
  });
});
