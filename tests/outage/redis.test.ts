import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startRedisServer, waitFor } from '@luma-sync/testkit';
import { openWorld, WIDE_HEADROOM, type World } from '../e2e/world.js';
import { expectAgreement, expectEachPoolOnce, finish, putEvent, readReadiness, readRows } from './agreement.js';
import { PatientApp } from './patient-app.js';

/** Longer than readiness, relay and the workers need to notice. */
const AWAY_MS = 10_000;

let world: World;

/**
 * One for each test: a limiter whose Redis forgets a second time within a minute and a half sends nothing until then.
 */
beforeEach(async () => {
  world = await openWorld({ redis: await startRedisServer({ isDurable: true }), env: WIDE_HEADROOM });
  // The event of all coupon pools that the app makes.
  expect((await putEvent(world, 'pools')).status).toBe(202);
  await world.calm();
});
afterEach(() => world.close());

const setMaxMemory = (value: string) => world.redis.command('CONFIG', 'SET', 'maxmemory', value);

describe('Redis', () => {
  it.each([
    ['restarted with what it had written down', false],
    ['restarted empty', true],
  ] as const)('%s in the middle of work: nothing is lost, nothing done twice', async (how, isEmptied) => {
    const names = Array.from({ length: 4 }, (_, n) => `${how} ${n}`);
    for (const name of names.slice(0, 2)) expect((await putEvent(world, name)).status).toBe(202);
    await world.redis.kill();
    expect((await putEvent(world, names[2] ?? '')).status).toBe(202);
    await world.redis.start();
    if (isEmptied) await world.redis.flush();
    expect((await putEvent(world, names[3] ?? '')).status).toBe(202);
    await expectAgreement(world, names);
  });

  it('down for long: commands are accepted all the time, readiness says degraded, and the work is done afterwards', async () => {
    const app = new PatientApp(world, 'redis-down');
    await world.redis.kill();
    const downAt = performance.now();
    await waitFor(async () => (await readReadiness(world)).body.status === 'degraded', {
      what: 'readiness to say degraded',
      limitMs: 120_000,
    });
    expect((await readReadiness(world)).status).toBe(200);
    expect((await putEvent(world, 'redis down')).status).toBe(202);
    await waitFor(() => performance.now() - downAt > AWAY_MS, { what: 'the time to pass', limitMs: 120_000 });
    await finish(app);
    expect([...app.refusals]).toEqual([]);
    await world.redis.start();
    await expectEachPoolOnce(world, app);
    await expectAgreement(world, ['redis down']);
    await waitFor(async () => (await readReadiness(world)).body.status === 'ok', {
      what: 'readiness to be ok',
      limitMs: 120_000,
    });
  });

  it('out of memory: commands are accepted, rows wait in Postgres, and work goes on when there is memory', async () => {
    await setMaxMemory('1mb');
    const app = new PatientApp(world, 'redis-full');
    const names = Array.from({ length: 3 }, (_, n) => `redis full ${n}`);
    for (const name of names) expect((await putEvent(world, name)).status).toBe(202);
    const undone = () =>
      readRows<{ count: number }>(
        world,
        `select count(*)::int as count from operations where state = 'queued' and job = 'event.push'`,
      );
    await waitFor(() => app.accepted.length > 50, { what: 'commands to be accepted', limitMs: 120_000 });
    expect(await undone()).toEqual([{ count: names.length }]);
    await setMaxMemory('0');
    await finish(app);
    await expectEachPoolOnce(world, app);
    await expectAgreement(world, names);
    // No process gave up: all of this happened to the same ones.
    expect((await readReadiness(world)).body.status).toBe('ok');
  });
});
