import { beforeEach, describe, expect, it } from '@jest/globals';
import type { LumaApi } from '@luma-sync/luma-client';
import { stopAt } from '../../test/stop-at.js';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';

/*
 * A read of an event at Luma that no person waits for holds no lease of that event: a push goes out meanwhile, and what
 * the read shows is merged behind it.
 */

let world: SyncWorld;
let eventId: string;
let lumaEventId: string;
beforeEach(async () => {
  world = await openSyncWorld();
  ({ eventId, lumaEventId } = await world.publishEvent('e1'));
});

const queued = async (job: Parameters<SyncWorld['operationsOf']>[0]) =>
  (await world.operationsOf(job)).find(({ state }) => state === 'queued')?.id ?? '';
const push = async () => world.run(await queued('event.push'));
const updates = () => world.sim.control.log({ path: '/v1/events/update' }).length;
const hostRenames = (silent = true) => world.sim.control.changeEvent(lumaEventId, { name: 'Theirs', silent });
const appDescribes = () => world.putEvent('e1', { descriptionMd: 'Ours' });
const expectBoth = async () => {
  expect(await world.row(eventId)).toMatchObject({
    title: 'Theirs',
    descriptionMd: 'Ours',
    link: { state: expect.stringMatching(/^(synced|pulled)$/) },
  });
  expect(await world.atLuma(eventId)).toMatchObject({ name: 'Theirs', descriptionMd: 'Ours' });
  expect(await world.db.conflict.count()).toBe(0);
};

const READS: [string, () => Promise<string>][] = [
  [
    'a pull of the event',
    async () => {
      hostRenames();
      return world.enqueue('event.pull', { eventId });
    },
  ],
  [
    'a pull of the calendar',
    async () => {
      hostRenames();
      return world.enqueue('calendar.pull', { calendarId: world.calendarId });
    },
  ],
  [
    'a drift check',
    async () => {
      hostRenames();
      return world.enqueue('drift.check', { calendarId: world.calendarId });
    },
  ],
  [
    'a webhook',
    async () => {
      const before = world.announced().length;
      hostRenames(false);
      await world.deliver(world.announced().slice(before));
      return queued('inbox.apply');
    },
  ],
];

describe.each(READS)('%s that reads the event', (_name, enqueue) => {
  it.each(['slot', 'answer'] as const)('and waits for its %s does not hold up a push of it', async (where) => {
    const id = await enqueue();
    const read = await stopAt(world, 'findEvent', where);
    const reading = world.run(id, read.deps);
    await read.reached;
    await appDescribes();
    expect(await push()).toMatchObject({ kind: 'done' });
    expect(updates()).toBe(1);
    read.goOn();
    expect(await reading).toMatchObject({ kind: 'done' });
    await world.drain();
    await expectBoth();
  });
});

it('an event is not taken for gone by a read that was made before a push of it', async () => {
  const account = await world.deps.luma.open(world.calendarId);
  async function* listAllEvents() {
    yield { entries: [], odd: [], cursor: undefined };
    return { complete: true as const, pages: 1 };
  }
  const findEvent = async () => {
    await appDescribes();
    expect(await push()).toMatchObject({ kind: 'done' });
    return { kind: 'forbidden' as const };
  };
  const api = Object.assign(Object.create(account.api), { listAllEvents, findEvent }) as LumaApi;
  const check = await world.enqueue('drift.check', { calendarId: world.calendarId });
  const deps = { ...world.deps, luma: { open: async () => ({ ...account, api }) } };
  expect(await world.run(check, deps)).toMatchObject({ outcome: { details: { gone: 0, busy: 1 } } });
  expect(await world.row(eventId)).toMatchObject({ link: { state: 'synced' } });
});

it('an event that is written during each read is left to a later run, and nothing of the reads is stored', async () => {
  hostRenames();
  const account = await world.deps.luma.open(world.calendarId);
  let reads = 0;
  const findEvent: LumaApi['findEvent'] = async (...args) => {
    const found = await account.api.findEvent(...args);
    reads += 1;
    await world.db.$executeRaw`update event_links set observed_at = observed_at + interval '1 ms'`;
    return found;
  };
  const api = Object.assign(Object.create(account.api), { findEvent }) as LumaApi;
  const deps = { ...world.deps, luma: { open: async () => ({ ...account, api }) } };
  const pull = await world.enqueue('event.pull', { eventId });
  expect(await world.run(pull, deps)).toEqual({ kind: 'put-back', code: 'event.changed_meanwhile' });
  expect(reads).toBeLessThan(10);
  expect(await world.row(eventId)).toMatchObject({ title: 'Meetup' });
  await world.drain();
  expect(await world.row(eventId)).toMatchObject({ title: 'Theirs' });
});

