import {
  done,
  type Handler,
  type JobContext,
  type Outcome,
  type OutcomeDetails,
  type orgBackfill,
  PermanentError,
  skipped,
} from '@luma-sync/jobs';
import type { BackfillPlanRecord, BackfillStore } from '@luma-sync/store';
import { z } from 'zod';
import type { Checkpoints } from '../checkpoints.js';
import { type LumaAccount, type LumaAccounts, toResumableCall } from '../luma-account.js';
import type { Run } from '../run.js';
import { type ApplyStepDeps, applyStep } from './apply-step.js';
import { describeChanges } from './describe-changes.js';
import { DEFAULT_LOOK_BACK_MS, type MakePlanDeps, makePlan } from './make-plan.js';

export interface BackfillDeps extends MakePlanDeps, ApplyStepDeps {
  events: MakePlanDeps['events'] & ApplyStepDeps['events'];
  backfills: BackfillStore;
  checkpoints: Checkpoints;
  luma: LumaAccounts;
  /** What the calendar's budget allows. */
  requestsPerMinute(calendarId: string): Promise<number>;
}

/** A run that was interrupted goes on with the plan it made. */
const checkpointSchema = z.object({ planId: z.uuid() });

/** Makes a plan, carries one out, or both. */
export const handleOrgBackfill: Handler<typeof orgBackfill, BackfillDeps> = async (payload, deps, ctx) => {
  const account = await deps.luma.open(payload.calendarId);
  const resumed = checkpointSchema.safeParse(await deps.checkpoints.read(ctx.operationId)).data?.planId;
  const planId = payload.planId ?? resumed ?? null;
  const startsAfter =
    payload.startsAfter === null ? new Date(ctx.now().getTime() - DEFAULT_LOOK_BACK_MS) : new Date(payload.startsAfter);
  if (planId !== null) {
    const plan = await deps.backfills.findPlan(planId);
    if (plan === null || plan.calendarId !== payload.calendarId)
      throw new PermanentError('backfill.unknown', `there is no plan ${planId} for calendar ${payload.calendarId}`);
    return carryOut(plan, { account, deps, ctx });
  }
  const actor = ctx.trigger === 'scheduled' ? 'schedule' : 'operator';
  const plan = await planBackfill(account, { startsAfter, actor }, deps, ctx);
  if (!payload.apply) return done(toDetails(plan));
  await deps.checkpoints.write(ctx, { planId: plan.id });
  return applyPlan(plan, { account, deps, ctx });
};

async function planBackfill(
  account: LumaAccount,
  { startsAfter, actor }: { startsAfter: Date; actor: string },
  deps: BackfillDeps,
  ctx: JobContext,
): Promise<BackfillPlanRecord> {
  const planned = await makePlan(account, { startsAfter, now: ctx.now() }, deps, toResumableCall(ctx, 'bulk'));
  const perMinute = await deps.requestsPerMinute(account.calendarId);
  return deps.backfills.storePlan({ ...planned, calendarId: account.calendarId, startsAfter, actor, perMinute });
}

/** A plan made earlier is carried out only if one made now would say the same. */
async function carryOut(plan: BackfillPlanRecord, { account, deps, ctx }: Run<BackfillDeps>): Promise<Outcome> {
  if (plan.state === 'applied' || plan.state === 'stale') return skipped(`already-${plan.state}`, toDetails(plan));
  if (plan.state === 'planned') {
    const options = { startsAfter: plan.startsAfter, now: ctx.now() };
    const now = await makePlan(account, options, deps, toResumableCall(ctx, 'bulk'));
    if (now.fingerprint !== plan.fingerprint) {
      const before = await deps.backfills.listSteps(plan.id, { after: null, limit: STEPS_MAX });
      return stop(plan, describeChanges(before, now.steps), deps, ctx);
    }
  }
  return applyPlan(plan, { account, deps, ctx });
}

/** A plan has at most one step for each event of either side. */
const STEPS_MAX = 10_000;
const BATCH = 100;

async function applyPlan(plan: BackfillPlanRecord, { account, deps, ctx }: Run<BackfillDeps>): Promise<Outcome> {
  if (!(await deps.backfills.begin(ctx, plan.id))) return skipped('already-over', toDetails(plan));
  let after: number | null = null;
  let failed = 0;
  for (;;) {
    const steps = await deps.backfills.listSteps(plan.id, { after, limit: BATCH, isOpen: true });
    if (steps.length === 0) break;
    for (const step of steps) {
      const end = await applyStep(step, { account, deps, ctx });
      if (end.kind === 'changed') return stop(plan, [end.change], deps, ctx);
      if (end.kind === 'failed') failed += 1;
      else await deps.backfills.markDone(ctx, plan.id, step.position);
      await ctx.report({ done: step.position + 1, total: null });
    }
    after = steps.at(-1)?.position ?? null;
  }
  await deps.backfills.finish(ctx, plan.id, { state: 'applied' });
  return done({ ...toDetails(plan), applied: true, failed });
}

async function stop(
  plan: BackfillPlanRecord,
  changes: readonly string[],
  deps: BackfillDeps,
  ctx: JobContext,
): Promise<Outcome> {
  await deps.backfills.finish(ctx, plan.id, { state: 'stale', changes });
  return skipped('world-changed', { ...toDetails(plan), changes: changes.length, first: changes[0] ?? null });
}

const toDetails = ({ id, requests, questions, compared }: BackfillPlanRecord): OutcomeDetails => ({
  planId: id,
  requests,
  questions,
  compared,
});
