import { type Database, type Db, inTransaction } from '../database.js';
import type { BackfillPlan, BackfillStep, Prisma } from '../generated/client.js';
import { fencedTransaction, type LeaseHolder } from '../leases.js';
import { olderThan } from '../older-than.js';
import { addQuestions, type NewBackfillQuestion } from './questions.js';

export type BackfillPlanRecord = BackfillPlan;
export type BackfillStepRecord = BackfillStep;
export type BackfillStepKind = BackfillStep['kind'];

/** One thing to do, with the requests it takes. */
export type NewBackfillStep = Omit<BackfillStep, 'planId' | 'position' | 'doneAt'>;

export interface NewBackfillPlan {
  calendarId: string;
  actor: string;
  startsAfter: Date;
  fingerprint: string;
  perMinute: number;
  compared: number;
  steps: readonly NewBackfillStep[];
  questions: readonly NewBackfillQuestion[];
}

/**
 * Keeps a plan and asks what it could not decide. Questions that are no doubt any more are settled; answers that were
 * given stay.
 */
export function storeBackfillPlan(db: Database, plan: NewBackfillPlan): Promise<BackfillPlanRecord> {
  const { steps, questions, ...rest } = plan;
  return inTransaction(db, async (tx) => {
    const stored = await tx.backfillPlan.create({
      data: {
        ...rest,
        requests: steps.reduce((sum, step) => sum + step.requests.length, 0),
        questions: questions.length,
        steps: { createMany: { data: steps.map((step, position) => ({ ...step, position })) } },
      },
    });
    await askQuestions(tx, plan.calendarId, questions);
    return stored;
  });
}

/** The plan compared everything, so what it does not ask is no doubt any more. */
async function askQuestions(tx: Db, calendarId: string, questions: readonly NewBackfillQuestion[]): Promise<void> {
  await addQuestions(tx, calendarId, questions);
  const asked = JSON.stringify(questions);
  await tx.$executeRaw`
    update backfill_questions set settled_at = now()
    where calendar_id = ${calendarId}::uuid and answer is null and settled_at is null
      and not exists (
        select 1 from jsonb_to_recordset(${asked}::jsonb) as q("eventId" uuid, "lumaEventId" text)
        where q."eventId" = event_id and q."lumaEventId" = luma_event_id)`;
}

export function findBackfillPlan(db: Db, planId: string): Promise<BackfillPlanRecord | null> {
  return db.backfillPlan.findUnique({ where: { id: planId } });
}

/** Newest first. */
export function listBackfillPlans(
  db: Db,
  { calendarId, before, limit }: { calendarId: string; before?: { at: Date; id: string } | undefined; limit: number },
): Promise<BackfillPlanRecord[]> {
  const older: Prisma.BackfillPlanWhereInput = before === undefined ? {} : olderThan('createdAt', before);
  return db.backfillPlan.findMany({
    where: { calendarId, ...older },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: limit,
  });
}

/** In the order they are taken. */
export function listBackfillSteps(
  db: Db,
  planId: string,
  { after, limit, isOpen }: { after: number | null; limit: number; isOpen?: boolean },
): Promise<BackfillStepRecord[]> {
  return db.backfillStep.findMany({
    where: {
      planId,
      ...(after === null ? {} : { position: { gt: after } }),
      ...(isOpen === true ? { doneAt: null } : {}),
    },
    orderBy: { position: 'asc' },
    take: limit,
  });
}

/** @returns false when it is over already. */
export function beginBackfill(db: Database, holder: LeaseHolder, planId: string): Promise<boolean> {
  return fencedTransaction(db, holder, async (tx) => {
    const { count } = await tx.backfillPlan.updateMany({
      where: { id: planId, state: { in: ['planned', 'applying'] } },
      data: { state: 'applying' },
    });
    return count > 0;
  });
}

export async function markBackfillStep(tx: Db, planId: string, position: number): Promise<void> {
  await tx.backfillStep.update({ where: { planId_position: { planId, position } }, data: { doneAt: new Date() } });
}

/** @param changes Why the rest was not applied, in words. */
export function finishBackfill(
  db: Database,
  holder: LeaseHolder,
  planId: string,
  end: { state: 'applied' } | { state: 'stale'; changes: readonly string[] },
): Promise<void> {
  return fencedTransaction(db, holder, async (tx) => {
    const finishedAt = new Date();
    const plan = await tx.backfillPlan.update({
      where: { id: planId },
      data: { state: end.state, finishedAt, ...(end.state === 'stale' ? { changes: [...end.changes] } : {}) },
      select: { calendarId: true, startsAfter: true, createdAt: true },
    });
    // One that began later than that left coming events out.
    if (end.state === 'applied' && plan.startsAfter <= plan.createdAt)
      await tx.calendar.update({ where: { id: plan.calendarId }, data: { backfilledAt: finishedAt } });
  });
}