describe('a backfill', () => {
  const STARTS_AT = new Date(Date.now() + 5 * 86_400_000);
  const ENDS_AT = new Date(STARTS_AT.getTime() + 3_600_000);
  let adopted: string;
  let created: string;

  beforeEach(async () => {
    const times = { startsAt: STARTS_AT, endsAt: ENDS_AT };
    adopted = await world.putEvent('known', { ...times, title: 'Drum circle' });
    created = await world.putEvent('new', { ...times, title: 'Only here' });
    await world.db.operation.deleteMany({ where: { job: 'event.push' } });
    world.sim.control.createEvent({
      name: 'Drum circle',
      start_at: STARTS_AT.toISOString(),
      end_at: ENDS_AT.toISOString(),
      timezone: 'Europe/Berlin',
    });
  });

  const backfill = () =>
    world.enqueue('org.backfill', { calendarId: world.calendarId, planId: null, apply: true, startsAfter: null });

  /** Each call of a run: its class, and whether some event was held when it was made. */
  async function recordCalls() {
    const account = await world.deps.luma.open(world.calendarId);
    const calls: { method: string; priority: string; isLeased: boolean }[] = [];
    const record = async (method: string, args: readonly unknown[]): Promise<void> => {
      const { priority } = args.find((arg) => typeof arg === 'object' && arg !== null && 'priority' in arg) as {
        priority: string;
      };
      const isLeased = (await world.db.recordLease.count({ where: { key: { startsWith: 'event:' } } })) > 0;
      calls.push({ method, priority, isLeased });
    };
    const api = new Proxy(account.api, {
      get: (target, name, receiver) => {
        const method: unknown = Reflect.get(target, name, receiver);
        if (typeof method !== 'function' || String(name).startsWith('listAll')) return method;
        return async (...args: unknown[]) => {
          await record(String(name), args);
          return Reflect.apply(method, target, args);
        };
      },
    });
    return { calls, deps: { ...world.deps, luma: { open: async () => ({ ...account, api }) } } };
  }

  it('waits for nothing in a lower class while it holds an event, and pays for its pushes in the bulk class before', async () => {
    const { calls, deps } = await recordCalls();
    expect(await world.run(await backfill(), deps)).toMatchObject({
      outcome: { details: { applied: true, failed: 0 } },
    });
    const held = calls.filter(({ isLeased }) => isLeased);
    const methods = held.map(({ method }) => method).sort();
    expect(methods).toEqual(['createEvent', 'getEvent', 'getEvent', 'getEvent', 'updateEvent']);
    expect(held.filter(({ priority }) => priority !== 'interactive')).toEqual([]);
    const paid = calls.filter(({ method }) => method === 'waitForSlot');
    expect(paid).toHaveLength(held.length);
    expect(paid.filter(({ priority }) => priority !== 'bulk')).toEqual([]);
  });

  it('that waits for its slots does not hold up a push of the event that it is about to push', async () => {
    const stopped = await stopAt(world, 'waitForSlot', 'slot');
    const running = world.run(await backfill(), stopped.deps);
    await stopped.reached;
    for (const [key, title] of [
      ['known', 'Drum circle'],
      ['new', 'Only here'],
    ] as const)
      await world.putEvent(key, { startsAt: STARTS_AT, endsAt: ENDS_AT, title, descriptionMd: 'Ours' });
    const pushes = (await world.operationsOf('event.push')).filter(({ state }) => state === 'queued');
    expect(pushes).toHaveLength(2);
    for (const { id } of pushes) expect(await world.run(id)).toMatchObject({ kind: 'done' });
    stopped.goOn();
    expect(await running).toMatchObject({ kind: 'done' });
    await world.drain();
    for (const id of [adopted, created]) {
      expect(await world.row(id)).toMatchObject({ link: { state: 'synced' } });
      expect(await world.atLuma(id)).toMatchObject({ descriptionMd: 'Ours' });
    }
    expect(world.sim.control.counters()).toMatchObject({ events: 3 });
  });
});
