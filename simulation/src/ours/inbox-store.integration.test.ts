import { beforeEach, describe, expect, it } from '@jest/globals';
import { retryingTransaction, storeDelivery } from '@luma-sync/store';
import { CALENDAR } from '../../test/conformance/driver.js';
import { openPair, type Pair } from '../../test/pair.js';
import { SeededRandom } from '../seeded-random.js';
import { receiveDelivery } from './inbox-store.js';

const STEPS = 40;

let pair: Pair;

beforeEach(async () => {
  pair = await openPair();
});

describe('the inbox of a simulated run', () => {
  it.each([1, 2])('keeps each delivery once and settles it as the real one does (seed %i)', async (seed) => {
    const random = new SeededRandom(seed);
    const kinds = new Set<string>();
    for (let step = 0; step < STEPS; step += 1) {
      kinds.add(await inboxStep(random));
      expect({ step, ...(await inboxOfMemory()) }).toEqual({ step, ...(await inboxOfPostgres()) });
    }
    expect([...kinds].sort()).toEqual(
      expect.arrayContaining(['accepted', 'along', 'applied', 'duplicate', 'ignored', 'settled']),
    );
  });

  it('knows nothing of a delivery that never came', async () => {
    const id = '00000000-0000-4000-8000-00000000dead';
    expect(await pair.real.inbox.find(id)).toBeNull();
    expect(pair.memory.inbox.find(id)).toBeNull();
  });
});

/** Long before either side receives it: the in-memory side's clock stands still, so the moments of receipt differ. */
const SENT_AT = Date.now() - 3_600_000;

async function inboxStep(random: SeededRandom): Promise<string> {
  const { db, real, memory } = pair;
  const number = random.whole(1, 12);
  const webhookId = `msg-${number}`;
  const signedAt = new Date(SENT_AT - number * 1_000);
  if (random.chance(0.6)) {
    // One id always names the same delivery.
    const isKnown = number % 4 !== 0;
    const type = isKnown ? 'event.updated' : 'member.promoted';
    const times = { start_at: '2030-03-16T19:30:00.000Z', end_at: '2030-03-16T20:30:00.000Z', timezone: 'UTC' };
    const body = JSON.stringify({ type, data: { id: `evt-${number % 3}`, name: 'Meetup', ...times } });
    const receipt = await retryingTransaction(db, (tx) =>
      storeDelivery(tx, {
        calendarId: CALENDAR,
        webhookId,
        type,
        rawBody: body,
        signedAt,
        recordKey: `evt-${number % 3}`,
        isKnown,
      }),
    );
    const delivery = { webhookId, body, signedAt };
    expect(receiveDelivery(memory.tables, memory.operations, memory.time, CALENDAR, delivery)).toBe(receipt.kind);
    return receipt.kind;
  }
  const row = await db.webhookDelivery.findFirst({ where: { webhookId } });
  const played = [...memory.tables.deliveries.values()].find((delivery) => delivery.webhookId === webhookId);
  if (row === null || played === undefined) return 'nothing';
  const state = random.pick(['applied', 'ignored'] as const);
  const query = { calendarId: CALENDAR, recordKey: `evt-${random.whole(0, 2)}`, types: ['event.updated'], limit: 10 };
  const waiting = { real: await real.inbox.listWaiting(query), memory: memory.inbox.listWaiting(query) };
  const words = (deliveries: typeof waiting.memory) =>
    deliveries.map((delivery) => JSON.stringify(picture(delivery))).sort();
  expect(words(waiting.memory)).toEqual(words(waiting.real));
  const along = (deliveries: typeof waiting.memory) => deliveries.map((of) => ({ ...of, applied: 'unchanged' }));
  await real.inbox.settle(real.run, row.id, { state, note: null, along: along(waiting.real) });
  memory.inbox.settle(memory.run, played.id, { state, note: null, along: along(waiting.memory) });
  if (waiting.real.length > 0) return 'along';
  return state === 'applied' ? 'applied' : 'settled';
}

async function inboxOfPostgres() {
  const { db, real } = pair;
  const rows = await db.webhookDelivery.findMany({ orderBy: { webhookId: 'asc' } });
  const found = await Promise.all(rows.map(({ id }) => real.inbox.find(id)));
  const operations = await db.operation.findMany({ where: { job: 'inbox.apply' } });
  return {
    deliveries: found.map((delivery, index) => [rows[index]?.webhookId, ...picture(delivery)]),
    operations: operations.map(stateOf).sort(),
  };
}

async function inboxOfMemory() {
  const { tables, operations } = pair.memory;
  const rows = [...tables.deliveries.values()].sort((a, b) => (a.webhookId < b.webhookId ? -1 : 1));
  const inbox = [...operations.rows.values()].filter(({ job }) => job === 'inbox.apply');
  return {
    deliveries: rows.map(({ id, webhookId }) => [webhookId, ...picture(pair.memory.inbox.find(id))]),
    operations: inbox.map(stateOf).sort(),
  };
}

const stateOf = ({ payload, state }: { payload: unknown; state: string }): string =>
  `${(payload as { recordKey: string }).recordKey} ${state}`;

const picture = (delivery: ReturnType<Pair['memory']['inbox']['find']>): unknown[] =>
  delivery === null
    ? []
    : [delivery.calendarId, delivery.type, delivery.rawBody, delivery.state, delivery.signedAt.toISOString()];
