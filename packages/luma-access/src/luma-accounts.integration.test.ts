import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { calendarPull } from '@luma-sync/jobs';
import type { SlotGate } from '@luma-sync/luma-client';
import { type LumaSim, startLumaSim } from '@luma-sync/luma-sim';
import {
  createCalendar,
  type Database,
  enqueueOperation,
  inTransaction,
  noteFailedTest,
  openDatabase,
  openKeyring,
  placeOf,
  updateCalendar,
} from '@luma-sync/store';
import type { LumaAccounts } from '@luma-sync/sync';
import { atEnd, expectWithinDocument, openTestDatabase } from '@luma-sync/testkit';
import { createLumaAccounts } from './luma-accounts.js';

const keyring = openKeyring(Buffer.alloc(32, 1).toString('base64'));
const FREE: SlotGate = {
  acquire: async () => ({
    granted: true,
    slot: { id: randomUUID(), remainingMs: () => 30_000, settle: async () => {}, release: async () => {} },
  }),
  block: async () => {},
};

let db: Database;
let sim: LumaSim;
let accounts: LumaAccounts;
let warnings: string[];
/** Two calendars of ours, each with a key of its own, and what they are called at Luma. */
let lapsing: { id: string; atLuma: string };
let other: { id: string; atLuma: string };

beforeEach(async () => {
  const { url } = await openTestDatabase();
  db = openDatabase({ url, poolMax: 5 });
  atEnd(() => db.$disconnect());
  sim = await startLumaSim({ settings: { budget: { rules: [{ limit: 100_000, windowMs: 1_000 }] } } });
  atEnd(() => sim.close());
  warnings = [];
  const log = { warn: (_fields: object, message: string) => void warnings.push(message), info() {} };
  accounts = createLumaAccounts({ db, keyring, slots: FREE, baseUrl: sim.url, log });
  [lapsing, other] = [await addCalendar('Lapsing'), await addCalendar('Other')];
});

afterEach(() => expectWithinDocument([sim]));

async function addCalendar(name: string) {
  const { id: atLuma, apiKeys } = sim.control.addCalendar({ name });
  const apiKey = apiKeys[0] ?? '';
  const added = await inTransaction(db, (tx) => createCalendar(tx, keyring, { name, kind: 'luma', apiKey }));
  if (added.kind !== 'written') throw new Error(added.kind);
  return { id: added.calendar.id, atLuma };
}

const row = (id: string) => db.calendar.findUniqueOrThrow({ where: { id } });
const call = () => ({ signal: AbortSignal.timeout(5_000), priority: 'sync' as const });
const use = async (id: string) => (await accounts.open(id)).api.getCalendar(call());
const timeLater = (id: string) =>
  db.$executeRaw`update calendars set status_since = status_since - interval '61 s', probed_at = probed_at - interval
      '61 s' where id = ${id}::uuid`;
const toldOf = (id: string) => db.timelineEntry.findMany({ where: { recordId: id }, orderBy: { id: 'asc' } });

type Change = Parameters<typeof sim.control.changeCalendar>[1];

describe.each<[string, Change, Change | null, 'plan_inactive' | 'auth_failed']>([
  ['T8 a plan that lapsed', { isPlanActive: false }, { isPlanActive: true }, 'plan_inactive'],
  ['a key that was revoked', { apiKeys: ['another'] }, null, 'auth_failed'],
])('%s', (_what, breaks, mends, status) => {
  const breakIt = () => sim.control.changeCalendar(lapsing.atLuma, breaks);

  it('pauses that calendar only, and is told once', async () => {
    await use(lapsing.id);
    breakIt();
    await expect(use(lapsing.id)).rejects.toMatchObject({ code: `luma.${status}`, verdict: 'wait' });
    const requests = sim.control.counters().requests;
    for (let n = 0; n < 5; n += 1)
      await expect(use(lapsing.id)).rejects.toMatchObject({ code: `calendar.${status}`, verdict: 'wait' });
    expect(sim.control.counters().requests).toBe(requests);
    await use(other.id);
    expect([(await row(lapsing.id)).status, (await row(other.id)).status]).toEqual([status, 'ok']);
    expect(await toldOf(lapsing.id)).toHaveLength(1);
    expect(warnings).toHaveLength(1);
  });

  it('is tried once a minute, without forgetting since when, and goes on by itself when it works again', async () => {
    const key = (await db.calendar.findUniqueOrThrow({ where: { id: lapsing.id } })).apiKeyCipher ?? '';
    await use(lapsing.id);
    breakIt();
    await expect(use(lapsing.id)).rejects.toMatchObject({ code: `luma.${status}` });
    const options = { trigger: 'scheduled', actor: 'schedule', calendarId: lapsing.id } as const;
    const { id } = await enqueueOperation(db, calendarPull, { calendarId: lapsing.id }, options);
    const inAnHour = new Date(Date.now() + 3_600_000);
    await db.operation.update({ where: { id }, data: { runAfter: inAnHour, waitingReason: `calendar.${status}` } });

    await timeLater(lapsing.id);
    const since = (await row(lapsing.id)).statusSince;
    await expect(use(lapsing.id)).rejects.toMatchObject({ code: `luma.${status}` });
    await expect(use(lapsing.id)).rejects.toMatchObject({ code: `calendar.${status}` });
    expect((await row(lapsing.id)).statusSince).toEqual(since);
    expect(await toldOf(lapsing.id)).toHaveLength(1);

    sim.control.changeCalendar(
      lapsing.atLuma,
      mends ?? { apiKeys: [keyring.decrypt(key, placeOf(lapsing.id, 'apiKeyCipher'))] },
    );
    await timeLater(lapsing.id);
    await use(lapsing.id);
    expect(await row(lapsing.id)).toMatchObject({ status: 'ok', statusReason: null });
    expect((await db.operation.findUniqueOrThrow({ where: { id } })).runAfter.getTime()).toBeLessThan(
      Date.now() + 1_000,
    );
    expect(await toldOf(lapsing.id)).toHaveLength(2);
  });
});

