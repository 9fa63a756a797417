import { type Base, type Differences, type EventField, type EventState, toEventState, toSlug } from '@luma-sync/domain';
import { type JobContext, MINUTE_MS, OutcomeUnknownError, PermanentError, RetryableError } from '@luma-sync/jobs';
import type { EventSyncStore, SyncEvent, SyncEventWithLink } from '@luma-sync/store';
import { awaitAll, mayArriveUntil, mayStillArriveUntil, withInFlight } from '../event/in-flight.js';
import { withoutRefused } from '../event/refusals.js';
import { slugHashesOf } from '../event/slug-hashes.js';
import { toCreateRequest } from '../event/to-luma.js';
import { notShownYet } from '../event/unseen.js';
import { type LumaAccount, toCall } from '../luma-account.js';
import type { Run } from '../run.js';
import { wasNotSent } from '../was-not-sent.js';
import type { CreatePlan } from './create-plan.js';

export interface CreateDeps {
  events: Pick<EventSyncStore, 'reserveSlug' | 'attach' | 'noteAsked'>;
}

export interface CreatedEvent {
  lumaEventId: string;
  /** True when an earlier run had created it and its answer was lost. */
  adopted: boolean;
  /** What an earlier run had asked for, if the event was made with its words; null for the present ones. */
  askedBefore: Base<EventState> | null;
  /** What this run asked for and Luma took; null when an earlier run asked. */
  accepted: { state: Partial<EventState>; refused: Differences<EventState> } | null;
}

/** Luma makes no event without these. */
export const CREATE_NEEDS: readonly EventField[] = ['title', 'startsAt', 'timezone'];

/**
 * Makes the event exist at Luma exactly once. Luma has no idempotency key; the public address is one: it is unique
 * there, made from our id, and reserved in our database before the request, so that a later run looks it up before it
 * creates.
 *
 * A create whose answer is unknown is repeated word for word, whatever was edited since: whichever of the two comes in,
 * Luma holds the same, and the edit follows it.
 *
 * @returns null when the plan allows no creating and Luma has no such event.
 */
export async function createAtAddress(
  { event, link }: SyncEventWithLink,
  plan: CreatePlan,
  { account, deps, ctx }: Run<CreateDeps>,
): Promise<CreatedEvent | null> {
  const asked = link?.base?.asked === undefined ? null : link.base;
  const reserved = plan.mayExist ? (link?.slug ?? null) : null;
  const attach = async (
    lumaEventId: string,
    adopted: boolean,
    words: Base<EventState> | null,
    accepted: CreatedEvent['accepted'] = null,
  ): Promise<CreatedEvent> => {
    await deps.events.attach(ctx, { eventId: event.id, lumaEventId, adopted });
    return { lumaEventId, adopted, askedBefore: words === null ? null : withoutArrivals(words), accepted };
  };
  const candidates = slugHashesOf(event.id).map((hash) => toSlug(event.title, hash));
  for (const slug of reserved === null ? candidates : [reserved, ...candidates.filter((slug) => slug !== reserved)]) {
    if (slug === reserved) {
      const found = await findAddressOwner(slug, account, ctx);
      if (found.kind === 'hidden' && asked !== null)
        assertNotJustMade(event.id, link?.createAskedAt ?? null, ctx.now());
      if (found.kind === 'ours') return attach(found.lumaEventId, true, asked);
      if (!plan.mayCreate) {
        // It must not come to stand there after nobody looks any more.
        if (link?.base != null) awaitAll(event.id, link.base, ctx.now());
        return null;
      }
      if (found.kind === 'foreign' || found.kind === 'hidden') continue;
    }
    const ask = (words: AskedWords) => requestAtAddress(event, slug, words, { account, deps, ctx });
    if (slug === reserved && asked !== null) {
      const answer = await ask({ earlier: asked });
      if (answer.kind === 'created') return attach(answer.lumaEventId, false, asked);
      if (answer.kind === 'ours') return attach(answer.lumaEventId, true, asked);
      if (answer.kind === 'foreign') continue;
      // Refused. Perhaps the edit that was made since is what makes it acceptable.
    }
    const { result, state, refused } = await withoutRefused(plan.state, CREATE_NEEDS, async (present, without) => {
      const answer = await ask({ present, refused: without });
      if (answer.kind === 'refused') throw answer.error;
      return answer;
    });
    if (result.kind === 'created') return attach(result.lumaEventId, false, null, { state, refused });
    if (result.kind === 'ours') return attach(result.lumaEventId, true, asked);
  }
  throw new PermanentError(
    'event.slug_taken',
    `every public address tried for event ${event.id} belongs to somebody else`,
  );
}

type CreateAnswer =
  | { kind: 'created' | 'ours'; lumaEventId: string }
  /** The address belongs to somebody else, here or there. */
  | { kind: 'foreign' }
  /** Luma will not have these words. */
  | { kind: 'refused'; error: PermanentError };

