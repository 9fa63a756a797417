import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase } from '@luma-sync/store';
import { type PostgresServer, startPostgresServer, startRedisServer, waitFor } from '@luma-sync/testkit';
import { openWorld, toEvent, type World } from '../e2e/world.js';
import { PatientApp } from './patient-app.js';

let postgres: PostgresServer;
let world: World;

beforeAll(async () => {
  postgres = await startPostgresServer();
  const redis = await startRedisServer({ isDurable: true });
  // What may be spent while the limiter does not know what was: enough for these few events.
  world = await openWorld({ databaseUrl: postgres.url, redis, env: { LUMA_RATE_LIMIT_HEADROOM: '100' } });
  // The event of all coupon pools that the app makes.
  expect((await put('pools')).status).toBe(202);
});
afterAll(() => world.luma.close());

async function rows<T extends object>(sql: string): Promise<T[]> {
  const db = openDatabase({ url: postgres.url, poolMax: 1 });
  try {
    return await db.$queryRawUnsafe<T[]>(sql);
  } finally {
    await db.$disconnect();
  }
}

const setMaxMemory = (value: string) => world.redis.command('CONFIG', 'SET', 'maxmemory', value);

const readiness = async () => {
  const answer = await fetch(`${world.url}/readyz`);
  return { status: answer.status, body: (await answer.json()) as { status: string } };
};
const put = (name: string) => world.call<{ code?: string }>('PUT', `/v1/events/${name}`, toEvent(name));

/** Everything accepted is at Luma, once; nothing was done that nobody asked for. */
async function expectAgreement(names: readonly string[]): Promise<void> {
  await world.calm();
  const there = world.luma.control.state().events.map(({ name }) => name);
  for (const name of names) expect(there.filter((other) => other === name)).toEqual([name]);
  expect(world.luma.control.counters()).toMatchObject({
    breaches: 0,
    outsideDocument: 0,
    duplicates: { events: [], guests: [] },
    refusedWithoutSlot: 0,
    refusedWithUsedSlot: 0,
  });
  const states = await rows<{ state: string; count: number }>(
    `select state::text, count(*)::int as count from operations where state <> 'done' group by 1`,
  );
  expect(states).toEqual([]);
}

/** Enough to say something: an outage may be over before a slow machine has had many of them accepted. */
async function finish(app: PatientApp): Promise<void> {
  await waitFor(() => app.accepted.length > 20, { what: 'a load worth the name', limitMs: 60_000 });
  await app.finish();
}

async function expectEachPoolOnce(app: PatientApp): Promise<void> {
  const stored = new Set((await rows<{ name: string }>('select name from coupon_pools')).map(({ name }) => name));
  expect(app.accepted.filter((name) => !stored.has(name))).toEqual([]);
  // A repeat that was not known for one would have met its own name: 409.
  expect([...app.refusals.keys()].filter((refusal) => refusal !== '503 store.unavailable')).toEqual([]);
}

describe('Postgres', () => {
  it.each([
    ['restarted in good order', () => postgres.stop(), 0],
    ['gone as after a power cut', () => postgres.crash(), 0],
    ['down for a while', () => postgres.stop(), 8_000],
  ] as const)(
    '%s under load: nothing that was accepted is lost, what was not is said with 503, and work goes on by itself',
    async (how, end, awayMs) => {
      const prefix = how.replaceAll(' ', '-');
      const app = new PatientApp(world, prefix);
      await waitFor(() => app.accepted.length > 10, { what: 'commands to be accepted', limitMs: 20_000 });
      expect((await put(`${prefix} before`)).status).toBe(202);
      await end();
      const downAt = performance.now();
      expect(await put(`${prefix} during`)).toMatchObject({ status: 503, body: { code: 'store.unavailable' } });
      expect((await readiness()).status).toBe(503);
      await waitFor(() => performance.now() - downAt > awayMs, { what: 'the time to pass', limitMs: awayMs + 5_000 });
      await postgres.start();
      await waitFor(async () => (await put(`${prefix} after`)).status === 202, {
        what: 'commands to be accepted again',
        limitMs: 30_000,
      });
      await finish(app);
      await expectEachPoolOnce(app);
      await expectAgreement([`${prefix} before`, `${prefix} after`]);
    },
  );
});

describe('Redis', () => {
  it.each([
    ['restarted with what it had written down', false],
    ['restarted empty', true],
  ] as const)('%s in the middle of work: nothing is lost, nothing done twice', async (how, isEmptied) => {
    const names = Array.from({ length: 4 }, (_, n) => `${how} ${n}`);
    for (const name of names.slice(0, 2)) expect((await put(name)).status).toBe(202);
    await world.redis.kill();
    expect((await put(names[2] ?? '')).status).toBe(202);
    await world.redis.start();
    if (isEmptied) await world.redis.flush();
    expect((await put(names[3] ?? '')).status).toBe(202);
    await expectAgreement(names);
  });

  it('down for long: commands are accepted all the time, readiness says degraded, and the work is done afterwards', async () => {
    const app = new PatientApp(world, 'redis-down');
    await world.redis.kill();
    const downAt = performance.now();
    await waitFor(async () => (await readiness()).body.status === 'degraded', {
      what: 'readiness to say degraded',
      limitMs: 20_000,
    });
    expect((await readiness()).status).toBe(200);
    expect((await put('redis down')).status).toBe(202);
    await waitFor(() => performance.now() - downAt > 20_000, { what: 'the time to pass', limitMs: 25_000 });
    await finish(app);
    expect([...app.refusals]).toEqual([]);
    await world.redis.start();
    await expectEachPoolOnce(app);
    await expectAgreement(['redis down']);
    await waitFor(async () => (await readiness()).body.status === 'ok', {
      what: 'readiness to be ok',
      limitMs: 20_000,
    });
  });

  it('out of memory: commands are accepted, rows wait in Postgres, and work goes on when there is memory', async () => {
    await setMaxMemory('1mb');
    const app = new PatientApp(world, 'redis-full');
    const names = Array.from({ length: 3 }, (_, n) => `redis full ${n}`);
    for (const name of names) expect((await put(name)).status).toBe(202);
    const undone = () =>
      rows<{ count: number }>(
        `select count(*)::int as count from operations where state = 'queued' and job = 'event.push'`,
      );
    await waitFor(() => app.accepted.length > 50, { what: 'commands to be accepted', limitMs: 30_000 });
    expect(await undone()).toEqual([{ count: names.length }]);
    await setMaxMemory('0');
    await finish(app);
    await expectEachPoolOnce(app);
    await expectAgreement(names);
    // No process gave up: all of this happened to the same ones.
    expect((await readiness()).body.status).toBe('ok');
  });
});
