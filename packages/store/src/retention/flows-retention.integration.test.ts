import { beforeEach, describe, expect, it } from '@jest/globals';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';
import { RETENTION_BATCH } from './batch.js';
import { applyRetention } from './retention.js';
import { DEFAULT_RETENTION_DAYS } from './retention-days.js';

let world: SyncWorld;
beforeEach(async () => {
  world = await openSyncWorld();
});

const apply = (batchesMax = 50) =>
  applyRetention(world.db, DEFAULT_RETENTION_DAYS, { signal: new AbortController().signal, batchesMax });
const ago = (days: number) => new Date(Date.now() - days * 86_400_000);

describe('plans of backfills', () => {
  type State = 'planned' | 'applying' | 'applied' | 'stale';
  let calendarId: string;
  beforeEach(async () => {
    calendarId = await world.addCalendar();
  });

  async function addPlan(state: State, days: number, steps: number): Promise<string> {
    const data = {
      calendarId,
      state,
      actor: 'test',
      startsAfter: ago(days),
      fingerprint: 'f',
      requests: 0,
      perMinute: 190,
    };
    const plan = { ...data, compared: 0, questions: 0, createdAt: ago(days) };
    const { id } = await world.db.backfillPlan.create({ data: plan });
    await world.db.$executeRaw`
      insert into backfill_steps (plan_id, position, kind, basis, requests)
      select ${id}::uuid, n, 'import', 'b', '{}' from generate_series(1, ${steps}::int) n`;
    return id;
  }
  const left = async () => (await world.db.backfillPlan.findMany({ select: { id: true } })).map(({ id }) => id).sort();

  it('go with their steps when they are over and old, never while they are carried out', async () => {
    await addPlan('applied', 91, 3);
    await addPlan('stale', 91, 2);
    const kept = [await addPlan('applied', 89, 1), await addPlan('applying', 400, 2), await addPlan('planned', 89, 1)];
    expect((await apply()).removed).toMatchObject({ backfillSteps: 5, backfillPlans: 2, unappliedBackfillPlans: 0 });
    expect(await left()).toEqual(kept.sort());
    expect(await world.db.backfillStep.count()).toBe(4);
  });

  it('that were never carried out cannot be any more, before the first of their steps goes', async () => {
    const id = await addPlan('planned', 91, 2 * RETENTION_BATCH + 1);
    expect((await apply(1)).removed).toMatchObject({ unappliedBackfillPlans: 1, backfillSteps: RETENTION_BATCH });
    const plan = await world.db.backfillPlan.findUniqueOrThrow({ where: { id } });
    expect(plan).toMatchObject({ state: 'stale', changes: ['Too old: it was never carried out'] });
    expect(await apply()).toMatchObject({ isComplete: true, removed: { backfillSteps: RETENTION_BATCH + 1 } });
    expect(await left()).toEqual([]);
  });
});

describe('notes of what lists lacked', () => {
  const addAbsences = (count: number, days: number) => world.db.$executeRaw`
    insert into absences (record_type, record_id, scope_id, first_missing_at, last_missing_at)
    select 'rsvp', gen_random_uuid(), gen_random_uuid(), now() - interval '900 days', now() - ${days} * interval '1 day'
    from generate_series(1, ${count}::int)`;

  it('go a year after a list last lacked it, in batches along an index', async () => {
    await addAbsences(RETENTION_BATCH + 5, 366);
    await addAbsences(20_000, 10);
    await world.db.$executeRaw`analyze absences`;
    const plan = await world.db.$queryRaw<{ 'QUERY PLAN': string }[]>`
      explain select record_type, record_id from absences where last_missing_at < now() - interval '365 days'
      order by last_missing_at limit 1000 for update skip locked`;
    expect(JSON.stringify(plan)).toContain('absences_last_missing_at_idx');
    expect((await apply()).removed.absences).toBe(RETENTION_BATCH + 5);
    expect(await world.db.absence.count()).toBe(20_000);
  });
});

describe('questions about what lists lacked', () => {
  const addQuestions = (count: number, days: number, settledAt: Date | null) => world.db.$executeRaw`
    insert into removal_questions (record_type, scope_id, missing, total, settled_at, created_at, updated_at)
    select 'rsvp', gen_random_uuid(), 9, 20, ${settledAt}::timestamptz, now() - interval '900 days', now() - ${days} *
      interval '1 day'
    from generate_series(1, ${count}::int)`;

  it('go a year after they were settled or last asked, in batches along an index', async () => {
    await addQuestions(RETENTION_BATCH + 3, 366, ago(366));
    await addQuestions(2, 366, null);
    await addQuestions(20_000, 10, ago(10));
    await addQuestions(4, 10, null);
    await world.db.$executeRaw`analyze removal_questions`;
    const plan = await world.db.$queryRaw<{ 'QUERY PLAN': string }[]>`
      explain select id from removal_questions where updated_at < now() - interval '365 days'
      order by updated_at limit 1000 for update skip locked`;
    expect(JSON.stringify(plan)).toContain('removal_questions_updated_at_idx');
    expect((await apply()).removed.removalQuestions).toBe(RETENTION_BATCH + 5);
    expect(await world.db.removalQuestion.count()).toBe(20_004);
  });
});

describe('commands to cancel for good', () => {
  it('go after a year', async () => {
    const addCommand = async (days: number): Promise<string> => {
      const operationId = crypto.randomUUID();
      const data = { operationId, eventId: crypto.randomUUID(), guests: 3, actor: 'test', createdAt: ago(days) };
      await world.db.eventCancellation.create({ data });
      return operationId;
    };
    await addCommand(366);
    await addCommand(900);
    const kept = await addCommand(364);
    expect((await apply()).removed.cancellations).toBe(2);
    expect(await world.db.eventCancellation.findMany()).toMatchObject([{ operationId: kept }]);
  });
});
