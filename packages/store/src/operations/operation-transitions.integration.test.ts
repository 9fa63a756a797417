import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  beginOperationRun,
  CRASH_MEMORY_MS,
  eventPush,
  inheritDeath,
  joinOperation,
  moveCheckpoint,
  type OperationState,
  PRIORITY,
  type Priority,
  parkOperationRun,
  queueOperation,
  requeueOperationRun,
} from '@luma-sync/jobs';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';
import { enqueueOperation } from './enqueue.js';
import { requeueOperation, saveCheckpoint } from './run.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const NOW = new Date();
const ago = (ms: number) => new Date(NOW.getTime() - ms);
const PRIORITIES: Priority[] = ['interactive', 'sync', 'bulk'];
/** None, in the last minutes, just within the hour that counts, just after it. */
const DEATHS = [null, ago(MINUTE_MS), ago(CRASH_MEMORY_MS - 10 * MINUTE_MS), ago(CRASH_MEMORY_MS + MINUTE_MS)];
const COUNTS = [0, 2];
const CHECKPOINTS = [null, { page: 1, after: 'a' }];
/** Before and after any deadline that a request brings. */
const DEADLINES = [ago(-HOUR_MS), ago(-10_000 * HOUR_MS)];

interface Row {
  id: string;
  eventId: string;
  before: OperationState;
  /** An older operation for the same work, whose run died. */
  died?: OperationState;
}

let world: SyncWorld;
beforeAll(async () => {
  world = await openSyncWorld();
});

const product = <A, B>(as: readonly A[], bs: readonly B[]): [A, B][] =>
  as.flatMap((a) => bs.map((b): [A, B] => [a, b]));

/** Operations in all states that the statements tell apart; a running one is a run alone whose lease has lapsed. */
async function addOperations(states: readonly OperationState['state'][], owner: string | null): Promise<Row[]> {
  const counts = product(product(states, COUNTS), product(COUNTS, COUNTS));
  const others = product(product(DEATHS, CHECKPOINTS), DEADLINES);
  const rows = product(counts, others).map(
    ([[[state, attempts], [crashes, slowTries]], [[crashedAt, checkpoint], deadlineAt]]): Row => ({
      id: randomUUID(),
      eventId: randomUUID(),
      before: {
        ...{ state, requests: 1, attempts, crashes, crashedAt, slowTries, priority: PRIORITY.sync },
        ...{ runAfter: ago(MINUTE_MS), deadlineAt, checkpoint },
      },
    }),
  );
  await world.db.operation.createMany({
    data: rows.map(({ id, eventId, before: { checkpoint, ...state } }) => ({
      ...{ id, job: eventPush.name, dedupeKey: eventPush.dedupeKey({ eventId }), payload: { eventId } },
      ...{
        trigger: 'api' as const,
        actor: 'test',
        ...state,
        ...(checkpoint === null ? {} : { checkpoint: checkpoint as object }),
      },
      ...(state.state === 'running' ? { leaseOwner: owner, leaseUntil: ago(MINUTE_MS), leaseAlone: true } : {}),
    })),
  });
  return rows;
}

async function read(id: string): Promise<OperationState> {
  const { state, requests, attempts, crashes, crashedAt, slowTries, ...row } = await world.operation(id);
  const { priority, runAfter, deadlineAt, checkpoint } = row;
  if (state === 'discarded' || state === 'replayed') throw new Error(`no statement here writes ${state}`);
  return { state, requests, attempts, crashes, crashedAt, slowTries, priority, runAfter, deadlineAt, checkpoint };
}

async function readClock(): Promise<number> {
  const [row] = await world.db.$queryRaw<{ at: Date }[]>`select clock_timestamp() as at`;
  return (row as { at: Date }).at.getTime();
}

/**
 * Runs a statement on each operation and compares the row with the transition. `momentOf` reads the moment of the
 * statement from the row that it wrote; that moment is checked against the clock of Postgres.
 */
async function expectSame(
  rows: readonly Row[],
  statement: (row: Row) => Promise<unknown>,
  transition: (before: OperationState, now: Date, row: Row) => OperationState,
  momentOf: (after: OperationState) => Date | null = () => null,
): Promise<void> {
  const from = await readClock();
  for (const row of rows) await statement(row);
  const to = await readClock();
  const wrong: { expected: OperationState; after: OperationState }[] = [];
  for (const row of rows) {
    const after = await read(row.id);
    const moment = momentOf(after);
    // Columns are rounded to the millisecond.
    const isWithin = moment === null || (moment.getTime() >= from - 1 && moment.getTime() <= to + 1);
    const expected = transition(row.before, moment ?? NOW, row);
    if (!isWithin || !isDeepStrictEqual(after, expected)) wrong.push({ expected, after });
  }
  expect(wrong).toEqual([]);
}

const after = (at: Date, ms: number): Date => new Date(at.getTime() + ms);