/** What an earlier run asked for under this address, or the present state. */
type AskedWords = { earlier: Base<EventState> } | { present: EventState; refused: Differences<EventState> };

/** Reserves the address, then asks. */
async function requestAtAddress(
  event: SyncEvent,
  slug: string,
  words: AskedWords,
  { account, deps, ctx }: Run<CreateDeps>,
): Promise<CreateAnswer> {
  const nothingKnown = { ours: toEventState(event), luma: {} };
  const base = 'earlier' in words ? words.earlier : toAskedBase(event, words);
  const state = 'earlier' in words ? { ...base.ours, ...toLeftOut(base), ...base.asked } : words.present;
  const isReserved = await deps.events.reserveSlug(ctx, {
    eventId: event.id,
    calendarId: account.calendarId,
    slug,
    base: withInFlight(base, mayArriveUntil(ctx.now())),
  });
  if (!isReserved) return { kind: 'foreign' };
  const note = (base: Base<EventState>) =>
    // A note that cannot be corrected costs an update that follows the create, or a wait.
    deps.events.noteAsked(ctx, { eventId: event.id, base }).catch(() => {});
  try {
    const { id } = await account.api.createEvent(toCreateRequest(state, slug), toCall(ctx, 'interactive'));
    return { kind: 'created', lumaEventId: id };
  } catch (error) {
    if (error instanceof OutcomeUnknownError) await note(withInFlight(base, mayStillArriveUntil(ctx.now())));
    if (wasNotSent(error)) await note('earlier' in words ? words.earlier : nothingKnown);
    // Luma has no word we could rely on for "this address is taken": look whether it is.
    if (!(error instanceof PermanentError) || error.code !== 'luma.rejected') throw error;
    const found = await findAddressOwner(slug, account, ctx);
    if (found.kind === 'hidden') {
      // Perhaps an earlier request made it, whose answer was lost: the next run looks again.
      if ('earlier' in words) throw notShownYet(event.id, error);
      return { kind: 'foreign' };
    }
    if (found.kind !== 'nobody') return found;
    await note(nothingKnown);
    return { kind: 'refused', error };
  }
}

/** What Luma is about to be asked for. A later run that finds the event there compares with it. */
export function toAskedBase(
  event: SyncEvent,
  { present, refused }: { present: EventState; refused: Differences<EventState> },
): Base<EventState> {
  const notAtLuma = Object.keys(refused).length === 0 ? {} : { notAtLuma: refused };
  return { ours: toEventState(event), luma: {}, asked: withoutUnasked(present), ...notAtLuma };
}

/** Fields that were not asked for: no cover of ours could be used, or Luma refuses them. */
function toLeftOut({ notAtLuma = {} }: Base<EventState>): Partial<EventState> {
  return Object.fromEntries(['cover', ...Object.keys(notAtLuma)].map((field) => [field, null]));
}

/** There is one event now: what else comes in under its address is refused. */
export function withoutArrivals({ underWay: _, ...base }: Base<EventState>): Base<EventState> {
  return base;
}

/** A cover that is not asked for is left to Luma: whatever it shows then is no answer to us. */
function withoutUnasked({ cover, ...state }: EventState): Partial<EventState> {
  return cover == null ? state : { ...state, cover };
}

/** Luma shows an event by then, wherever it may be read. */
const SHOWN_WITHIN_MS = 5 * MINUTE_MS;

/**
 * The reserved address leads to an event that Luma does not let us read. It is a stranger's, or an earlier request
 * created it a moment ago.
 *
 * @throws {RetryableError} `event.not_shown`: created under another address it would stand there twice.
 */
function assertNotJustMade(eventId: string, askedAt: Date | null, now: Date): void {
  if (askedAt !== null && now.getTime() - askedAt.getTime() < SHOWN_WITHIN_MS) throw notShownYet(eventId);
}

type Owner =
  | { kind: 'nobody' }
  | { kind: 'foreign' }
  /** An event that Luma does not let us read. */
  | { kind: 'hidden' }
  | { kind: 'ours'; lumaEventId: string };

/** Whose is this address? Ours only if the event can be read with our key and is on our calendar. */
async function findAddressOwner(slug: string, account: LumaAccount, ctx: JobContext): Promise<Owner> {
  const call = toCall(ctx, 'interactive');
  const entity = await account.api.lookupEntity(slug, call);
  if (entity === null) return { kind: 'nobody' };
  if (entity.type !== 'event') return { kind: 'foreign' };
  const found = await account.api.findEvent(entity.event.id, call);
  // Ours or not cannot be told, and under another address it would be made a second time.
  if (found.kind === 'unreadable')
    throw new RetryableError('luma.unexpected_answer', `what Luma has under ${slug} cannot be read`);
  if (found.kind !== 'found') return { kind: 'hidden' };
  const { calendar_id: calendarId } = found.record;
  const isOurs = account.lumaCalendarId === null || calendarId === undefined || calendarId === account.lumaCalendarId;
  return isOurs ? { kind: 'ours', lumaEventId: entity.event.id } : { kind: 'foreign' };
}
