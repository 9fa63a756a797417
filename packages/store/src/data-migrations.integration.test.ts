import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { openSyncWorld, type SyncWorld } from '../test/sync-world.js';
import { retryingTransaction } from './contention.js';
import { storeDelivery } from './deliveries/store-delivery.js';

let world: SyncWorld;
beforeEach(async () => {
  world = await openSyncWorld();
});

/** What a migration does to rows that an older version left: the tables are as they are today. */
async function applyAgain(name: string): Promise<void> {
  const path = fileURLToPath(new URL(`../../../prisma/migrations/${name}/migration.sql`, import.meta.url));
  await world.db.$executeRawUnsafe(await readFile(path, 'utf8'));
}

describe('migrating webhooks that wait to be applied', () => {
  it('names the record of those whose operation knew one, and leaves the others', async () => {
    const calendarId = await world.addCalendar();
    const receive = (webhookId: string, recordKey: string | null) =>
      retryingTransaction(world.db, (tx) =>
        storeDelivery(tx, {
          calendarId,
          webhookId,
          type: 'event.updated',
          rawBody: '{}',
          signedAt: new Date(),
          recordKey,
          isKnown: true,
        }),
      );
    await receive('waiting', 'evt-1');
    await receive('given up', 'evt-2');
    await receive('without a record', null);
    await receive('applied', 'evt-4');
    const setState = (webhookId: string, state: 'failed' | 'applied') =>
      world.db.webhookDelivery.updateMany({ where: { webhookId }, data: { state } });
    await setState('given up', 'failed');
    await setState('applied', 'applied');
    // The operation alone named it.
    await world.db.webhookDelivery.updateMany({ data: { recordKey: null } });
    await applyAgain('20261130090100_delivery_record_of_waiting');
    const rows = await world.db.webhookDelivery.findMany({ orderBy: { receivedAt: 'asc' } });
    expect(rows.map(({ webhookId, recordKey }) => [webhookId, recordKey])).toEqual([
      ['waiting', 'evt-1'],
      ['given up', 'evt-2'],
      ['without a record', null],
      ['applied', null],
    ]);
  });
});

describe('migrating webhooks that were stored with bearer keys', () => {
  it('removes every key and nothing else', async () => {
    const calendarId = await world.addCalendar();
    const key = 'g-OpensTheDoor';
    const code = `https://luma.com/check-in/evt-1?pk=${key}`;
    const withCode = (check_in_qr_code: string, value: string) =>
      JSON.stringify(
        { data: { name: 'A \\"quoted\\" name', check_in_qr_code, proxy_key: check_in_qr_code, answers: [value] } },
        null,
        1,
      );
    const [before, after] = [
      withCode(code, `see ${code}&a=1`),
      withCode('[removed]', `see ${code.replace(key, '[removed]')}&a=1`),
    ];
    const common = { calendarId, type: 'guest.updated', signedAt: new Date() };
    await world.db.webhookDelivery.create({ data: { ...common, webhookId: 'with', rawBody: before } });
    await world.db.webhookDelivery.create({ data: { ...common, webhookId: 'without', rawBody: '{"pk":1}' } });
    await world.db.webhookDelivery.create({ data: { ...common, webhookId: 'expired', rawBody: null } });
    await applyAgain('20261130190600_bearer_keys');
    const rows = await world.db.webhookDelivery.findMany({ orderBy: { webhookId: 'asc' } });
    expect(rows.map(({ rawBody }) => rawBody)).toEqual([null, after, '{"pk":1}']);
  });
});

describe('migrating calendars from before roles and words were settings', () => {
  it('keeps for them what was the same for every calendar', async () => {
    const [old, later] = [await world.addCalendar(), await world.addCalendar()];
    const read = (id: string) =>
      world.db.calendar.findUniqueOrThrow({
        where: { id },
        select: { publishingRoles: true, emailRequiredText: true },
      });
    const neutral = { publishingRoles: ['admin'], emailRequiredText: null };
    expect(await read(old)).toEqual(neutral);
    await applyAgain('20261201040002_keep_roles_and_words');
    const kept = {
      publishingRoles: ['admin', 'founder'],
      emailRequiredText: 'Add your email in Profile to RSVP for events',
    };
    expect([await read(old), await read(later)]).toEqual([kept, kept]);
    expect(await read(await world.addCalendar())).toEqual(neutral);
  });
});

describe('migrating requests that are in flight', () => {
  const both = { ours: { title: 'A' }, luma: { title: 'A' } };
  // A request of a dead run, and a repeat that got no answer.
  const untils = ['2030-01-01T00:01:40.000Z', '2030-01-01T00:00:10.000Z'];

  it.each([
    [
      'keeps what they said until the last of them is over',
      { ...both, asked: { title: 'B' }, mayArriveUntil: untils },
      { ...both, asked: { title: 'B' }, underWay: { said: { title: 'B' }, until: untils[0] } },
    ],
    [
      'keeps what was seen of them already',
      {
        ...both,
        asked: { capacity: 5 },
        repeated: { ours: { title: 'B', cover: 'x' }, luma: { title: 'B' }, until: untils[0] },
        mayArriveUntil: untils,
      },
      { ...both, asked: { capacity: 5 }, underWay: { said: { title: 'B', capacity: 5 }, until: untils[0] } },
    ],
    [
      'forgets what cannot come in any more',
      { ...both, repeated: { ours: { title: 'B' }, luma: { title: 'B' }, until: untils[0] } },
      both,
    ],
    [
      'leaves what was asked and is not in flight',
      { ...both, asked: { title: 'B' } },
      { ...both, asked: { title: 'B' } },
    ],
    [
      'leaves what is kept the new way',
      { ...both, underWay: { said: { title: 'B' }, until: untils[0] } },
      { ...both, underWay: { said: { title: 'B' }, until: untils[0] } },
    ],
  ])('%s', async (_, before, after) => {
    const eventId = await world.addEvent({ calendarId: await world.addCalendar(), base: before });
    await applyAgain('20261130124000_requests_under_way');
    expect((await world.db.eventLink.findUniqueOrThrow({ where: { eventId } })).base).toEqual(after);
  });
});
