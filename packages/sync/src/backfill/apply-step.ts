import { type JobContext, MINUTE_MS, PermanentError } from '@luma-sync/jobs';
import type { BackfillStepRecord, BackfillStore } from '@luma-sync/store';
import { type ApplyEventDeps, applyObservedEvent } from '../event/apply-observed.js';
import { type AdoptFoundDeps, adoptFound } from '../event-create/adopt-found.js';
import type { MatchedBy } from '../event-create/match-events.js';
import { type EventPushDeps, pushEvent } from '../event-push/handler.js';
import { LEASE_WAIT } from '../lease-wait.js';
import { type LumaAccount, toResumableCall } from '../luma-account.js';
import type { Run } from '../run.js';
import { adoptionBasisOf, createBasisOf, importBasisOf } from './make-plan.js';

export interface ApplyStepDeps extends EventPushDeps {
  unreadable: ApplyEventDeps['unreadable'];
  events: EventPushDeps['events'] & ApplyEventDeps['events'];
  backfills: EventPushDeps['backfills'] & AdoptFoundDeps['backfills'] & Pick<BackfillStore, 'markFailed'>;
}

/** `done`: as planned, or somebody else did the same meanwhile. `failed`: Luma will not have it; said at the event. */
export type StepEnd = { kind: 'done' } | { kind: 'failed' } | { kind: 'changed'; change: string };

const DONE: StepEnd = { kind: 'done' };
const FAILED: StepEnd = { kind: 'failed' };
const changed = (change: string): StepEnd => ({ kind: 'changed', change });

/**
 * Carries out one step if the world is still as it was planned on. A second run of a step that was interrupted goes on
 * where it was.
 */
export async function applyStep(
  step: BackfillStepRecord,
  { account, deps, ctx }: Run<ApplyStepDeps>,
): Promise<StepEnd> {
  const { eventId, lumaEventId } = step;
  if (eventId === null) return lumaEventId === null ? DONE : importStep(step, lumaEventId, { account, deps, ctx });
  return lumaEventId === null
    ? createStep(step, eventId, { account, deps, ctx })
    : adoptStep(step, { eventId, lumaEventId }, { account, deps, ctx });
}

async function createStep(
  step: BackfillStepRecord,
  eventId: string,
  { account, deps, ctx }: Run<ApplyStepDeps>,
): Promise<StepEnd> {
  await waitForTurn(step.requests, account, ctx);
  const create = async () => {
    const record = await deps.events.find(eventId);
    if (record === null) return changed(`event ${eventId} is gone`);
    const isAtLuma = record.link?.lumaEventId != null;
    if (!isAtLuma && createBasisOf(record.event) !== step.basis) return changed(`event ${eventId} was edited`);
    return push(step, eventId, { account, deps, ctx });
  };
  return deps.events.withEvent(ctx, eventId, create, LEASE_WAIT);
}

async function adoptStep(
  step: BackfillStepRecord,
  { eventId, lumaEventId }: { eventId: string; lumaEventId: string },
  { account, deps, ctx }: Run<ApplyStepDeps>,
): Promise<StepEnd> {
  const record = await deps.events.find(eventId);
  if (record === null) return changed(`event ${eventId} is gone`);
  const linkedTo = record.link?.lumaEventId ?? null;
  // The first request of the step is the read below.
  const pushSlowly = async () => {
    await waitForTurn(step.requests.slice(1), account, ctx);
    return deps.events.withEvent(ctx, eventId, () => push(step, eventId, { account, deps, ctx }), LEASE_WAIT);
  };
  if (linkedTo === lumaEventId) return pushSlowly();
  if (linkedTo !== null) return changed(`event ${eventId} is tied to Luma's ${linkedTo} by now`);
  const observedAt = ctx.now();
  const found = await account.api.findEvent(lumaEventId, toResumableCall(ctx, 'bulk'));
  // The others of the plan go on; the unreadable one is listed as such.
  if (found.kind === 'unreadable') return FAILED;
  if (found.kind !== 'found') return changed(`Luma's ${lumaEventId} can no longer be read`);
  const seen = found.record;
  if (adoptionBasisOf(record.event, seen) !== step.basis)
    return changed(`event ${eventId} or Luma's ${lumaEventId} was edited`);
  const { mergesEventId } = step;
  const by = step.matchedBy as MatchedBy;
  // Nothing is stored if either of the two changed since it was read.
  const adopt = () => adoptFound({ event: record.event, seen, observedAt, mergesEventId, by }, { account, deps, ctx });
  const isAdopted = await deps.events.withEvent(ctx, eventId, adopt, LEASE_WAIT);
  if (!isAdopted) return changed(`event ${eventId} or Luma's ${lumaEventId} was tied to something else`);
  return pushSlowly();
}

/** As long as a run may wait inside itself for one slot: coming back would mean to wait anew for those before it. */
const TURN_WAIT_MS = MINUTE_MS;

/**
 * Waits in the bulk class for as many slots as the push will use. The push itself holds the event, which a person's
 * change may need: its requests go out in the class of every push, so that nothing of lower class is waited for under
 * the lease.
 */
async function waitForTurn(requests: readonly string[], { api }: LumaAccount, ctx: JobContext): Promise<void> {
  const call = { ...toResumableCall(ctx, 'bulk'), maxWaitMs: TURN_WAIT_MS };
  for (const request of requests) await api.waitForSlot(request.startsWith('GET ') ? 'read' : 'write', call);
}

/**
 * The same push as always: it creates or sends what is left, reads back, and stores what both sides agree on. The
 * caller holds the event's lease.
 */
async function push(
  step: BackfillStepRecord,
  eventId: string,
  { account, deps, ctx }: Run<ApplyStepDeps>,
): Promise<StepEnd> {
  try {
    await pushEvent(eventId, account, deps, ctx);
    return DONE;
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error;
    const { code, message } = error;
    await deps.backfills.markFailed(ctx, { planId: step.planId, position: step.position, eventId }, { code, message });
    return FAILED;
  }
}

async function importStep(
  step: BackfillStepRecord,
  lumaEventId: string,
  { account, deps, ctx }: Run<ApplyStepDeps>,
): Promise<StepEnd> {
  const known = await deps.events.findIdByLuma({ eventId: lumaEventId, slug: null, calendarId: account.calendarId });
  if (known !== null) return DONE;
  const observedAt = ctx.now();
  const found = await account.api.findEvent(lumaEventId, toResumableCall(ctx, 'bulk'));
  // The others of the plan go on; the unreadable one is listed as such.
  if (found.kind === 'unreadable') return FAILED;
  if (found.kind !== 'found') return changed(`Luma's ${lumaEventId} can no longer be read`);
  if (importBasisOf(found.record) !== step.basis) return changed(`Luma's ${lumaEventId} was edited`);
  // The second request lists the tags.
  await waitForTurn(step.requests.slice(1), account, ctx);
  const observation = { seen: found.record, observedAt, linkBefore: null, via: 'backfill', isFull: true };
  await applyObservedEvent(observation, account, deps, ctx);
  return DONE;
}