describe('a connection test that failed', () => {
  it('holds nothing up, and is over with the first answer to a worker', async () => {
    await noteFailedTest(db, lapsing.id, { code: 'luma.unreachable', reason: 'Luma cannot be reached' });
    expect(await row(lapsing.id)).toMatchObject({ status: 'ok', testFailedCode: 'luma.unreachable' });
    await use(lapsing.id);
    expect(await row(lapsing.id)).toMatchObject({ status: 'ok', testFailedCode: null, testFailedSince: null });
    expect((await toldOf(lapsing.id)).map(({ details }) => details)).toMatchObject([
      { status: 'disconnected' },
      { status: 'connected' },
    ]);
  });
});

describe('the key of another calendar', () => {
  const putKey = (id: string, apiKey: string) => inTransaction(db, (tx) => updateCalendar(tx, keyring, id, { apiKey }));
  const keyOf = async (id: string) => keyring.decrypt((await row(id)).apiKeyCipher ?? '', placeOf(id, 'apiKeyCipher'));
  async function tieEvent(calendarId: string): Promise<void> {
    const times = { startsAt: new Date(), endsAt: new Date(), timezone: 'UTC' };
    const link = { create: { calendarId, lumaEventId: 'evt-1', state: 'synced' as const } };
    await db.event.create({ data: { source: 'app', approval: 'approved', title: 'T', ...times, link } });
  }

  it('is not used while events are tied, which is told once; with the right key everything goes on', async () => {
    await use(lapsing.id);
    await tieEvent(lapsing.id);
    const right = await keyOf(lapsing.id);
    const { apiKeys } = sim.control.addCalendar({ name: 'Third' });
    await putKey(lapsing.id, apiKeys[0] ?? '');
    for (let n = 0; n < 3; n += 1)
      await expect(use(lapsing.id)).rejects.toMatchObject({ code: 'calendar.auth_failed', scope: 'account' });
    expect(await row(lapsing.id)).toMatchObject({
      status: 'auth_failed',
      lumaCalendarId: lapsing.atLuma,
      statusReason: expect.stringContaining('another calendar at Luma'),
    });
    expect(await toldOf(lapsing.id)).toHaveLength(1);
    expect(warnings).toHaveLength(1);
    // Luma takes the key, and that does not help.
    await timeLater(lapsing.id);
    await expect(use(lapsing.id)).rejects.toMatchObject({ code: 'calendar.auth_failed' });
    await use(other.id);

    await putKey(lapsing.id, right);
    await use(lapsing.id);
    expect(await row(lapsing.id)).toMatchObject({ status: 'ok', lumaCalendarId: lapsing.atLuma });
  });

  it('makes it that calendar where nothing is tied yet, and what was known of the one before does not count', async () => {
    await use(lapsing.id);
    await db.calendar.update({
      where: { id: lapsing.id },
      data: { backfilledAt: new Date(), lastSyncedAt: new Date() },
    });
    const { id: atLuma, apiKeys } = sim.control.addCalendar({ name: 'Third' });
    await putKey(lapsing.id, apiKeys[0] ?? '');
    expect((await accounts.open(lapsing.id)).lumaCalendarId).toBe(atLuma);
    expect(await row(lapsing.id)).toMatchObject({ lumaCalendarId: atLuma, backfilledAt: null, lastSyncedAt: null });
  });

  it('is asked about once for each key', async () => {
    await use(lapsing.id);
    const requests = sim.control.counters().requests;
    await accounts.open(lapsing.id);
    expect(sim.control.counters().requests).toBe(requests);
  });
});
