import { type Base, type Differences, type EventState, isSameEventField, toEventState } from '@luma-sync/domain';
import { MINUTE_MS, OutcomeUnknownError } from '@luma-sync/jobs';
import type { LumaEvent } from '@luma-sync/luma-contract';
import type { BackfillStore, EventSyncStore, SyncEvent, SyncEventLink, SyncEventWithLink } from '@luma-sync/store';
import { changedWhileTied } from '../event/changed-meanwhile.js';
import { awaitAll, mayArriveUntil, mayStillArriveUntil, withInFlight } from '../event/in-flight.js';
import { assertNotAmongUnread, listAround, toAround } from '../event/list-around.js';
import { toPlainName } from '../event/plain-name.js';
import { withoutRefused } from '../event/refusals.js';
import { toCreateRequest } from '../event/to-luma.js';
import { orNotShownYet } from '../event/unseen.js';
import { type LumaAccount, toCall } from '../luma-account.js';
import type { Run } from '../run.js';
import { hadNoEffect } from '../was-not-sent.js';
import { askWhich, toCandidate } from './adopt-existing.js';
import { type AdoptFoundDeps, adoptFound } from './adopt-found.js';
import { CREATE_NEEDS, type CreatedEvent, toAskedBase, withoutArrivals } from './create-at-address.js';
import type { CreatePlan } from './create-plan.js';

export interface CreateWithoutAddressDeps extends AdoptFoundDeps {
  events: AdoptFoundDeps['events'] & Pick<EventSyncStore, 'reserveSlug' | 'attach' | 'noteAsked'>;
  backfills: AdoptFoundDeps['backfills'] & Pick<BackfillStore, 'findHeld' | 'listAnswers' | 'askBeforeAdoption'>;
}

/** A list may not show at once what was made a moment ago; Luma names no time. */
const LISTED_WITHIN_MS = MINUTE_MS;
/** Luma stamps by its own clock. With clocks further apart than 10 minutes not one of its webhooks is accepted. */
const CLOCKS_APART_MS = 15 * MINUTE_MS;

/**
 * Luma is to choose the address, or was to when it was asked: an event without one of ours cannot be looked up by it,
 * whatever is wanted since.
 */
export const isWithoutAddress = ({ ownAddresses }: LumaAccount, link: SyncEventLink | null): boolean =>
  (link?.slug ?? null) === null && (ownAddresses === false || wasAskedFor(link));

const wasAskedFor = (link: SyncEventLink | null): boolean =>
  link?.createAskedAt != null && link.base?.asked !== undefined;

/**
 * Makes the event exist at Luma once where Luma chooses the public address, so that nothing unique tells it: one that
 * was asked for and got no answer is looked for by its start and name, and asked for again only when the first request
 * cannot come in any more and a list would show what came of it.
 *
 * @returns `merged` when it was found under a record that a webhook has made of it meanwhile; null as
 *   `createAtAddress`.
 * @throws {PermanentError} `event.in_doubt`: several fit, and a person is asked.
 */
export async function createWithoutAddress(
  { event, link }: SyncEventWithLink,
  plan: CreatePlan,
  { account, deps, ctx }: Run<CreateWithoutAddressDeps>,
): Promise<CreatedEvent | 'merged' | null> {
  const earlier = link?.base?.asked === undefined ? null : link.base;
  if (earlier !== null) {
    const found = await findMade(event, link, earlier, { account, deps, ctx });
    if (found === 'merged') return found;
    if (found !== null) {
      await deps.events.attach(ctx, {
        eventId: event.id,
        lumaEventId: found,
        adopted: true,
        foundBy: 'start-and-name',
      });
      return { lumaEventId: found, adopted: true, askedBefore: withoutArrivals(earlier), accepted: null };
    }
    awaitAll(event.id, earlier, ctx.now());
  }
  if (!plan.mayCreate) return null;
  const ask = (present: EventState, refused: Differences<EventState>) =>
    requestWithoutAddress(event, { present, refused }, { account, deps, ctx });
  const { result: lumaEventId, ...accepted } = await withoutRefused(plan.state, CREATE_NEEDS, ask);
  await deps.events.attach(ctx, { eventId: event.id, lumaEventId, adopted: false });
  return { lumaEventId, adopted: false, askedBefore: null, accepted };
}

