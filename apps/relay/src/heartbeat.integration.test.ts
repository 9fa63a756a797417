import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeEach, expect, it } from '@jest/globals';
import { createMetrics } from '@luma-sync/runtime';
import { type Database, openDatabase } from '@luma-sync/store';
import { atEnd, openTestDatabase, waitFor } from '@luma-sync/testkit';
import { startHeartbeat } from './heartbeat.js';

const HOUR_MS = 3_600_000;

let db: Database;
let monitor: { url: string; pings: number; status: number };
let told: string[];
let isMoving: boolean;
let rounds: number;
beforeEach(async () => {
  db = openDatabase({ url: (await openTestDatabase()).url, poolMax: 3 });
  atEnd(() => db.$disconnect());
  told = [];
  isMoving = true;
  rounds = 0;
  monitor = await startMonitor();
});

async function startMonitor() {
  const seen = { url: '', pings: 0, status: 200 };
  const server = createServer((_request, response) => {
    seen.pings += 1;
    response.writeHead(seen.status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  seen.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/ping/s3cret`;
  atEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  return seen;
}

function beat() {
  const stop = new AbortController();
  const metrics = createMetrics({ app: 'relay' });
  const note = (fields: object, message: string) => void told.push(`${message} ${JSON.stringify(fields)}`);
  const ended = startHeartbeat({
    db,
    url: monitor.url,
    silentHours: 8,
    checks: {
      dispatching: () => {
        rounds += 1;
        if (!isMoving) throw new Error('stuck');
      },
    },
    log: { info: note, warn: note },
    metrics,
    signal: stop.signal,
    everyMs: 20,
  });
  atEnd(() => {
    stop.abort();
    return ended;
  });
  return { isOk: async () => (await metrics.render()).body.includes('luma_sync_heartbeat_ok{app="relay"} 1') };
}

const untilPinged = () => {
  const before = monitor.pings;
  return waitFor(() => monitor.pings > before + 1, { what: 'further heartbeats' });
};
const untilTold = (text: string) => waitFor(() => told.at(-1)?.includes(text), { what: `"${text}" in the log` });

/** Two more rounds end without a ping, and are not told. */
async function expectNoPing(until: () => Promise<unknown>): Promise<void> {
  await until();
  const before = { pings: monitor.pings, told: told.length };
  const since = rounds;
  await waitFor(() => rounds > since + 2, { what: 'further rounds' });
  expect({ pings: monitor.pings, told: told.length }).toEqual(before);
}

const addCalendar = (name: string, over: object) =>
  db.calendar.create({ data: { name, kind: 'luma', apiKeyFingerprint: name, ...over } });

it('is sent while all is well, and not while something is wrong, told once', async () => {
  const { isOk } = beat();
  await untilPinged();
  expect(await isOk()).toBe(true);
  isMoving = false;
  await expectNoPing(() => untilTold('dispatching is not well'));
  expect(await isOk()).toBe(false);
  isMoving = true;
  await untilPinged();
  expect(told).toEqual([expect.stringContaining('no heartbeat'), expect.stringContaining('sent again')]);
});

it('stops while a calendar with a key is silent; paused ones and those without a key do not count', async () => {
  const old = new Date(Date.now() - 9 * HOUR_MS);
  await addCalendar('Paused', { lastSyncedAt: old, status: 'paused' });
  await addCalendar('Off', { lastSyncedAt: old, syncEnabled: false });
  await addCalendar('Embedded', { createdAt: old, apiKeyFingerprint: null });
  await addCalendar('New', {});
  const silent = await addCalendar('Meetups', { lastSyncedAt: old });
  await addCalendar('Never read', { createdAt: old });
  beat();
  await expectNoPing(() => untilTold('2 calendars were not read for 8 hours: \\"Meetups\\", \\"Never read\\"'));
  await db.calendar.updateMany({ where: { name: 'Never read' }, data: { status: 'paused' } });
  await db.calendar.update({ where: { id: silent.id }, data: { lastSyncedAt: new Date() } });
  await untilPinged();
});

it('tells of an address that answers otherwise, without the address', async () => {
  monitor.status = 404;
  beat();
  await untilTold('HEARTBEAT_URL: the host answered 404');
  expect(told.join()).not.toContain('s3cret');
  monitor.status = 200;
  await untilTold('sent again');
});
