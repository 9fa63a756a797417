import { type JobContext, PermanentError } from '@luma-sync/jobs';
import type { DueRsvp, RsvpSyncStore } from '@luma-sync/store';
import { type LumaAccount, toCall } from '../luma-account.js';
import { type AskDeps, askLuma } from './ask.js';
import type { PlannedRsvp, RsvpPushPlan } from './plan.js';
import { type GuestsOf, readGuests } from './read-guests.js';
import { isOwnAnswer, type RunMail } from './rsvp-mail.js';

type Add = PlannedRsvp<Extract<RsvpPushPlan, { kind: 'add' }>>;
type Deps = AskDeps & {
  rsvps: Pick<
    RsvpSyncStore,
    'markFailed' | 'countConfirmTry' | 'listDue' | 'countLinkedGuests' | 'applyGuests' | 'markGone'
  >;
};

export interface Added {
  /** Accepted by Luma, to be confirmed by a later look. */
  asked: number;
  failed: number;
}

/**
 * Sends guests in batches of one status and one mail choice each; whoever answered for themselves has a mail choice of their own. That they were asked for is stored before the request: should its answer
 * be lost, the next run looks first, and whatever it sends again mails nobody.
 */
export async function addGuests(
  adds: readonly Add[],
  at: GuestsOf,
  account: LumaAccount,
  mail: RunMail,
  deps: Deps,
  ctx: JobContext,
): Promise<Added> {
  const result: Added = { asked: 0, failed: 0 };
  for (const batch of toBatches(adds)) {
    await sendBatch(batch, at, account, mail, deps, ctx, result);
  }
  return result;
}

interface Batch {
  approvalStatus: Add['plan']['approvalStatus'];
  isRepeat: boolean;
  adds: readonly Add[];
}

function toBatches(adds: readonly Add[]): Batch[] {
  const batches = new Map<string, Batch & { adds: Add[] }>();
  for (const add of adds) {
    const { approvalStatus, isRepeat } = add.plan;
    const key = `${approvalStatus}:${isRepeat}:${isOwnAnswer(add.rsvp)}`;
    const batch = batches.get(key) ?? { approvalStatus, isRepeat, adds: [] };
    batch.adds.push(add);
    batches.set(key, batch);
  }
  return [...batches.values()];
}

async function sendBatch(
  batch: Batch,
  at: GuestsOf,
  account: LumaAccount,
  runMail: RunMail,
  deps: Deps,
  ctx: JobContext,
  result: Added,
): Promise<void> {
  const due = batch.adds.map(({ rsvp }) => rsvp);
  const guests = due.flatMap(({ email, name }) =>
    email === null ? [] : [{ email, ...(name === null ? {} : { name }) }],
  );
  const body = { guests, approval_status: batch.approvalStatus };
  const mail = runMail.of(due, batch.isRepeat);
  try {
    await askLuma(due, batch.approvalStatus, mail, deps, ctx, () =>
      account.api.addGuests(at.lumaEventId, body, { sendEmail: mail.isAllowed }, toCall(ctx, 'interactive')),
    );
  } catch (error) {
    if (!(error instanceof PermanentError) || error.code !== 'luma.rejected') throw error;
    // One guest Luma will not have must not hold up the others: halves, until it stands alone.
    if (batch.adds.length === 1) {
      const failure = { code: error.code, message: error.message };
      await deps.rsvps.markFailed(ctx, at.eventId, due.map(toId), failure);
      result.failed += 1;
      return;
    }
    const left = await stillMissing(batch.adds, at, account, deps, ctx);
    result.asked += batch.adds.length - left.length;
    const middle = Math.ceil(left.length / 2);
    for (const adds of [left.slice(0, middle), left.slice(middle)]) {
      // Nobody knows whom Luma mailed before it refused: a repeat mails nobody.
      if (adds.length > 0) await sendBatch({ ...batch, isRepeat: true, adds }, at, account, runMail, deps, ctx, result);
    }
    return;
  }
  const repeats = batch.adds.filter(({ plan }) => plan.isRepeat).map(({ rsvp }) => rsvp);
  // Past the mark where it was sent again, so that it is not sent a third time.
  if (repeats.length > 0) await deps.rsvps.countConfirmTry(ctx, repeats.map(toId));
  result.asked += batch.adds.length;
}

/** A refusal of many says nothing about each: Luma may have taken some in before it came to the one it will not have. */
async function stillMissing(
  adds: readonly Add[],
  at: GuestsOf,
  account: LumaAccount,
  deps: Deps,
  ctx: JobContext,
): Promise<readonly Add[]> {
  await readGuests(
    adds.map(({ rsvp }) => rsvp),
    at,
    account,
    deps,
    ctx,
  );
  const due = await deps.rsvps.listDue({ eventId: at.eventId, limit: DUE_MAX });
  const missing = new Map(due.filter(({ lumaGuestId }) => lumaGuestId === null).map((rsvp) => [rsvp.rsvpId, rsvp]));
  return adds.flatMap((add) => {
    const now = missing.get(add.rsvp.rsvpId);
    return now === undefined ? [] : [{ ...add, rsvp: withMarksOf(add.rsvp, now) }];
  });
}

/** The answer as it was planned, with what is noted of its sendings by now: a note that is taken back later takes back only its own. */
function withMarksOf(rsvp: DueRsvp, now: DueRsvp): DueRsvp {
  const { base, askedAt, askedRevision, askedEmail, acceptedAt, confirmTries, state } = now;
  return { ...rsvp, base, askedAt, askedRevision, askedEmail, acceptedAt, confirmTries, state };
}

/** More than a run carries, so that none of its own is overlooked among what came meanwhile. */
const DUE_MAX = 2_000;

const toId = ({ rsvpId }: DueRsvp): string => rsvpId;