async function requestWithoutAddress(
  event: SyncEvent,
  words: { present: EventState; refused: Differences<EventState> },
  { account, deps, ctx }: Run<CreateWithoutAddressDeps>,
): Promise<string> {
  const nothingKnown = { ours: toEventState(event), luma: {} };
  const base = toAskedBase(event, words);
  const listed = () => new Date(ctx.now().getTime() + LISTED_WITHIN_MS);
  await deps.events.reserveSlug(ctx, {
    eventId: event.id,
    calendarId: account.calendarId,
    slug: null,
    base: withInFlight(base, mayArriveUntil(listed())),
  });
  const note = (corrected: Base<EventState>) =>
    // A note that cannot be corrected costs a listing, or a wait.
    deps.events.noteAsked(ctx, { eventId: event.id, base: corrected }).catch(() => {});
  try {
    const { id } = await account.api.createEvent(toCreateRequest(words.present, null), toCall(ctx, 'interactive'));
    return id;
  } catch (error) {
    if (error instanceof OutcomeUnknownError) await note(withInFlight(base, mayStillArriveUntil(listed())));
    const didNothing = hadNoEffect(error);
    if (didNothing) await note(nothingKnown);
    throw error;
  }
}

/** @returns Luma's id of what an earlier request has made; null when nothing fits. */
async function findMade(
  event: SyncEvent,
  link: SyncEventLink | null,
  { asked }: Base<EventState>,
  { account, deps, ctx }: Run<CreateWithoutAddressDeps>,
): Promise<string | 'merged' | null> {
  const { title, startsAt } = { ...toEventState(event), ...asked };
  const since = (link?.createAskedAt ?? ctx.now()).getTime() - CLOCKS_APART_MS;
  const fits = ({ name, start_at: start, created_at: madeAt }: LumaEvent): boolean =>
    isSameEventField('startsAt', start, startsAt) &&
    toPlainName(name) === toPlainName(title) &&
    (madeAt === undefined || Date.parse(madeAt) >= since);
  const { there, unread } = await listAround(toAround(new Date(startsAt)), account, ctx);
  const fitting = there.filter(fits);
  if (fitting.length === 0) {
    const recent = unread.filter(({ createdAt }) => createdAt === null || Date.parse(createdAt) >= since);
    assertNotAmongUnread(recent, { eventId: event.id, title, startsAt });
    return null;
  }
  const held = await deps.backfills.findHeld(fitting.map(({ id }) => id));
  const answers = await deps.backfills.listAnswers(account.calendarId);
  const apart = new Set(
    answers
      .filter(({ eventId, answer }) => eventId === event.id && answer === 'keep_apart')
      .map(({ lumaEventId }) => lumaEventId),
  );
  // Another event of ours may have the same name and start.
  const free = fitting.filter(({ id }) => held.get(id)?.isImported !== false && !apart.has(id));
  const [only, ...others] = free;
  if (only === undefined) return null;
  if (others.length > 0) {
    const doubts = free.map(({ id }) => ({ eventId: event.id, lumaEventId: id, reason: 'several_fit' as const }));
    await askWhich(event.id, doubts, free.map(toCandidate), { account, deps, ctx });
  }
  const mergesEventId = held.get(only.id)?.eventId ?? null;
  if (mergesEventId === null) return only.id;
  const observedAt = ctx.now();
  const seen = await orNotShownYet(event.id, account.api.getEvent(only.id, toCall(ctx, 'interactive')));
  const pair = { event, seen, observedAt, mergesEventId, by: 'time_and_name' as const };
  if (!(await adoptFound(pair, { account, deps, ctx }))) throw changedWhileTied(event.id, only.id);
  return 'merged';
}
