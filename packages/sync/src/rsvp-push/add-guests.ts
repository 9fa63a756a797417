import { PermanentError } from '@luma-sync/jobs';
import type { DueRsvp, RsvpSyncStore } from '@luma-sync/store';
import { toCall } from '../luma-account.js';
import type { Run } from '../run.js';
import { type AskDeps, sendWithIntent } from './ask.js';
import type { PlannedRsvp, RsvpPushPlan } from './plan.js';
import { type GuestsOf, readGuests } from './read-guests.js';
import { findRefusedGuests } from './refused-guests.js';
import { isOwnAnswer, type RunMail } from './rsvp-mail.js';

type Add = PlannedRsvp<Extract<RsvpPushPlan, { kind: 'add' }>>;
type Deps = AskDeps & {
  rsvps: Pick<
    RsvpSyncStore,
    'markFailed' | 'noteNameRefused' | 'countConfirmTry' | 'listDue' | 'countLinkedGuests' | 'applyGuests' | 'markGone'
  >;
};

export interface Added {
  /** Accepted by Luma, to be confirmed by a later look. */
  asked: number;
  failed: number;
}

/**
 * Sends guests in batches of one status and one mail choice each; a guest who answered for themselves has a mail choice
 * of their own. That they were asked for is stored before the request: should its answer be lost, the next run looks
 * first, and whatever it sends again mails nobody.
 */
export async function addGuests(adds: readonly Add[], at: GuestsOf, mail: RunMail, run: Run<Deps>): Promise<Added> {
  const result: Added = { asked: 0, failed: 0 };
  for (const batch of toBatches(adds)) {
    await sendBatch(batch, { ...run, at, mail, result });
  }
  return result;
}

/** The run that sends the guests of one event, and what it has counted so far. */
interface AddRun extends Run<Deps> {
  at: GuestsOf;
  mail: RunMail;
  result: Added;
}

interface Batch {
  approvalStatus: Add['plan']['approvalStatus'];
  isRepeat: boolean;
  adds: readonly Add[];
  /** Luma's words by RSVP: of people whose name it refused, so that they are added without it. */
  refusedNames: ReadonlyMap<string, string>;
}

const NOBODYS: ReadonlyMap<string, string> = new Map();

function toBatches(adds: readonly Add[]): Batch[] {
  const batches = new Map<string, Batch & { adds: Add[] }>();
  for (const add of adds) {
    const { approvalStatus, isRepeat } = add.plan;
    const key = `${approvalStatus}:${isRepeat}:${isOwnAnswer(add.rsvp)}`;
    const batch = batches.get(key) ?? { approvalStatus, isRepeat, adds: [], refusedNames: NOBODYS };
    batch.adds.push(add);
    batches.set(key, batch);
  }
  return [...batches.values()];
}

async function sendBatch(batch: Batch, run: AddRun): Promise<void> {
  const { account, deps, ctx, at, result } = run;
  const due = batch.adds.map(({ rsvp }) => rsvp);
  const guests = due.flatMap(({ rsvpId, email, name }) =>
    email === null ? [] : [{ email, ...(name === null || batch.refusedNames.has(rsvpId) ? {} : { name }) }],
  );
  const body = { guests, approval_status: batch.approvalStatus };
  const mail = run.mail.of(due, batch.isRepeat);
  try {
    const send = () =>
      account.api.addGuests(at.lumaEventId, body, { sendEmail: mail.isAllowed }, toCall(ctx, 'interactive'));
    await sendWithIntent({ due, approvalStatus: batch.approvalStatus, mail }, send, deps, ctx);
  } catch (error) {
    if (!(error instanceof PermanentError) || error.code !== 'luma.rejected') throw error;
    const rest = await withoutRefused(batch, error, run);
    if (rest !== null) {
      if (rest.adds.length > 0) await sendBatch(rest, run);
      return;
    }
    // One guest Luma will not have must not hold up the others: halves, until it stands alone.
    if (batch.adds.length === 1) {
      const failure = { code: error.code, message: error.message };
      await deps.rsvps.markFailed(ctx, at.eventId, due.map(toId), failure);
      result.failed += 1;
      return;
    }
    const left = await stillMissing(batch.adds, at, run);
    result.asked += batch.adds.length - left.length;
    const middle = Math.ceil(left.length / 2);
    for (const adds of [left.slice(0, middle), left.slice(middle)]) {
      // Nobody knows whom Luma mailed before it refused: a repeat mails nobody.
      if (adds.length > 0) await sendBatch({ ...batch, isRepeat: true, adds }, run);
    }
    return;
  }
  await deps.rsvps.noteNameRefused(
    ctx,
    at.eventId,
    due.map(({ rsvpId }) => ({ rsvpId, message: batch.refusedNames.get(rsvpId) ?? null })),
  );
  const repeats = batch.adds.filter(({ plan }) => plan.isRepeat).map(({ rsvp }) => rsvp);
  // Past the mark where it was sent again, so that it is not sent a third time.
  if (repeats.length > 0) await deps.rsvps.countConfirmTry(ctx, repeats.map(toId));
  result.asked += batch.adds.length;
}

/**
 * Where the refusal names guests by their place: the request without the names, and without the guests, that Luma
 * refuses. Luma judges a request as a whole before it acts, so nobody was added or mailed.
 *
 * @returns null when the refusal names nothing that could be left out.
 */
async function withoutRefused(
  batch: Batch,
  error: PermanentError,
  { at, deps, ctx, result }: AddRun,
): Promise<Batch | null> {
  const sent = batch.adds.filter(({ rsvp }) => rsvp.email !== null);
  const refused = findRefusedGuests(error, sent.length);
  const refusedNames = new Map(batch.refusedNames);
  for (const [place, message] of refused.names) {
    const rsvp = sent[place]?.rsvp;
    if (rsvp !== undefined && rsvp.name !== null) refusedNames.set(rsvp.rsvpId, message);
  }
  if (refused.guests.size === 0 && refusedNames.size === batch.refusedNames.size) return null;
  const failed = new Set<Add>();
  for (const [place, words] of refused.guests) {
    const add = sent[place];
    if (add === undefined) continue;
    failed.add(add);
    const failure = { code: error.code, message: `Luma refuses this guest: ${words}` };
    await deps.rsvps.markFailed(ctx, at.eventId, [add.rsvp.rsvpId], failure);
  }
  result.failed += failed.size;
  return { ...batch, refusedNames, adds: batch.adds.filter((add) => !failed.has(add)) };
}

/**
 * A refusal of many says nothing about each: Luma may have taken some in before it came to the one it will not have.
 */
async function stillMissing(
  adds: readonly Add[],
  at: GuestsOf,
  { account, deps, ctx }: Run<Deps>,
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

/**
 * The answer as it was planned, with what is noted of its sendings by now: a note that is taken back later takes back
 * only its own.
 */
function withMarksOf(rsvp: DueRsvp, now: DueRsvp): DueRsvp {
  const { base, askedAt, askedRevision, askedEmail, acceptedAt, confirmTries, state } = now;
  return { ...rsvp, base, askedAt, askedRevision, askedEmail, acceptedAt, confirmTries, state };
}

/** More than a run carries, so that none of its own is overlooked among what came meanwhile. */
const DUE_MAX = 2_000;

const toId = ({ rsvpId }: DueRsvp): string => rsvpId;
