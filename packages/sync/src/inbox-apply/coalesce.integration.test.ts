import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { acquireRecordLease, releaseRecordLeases } from '@luma-sync/store';
import { waitFor } from '@luma-sync/testkit';
import { announcedBy } from '../../test/announced-by.js';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';

let world: SyncWorld;
let eventId: string;
let lumaEventId: string;
beforeEach(async () => {
  world = await openSyncWorld();
  ({ eventId, lumaEventId } = await world.publishEvent('e1'));
});

const newSince = (change: () => unknown) => announcedBy(world, change);

describe('deliveries about the guests of one event', () => {
  it('that came in a burst are applied by one run, fifty at a time', async () => {
    const register = (guests: object) => world.sim.control.registerGuests(lumaEventId, guests);
    await world.deliver(await newSince(() => register({ count: 18, emailPrefix: 'g' })));
    const requests = world.sim.control.counters().requests;
    const [first] = await world.operationsOf('inbox.apply');
    expect(await world.run(first?.id ?? '')).toMatchObject({
      kind: 'done',
      outcome: { details: { applied: 'added' } },
    });
    const done = await world.db.operation.findMany({ where: { job: 'inbox.apply', state: 'done' } });
    expect(done).toHaveLength(51);
    expect(await world.db.webhookDelivery.count({ where: { state: 'applied' } })).toBe(51);
    const others = done.filter(({ id }) => id !== first?.id);
    const doneBy = others.map(({ outcome }) => (outcome as { details: { by: string } }).details.by);
    expect(new Set(doneBy)).toEqual(new Set([first?.id]));
    expect(await world.run(others[0]?.id ?? '')).toEqual({ kind: 'not-begun' });
    expect(await world.drain()).toHaveLength(1);
    expect(await world.rsvps(eventId)).toHaveLength(18);
    expect(world.sim.control.counters().requests).toBe(requests);
  });

  it('and contradict each other are settled by one look at each guest, three beside the run’s own', async () => {
    const { control } = world.sim;
    await world.deliver(await newSince(() => control.registerGuests(lumaEventId, { count: 5, emailPrefix: 'g' })));
    await world.drain();
    const emails = (await world.rsvps(eventId)).map(({ person }) => person.email ?? '');
    const changes = await newSince(() => {
      for (const status of ['declined', 'approved', 'waitlist', 'declined'] as const)
        for (const email of emails) control.changeGuest(lumaEventId, email, { status });
    });
    await world.deliver([...changes].reverse());
    const requests = control.counters().requests;
    const open = async () => (await world.operationsOf('inbox.apply')).filter(({ state }) => state === 'queued');
    const [first] = await open();
    await world.run(first?.id ?? '');
    expect(control.counters().requests - requests).toBe(4);
    // What is left is about the fifth.
    expect((await open()).length).toBeLessThanOrEqual(changes.length / 5);
    await world.drain();
    expect(control.counters().requests - requests).toBe(5);
    expect(new Set((await world.rsvps(eventId)).map(({ status }) => status))).toEqual(new Set(['rejected']));
  });

  it('are not settled by a look that could not be stored, since the answer was changed meanwhile', async () => {
    const { control } = world.sim;
    await world.deliver(await newSince(() => control.registerGuests(lumaEventId, { count: 1, emailPrefix: 'g' })));
    await world.drain();
    const [email = ''] = (await world.rsvps(eventId)).map(({ person }) => person.email ?? '');
    await world.deliver(
      await newSince(() => {
        for (const status of ['declined', 'waitlist'] as const) control.changeGuest(lumaEventId, email, { status });
      }),
    );
    const { rsvps } = world.deps;
    const applyGuests: typeof rsvps.applyGuests = async () => ({
      added: 0,
      updated: 0,
      unchanged: 0,
      unknownStatus: 0,
      refused: [],
      personIds: new Map(),
      contested: [],
      seconds: [],
    });
    const open = async () => (await world.operationsOf('inbox.apply')).filter(({ state }) => state === 'queued');
    const [first, ...others] = await open();
    const requests = control.counters().requests;
    await world.run(first?.id ?? '', { ...world.deps, rsvps: { ...rsvps, applyGuests, noteSeen: async () => {} } });
    // Each of them had a look of its own.
    expect(others.length).toBeGreaterThan(0);
    expect(control.counters().requests - requests).toBe(1 + Math.min(others.length, 3));
  });

  it('that cannot be read, failed before or belong elsewhere are left to their own runs', async () => {
    const other = world.sim.control.createEvent({
      name: 'Elsewhere',
      start_at: new Date(Date.now() + 86_400_000).toISOString(),
      timezone: 'UTC',
    });
    const register = (at: string, name: string) =>
      newSince(() => world.sim.control.registerGuests(at, { guests: [{ email: `${name}@example.org` }] }));
    const plain = await register(lumaEventId, 'plain');
    const unreadable = { body: JSON.stringify({ type: 'guest.updated', data: { event: { id: lumaEventId }, id: 7 } }) };
    const deliveries = {
      first: plain.slice(0, 1),
      elsewhere: (await register(other.id, 'elsewhere')).slice(0, 1),
      failed: (await register(lumaEventId, 'failed')).slice(0, 1),
      unreadable: [unreadable],
      plain: plain.slice(1, 2),
    };
    const ids = new Map<string, string>();
    for (const [name, bodies] of Object.entries(deliveries)) {
      await world.deliver(bodies);
      ids.set(name, (await world.operationsOf('inbox.apply')).at(-1)?.id ?? '');
    }
    await world.db.operation.update({ where: { id: ids.get('failed') ?? '' }, data: { attempts: 1 } });
    await world.run(ids.get('first') ?? '');
    const states = async () => {
      const rows = await world.operationsOf('inbox.apply');
      return Object.fromEntries([...ids].map(([name, id]) => [name, rows.find((row) => row.id === id)?.state]));
    };
    const left = { elsewhere: 'queued', failed: 'queued', unreadable: 'queued' };
    expect(await states()).toEqual({ first: 'done', plain: 'done', ...left });
    await world.drain();
    expect(await states()).toMatchObject({ elsewhere: 'done', failed: 'done', unreadable: 'failed' });
  });

  it.each(['listed', 'merged'] as const)('do not fail for others that cannot be %s', async (what) => {
    await world.deliver(
      await newSince(() => world.sim.control.registerGuests(lumaEventId, { guests: [{ email: 'a@example.org' }] })),
    );
    const { inbox, rsvps } = world.deps;
    let looks = 0;
    const broken = { ...world.deps };
    if (what === 'listed') broken.inbox = { ...inbox, listWaiting: () => Promise.reject(new Error('not now')) };
    else
      broken.rsvps = {
        ...rsvps,
        findGuest: (...asked) => (looks++ === 0 ? rsvps.findGuest(...asked) : Promise.reject(new Error('not now'))),
      };
    const [first, second] = await world.operationsOf('inbox.apply');
    expect(await world.run(first?.id ?? '', broken)).toMatchObject({ kind: 'done' });
    expect(await world.run(second?.id ?? '')).toMatchObject({ kind: 'done' });
  });

  it('coalesce nothing after they killed their process, and no run coalesces what waited with them', async () => {
    await world.deliver(
      await newSince(() => world.sim.control.registerGuests(lumaEventId, { count: 4, emailPrefix: 'g' })),
    );
    const [first, second] = await world.operationsOf('inbox.apply');
    await world.db.operation.update({ where: { id: first?.id ?? '' }, data: { crashes: 1 } });
    await world.run(first?.id ?? '');
    await world.run(second?.id ?? '');
    const states = (await world.operationsOf('inbox.apply')).map(({ state }) => state);
    expect(states).toEqual(['done', 'done', ...states.slice(2).map(() => 'queued')]);
    await world.drain();
    expect(await world.rsvps(eventId)).toHaveLength(4);
  });

  it('that come while another run works on the guests are applied as soon as it has ended, in the same run', async () => {
    const bodies = await newSince(() =>
      world.sim.control.registerGuests(lumaEventId, { guests: [{ email: 'a@example.org' }] }),
    );
    await world.deliver(bodies.slice(0, 1));
    const [apply] = await world.operationsOf('inbox.apply');
    const push = { owner: 'a push', key: `guests:${eventId}`, operationId: randomUUID(), leaseMs: 60_000 };
    expect(await acquireRecordLease(world.db, push)).toBe(true);
    const { deps } = world;
    // As patient as a machine may be slow; that it is at all is the handler's doing.
    const withGuests: typeof deps.rsvps.withGuests = (run, id, work, wait) =>
      deps.rsvps.withGuests(run, id, work, { ...wait, patienceMs: 30 * (wait?.patienceMs ?? 0) });
    const ended = world.run(apply?.id ?? '', { ...deps, rsvps: { ...deps.rsvps, withGuests } });
    await waitFor(async () => (await world.operationsOf('inbox.apply'))[0]?.state === 'running', { what: 'the run' });
    await releaseRecordLeases(world.db, push.owner);
    expect(await ended).toMatchObject({ kind: 'done' });
    expect((await world.rsvps(eventId)).map(({ status }) => status)).toEqual(['going']);
  });
});
