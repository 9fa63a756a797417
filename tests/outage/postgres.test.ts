import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type PostgresServer, startPostgresServer, waitFor } from '@luma-sync/testkit';
import { openWorld, WIDE_HEADROOM, type World } from '../e2e/world.js';
import { expectAgreement, expectEachPoolOnce, finish, putEvent, readReadiness } from './agreement.js';
import { PatientApp } from './patient-app.js';

let postgres: PostgresServer;
let world: World;

beforeAll(async () => {
  postgres = await startPostgresServer();
  world = await openWorld({ databaseUrl: postgres.url, env: WIDE_HEADROOM });
  // The event of all coupon pools that the app makes.
  expect((await putEvent(world, 'pools')).status).toBe(202);
});
afterAll(() => world.close());

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
      await waitFor(() => app.accepted.length > 10, { what: 'commands to be accepted', limitMs: 120_000 });
      expect((await putEvent(world, `${prefix} before`)).status).toBe(202);
      await end();
      const downAt = performance.now();
      expect(await putEvent(world, `${prefix} during`)).toMatchObject({
        status: 503,
        body: { code: 'store.unavailable' },
      });
      expect((await readReadiness(world)).status).toBe(503);
      await waitFor(() => performance.now() - downAt > awayMs, { what: 'the time to pass', limitMs: awayMs + 5_000 });
      await postgres.start();
      await waitFor(async () => (await putEvent(world, `${prefix} after`)).status === 202, {
        what: 'commands to be accepted again',
        limitMs: 120_000,
      });
      await finish(app);
      await expectEachPoolOnce(world, app);
      await expectAgreement(world, [`${prefix} before`, `${prefix} after`]);
    },
  );
});
