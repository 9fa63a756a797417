import { describe, expect, it } from '@jest/globals';
import { calendarPull, done, type JobContext, type Outcome, PermanentError, toJobError } from '@luma-sync/jobs';
import { DEFAULT_RUN_SETTINGS, runOperation } from '@luma-sync/queue';
import { createLedger, type Database, enqueueOperation, fromPrismaError, openDatabase } from '@luma-sync/store';
import { atEnd, openTestDatabase } from '@luma-sync/testkit';

const request = { method: 'POST', path: '/v1/calendars/import', status: 200, durationMs: 7, code: null };
const quiet = (): void => {};

interface World {
  db: Database;
  operationId: string;
  /** Runs the operation once by the queue's own runner, with the real ledger. */
  run(handler: (ctx: JobContext) => Promise<Outcome>, owner: string): ReturnType<typeof runOperation>;
  /** What the timeline says of its runs: how each ended, and how many requests it made. */
  recorded(): Promise<[ending: string, requests: number][]>;
}

async function openWorld(): Promise<World> {
  const db = openDatabase({ url: (await openTestDatabase()).url });
  atEnd(() => db.$disconnect());
  const { id: calendarId } = await db.calendar.create({ data: { name: 'Ours', kind: 'luma' } });
  const options = { trigger: 'manual' as const, actor: 'ana', calendarId };
  const { id: operationId } = await enqueueOperation(db, calendarPull, { calendarId }, options);
  return {
    db,
    operationId,
    run: (handler, owner) =>
      runOperation(operationId, owner, {
        ledger: createLedger(db),
        handlers: { 'calendar.pull': (_payload, ctx) => handler(ctx) },
        classify: (thrown) => toJobError(fromPrismaError(thrown)),
        log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
        settings: { ...DEFAULT_RUN_SETTINGS, leaseMs: 60_000 },
        shutdown: new AbortController().signal,
      }),
    recorded: async () => {
      const entries = await db.timelineEntry.findMany({ where: { operationId, fact: 'run' }, orderBy: { id: 'asc' } });
      return entries.map(({ details }) => {
        const { ending, requests } = details as { ending: { kind: string }; requests: unknown[] };
        return [ending.kind, requests.length];
      });
    },
  };
}

/** Another run takes the operation over, as it may once the lease lapsed. */
const takeOver = ({ db, operationId }: World, owner: string) =>
  db.operation.update({ where: { id: operationId }, data: { leaseOwner: owner } });

/** Postgres refuses this many endings in this state, of any run. */
async function refuseEndings({ db, operationId }: World, state: 'done' | 'queued' | 'failed'): Promise<void> {
  await db.$executeRawUnsafe(`
    alter table operations add constraint refused_ending
      check (id <> '${operationId}' or lease_owner is not null or state <> '${state}') not valid`);
}

const allowEndings = ({ db }: World) => db.$executeRawUnsafe('alter table operations drop constraint refused_ending');

describe('a run whose lease was lost is recorded as interrupted, with its requests', () => {
  it.each<[string, () => Promise<Outcome>]>([
    ['its work was done', async () => done({ sent: 1 })],
    ['it is to be retried', () => Promise.reject(new Error('what'))],
    ['it is given up', () => Promise.reject(new PermanentError('luma.rejected', 'no'))],
  ])('%s', async (_what, end) => {
    const world = await openWorld();
    const result = await world.run(async (ctx) => {
      ctx.onRequest?.(request);
      await takeOver(world, 'process/newer');
      return end();
    }, 'process/older');
    expect(result).toEqual({ kind: 'settled' });
    expect(await world.recorded()).toEqual([['interrupted', 1]]);
  });

  it('and a run without a request leaves no entry', async () => {
    const world = await openWorld();
    await world.run(async () => {
      await takeOver(world, 'process/newer');
      return done({ applied: 1 });
    }, 'process/older');
    expect(await world.recorded()).toEqual([]);
  });
});

it('a run whose end Postgres refuses is recorded once, as the run that it became', async () => {
  const world = await openWorld();
  await refuseEndings(world, 'done');
  const result = await world.run(async (ctx) => {
    ctx.onRequest?.(request);
    return done({ sent: 1 });
  }, 'process/run');
  expect(result).toMatchObject({ kind: 'failed', code: 'store.refused' });
  expect(await world.recorded()).toEqual([['failed', 1]]);
});

it('a run whose end was never stored leaves no entry of that end', async () => {
  const world = await openWorld();
  await refuseEndings(world, 'queued');
  const run = world.run(async (ctx) => {
    ctx.onRequest?.(request);
    throw new Error('what');
  }, 'process/run');
  await expect(run).rejects.toThrow();
  expect(await world.recorded()).toEqual([]);
  await allowEndings(world);
});