describe('a statement writes each operation as its transition does', () => {
  it('beginOperationRun of a queued operation', async () => {
    const rows = await addOperations(['queued'], null);
    expect(rows).toHaveLength(2 * 2 * 2 * DEATHS.length * CHECKPOINTS.length * DEADLINES.length);
    await expectSame(rows, ({ id }) => world.begin(id, randomUUID(), true), beginOperationRun);
  });

  it('beginOperationRun after the death of a run', async () => {
    const rows = await addOperations(['running'], 'process/dead');
    await expectSame(
      rows,
      ({ id }) => world.begin(id, randomUUID(), true),
      beginOperationRun,
      ({ crashedAt }) => crashedAt ?? new Date(0),
    );
  });

  it.each([0, 1, 5])('inheritDeath into a running operation with %d deaths', async (crashes) => {
    const rows = await addOperations(['running'], 'process/dead');
    const newer: Row[] = [];
    for (const { eventId, before: died } of rows) {
      const { id } = await world.begin(await world.enqueue('event.push', { eventId }));
      await world.db.operation.update({ where: { id }, data: { crashes } });
      newer.push({ id, eventId, before: await read(id), died });
    }
    const older = new Map(rows.map(({ id, eventId }) => [eventId, id]));
    await expectSame(
      newer,
      async ({ eventId }) => expect(await world.tryBegin(older.get(eventId) ?? '')).toEqual({ kind: 'settled' }),
      (before, now, row) => inheritDeath(before, row.died ?? before, now),
      ({ crashedAt }) => crashedAt,
    );
  });

  it.each([
    ['with an attempt used', { usesAttempt: true }],
    ['with no attempt used', { usesAttempt: false }],
    ['with a renewed deadline', { usesAttempt: false, deadlineAt: ago(-5_000 * HOUR_MS) }],
  ])('requeueOperationRun, %s', async (_name, changed) => {
    const owner = randomUUID();
    const back = { waitMs: 5 * MINUTE_MS, reason: 'luma.unavailable', ...changed };
    await expectSame(
      await addOperations(['running'], owner),
      ({ id }) => requeueOperation(world.db, { id, owner }, back),
      (before, now) => requeueOperationRun(before, back, now),
      ({ runAfter }) => after(runAfter, -back.waitMs),
    );
  });

  it('parkOperationRun', async () => {
    const owner = randomUUID();
    const park = { waitMs: 5 * MINUTE_MS, deadlineMs: HOUR_MS };
    const back = { waitMs: park.waitMs, usesAttempt: false, reason: 'operation.parked', park };
    await expectSame(
      await addOperations(['running'], owner),
      ({ id }) => requeueOperation(world.db, { id, owner }, back),
      (before, now) => parkOperationRun(before, park, now),
      ({ runAfter }) => after(runAfter, -park.waitMs),
    );
  });

  it.each([
    ['the same place, its keys in another order', { after: 'a', page: 1 }, (known: unknown) => known === null],
    ['a place further on', { page: 2, after: 'a' }, () => true],
  ])('moveCheckpoint to %s', async (_name, place, hasMoved) => {
    await expectSame(
      await addOperations(['running'], randomUUID()),
      ({ id }) => saveCheckpoint(world.db, id, place),
      (before) => moveCheckpoint(before, place, hasMoved(before.checkpoint)),
    );
  });

  it.each(product(PRIORITIES, [-10, 120]))(
    'joinOperation by a request of priority %s, due in %d minutes',
    async (priority, minutes) => {
      const request = { priority, runAfter: ago(-minutes * MINUTE_MS) };
      const options = { trigger: 'api', actor: 'test', ...request } as const;
      await expectSame(
        await addOperations(['queued'], null),
        ({ eventId }) => enqueueOperation(world.db, eventPush, { eventId }, options),
        (before) => joinOperation(before, eventPush, request),
      );
    },
  );

  it('joinOperation of an isolated operation, before and after the minute that follows a death', async () => {
    const rows = await addOperations(['queued'], null);
    const crashedAts = [null, ago(MINUTE_MS - 20_000), ago(MINUTE_MS + 20_000)];
    // Due after that minute, so that a request brings them forward.
    const runAfter = ago(-HOUR_MS);
    const isolated = rows.map((row, index) => {
      const changed = { runAfter, crashedAt: crashedAts[index % crashedAts.length] ?? null };
      return { ...row, before: { ...row.before, ...changed } };
    });
    for (const { id, before } of isolated) {
      const { crashedAt } = before;
      await world.db.operation.update({ where: { id }, data: { isolated: true, runAfter, crashedAt } });
    }
    const request = { priority: 'sync', runAfter: NOW } as const;
    await expectSame(
      isolated,
      ({ eventId }) =>
        enqueueOperation(world.db, eventPush, { eventId }, { trigger: 'api', actor: 'test', ...request }),
      (before) => {
        const { isolated: _, ...joined } = joinOperation({ ...before, isolated: true }, eventPush, request);
        return joined;
      },
    );
  });

  it.each(PRIORITIES)('queueOperation with priority %s', async (priority) => {
    const request = { priority, runAfter: ago(-HOUR_MS) };
    const options = { trigger: 'api', actor: 'test', ...request } as const;
    const { id } = await enqueueOperation(world.db, eventPush, { eventId: randomUUID() }, options);
    expect(await read(id)).toEqual(queueOperation(eventPush, request));
  });
});
