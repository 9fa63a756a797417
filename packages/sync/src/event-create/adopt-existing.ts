import { type JobContext, PermanentError, RetryableError } from '@luma-sync/jobs';
import type { LumaEvent } from '@luma-sync/luma-contract';
import type { AdoptionCandidate, BackfillStore, EventSyncStore, SyncEventWithLink } from '@luma-sync/store';
import { changedWhileTied } from '../event/changed-meanwhile.js';
import { isManagedHere } from '../event/is-managed-here.js';
import { type Around, assertNotAmongUnread, listAround, toAround } from '../event/list-around.js';
import { type LumaAccount, toCall } from '../luma-account.js';
import type { Run } from '../run.js';
import { type AdoptFoundDeps, adoptFound } from './adopt-found.js';
import { type Matches, matchEvents, NEAR_MS } from './match-events.js';
import { belongsTo, toOurEvent, toTheirEvent } from './to-compared.js';

export interface AdoptExistingDeps extends AdoptFoundDeps {
  events: AdoptFoundDeps['events'] & Pick<EventSyncStore, 'listRoutableCalendars'>;
  backfills: AdoptFoundDeps['backfills'] &
    Pick<BackfillStore, 'findDiscoveryState' | 'listUnlinked' | 'findHeld' | 'listAnswers' | 'askBeforeAdoption'>;
}

/**
 * Luma may have an event already before its first push. What fits as surely as in a backfill is adopted; what may fit
 * is asked. Costs one listing around the start: an event that a host made a moment ago may be known to no pull and no
 * webhook. A step of a backfill costs none, since its plan has compared everything. After a backfill only several that
 * fit are asked about.
 *
 * @returns true when it was adopted; false when Luma has nothing like it.
 * @throws {PermanentError} `event.in_doubt`: a person is asked.
 */
export async function adoptExisting(
  record: SyncEventWithLink,
  { account, deps, ctx }: Run<AdoptExistingDeps>,
): Promise<boolean> {
  const { calendarId } = account;
  const known = await deps.backfills.findDiscoveryState(calendarId);
  const around = toAround(record.event.startsAt, NEAR_MS);
  const observedAtLuma = await listAtLuma(record, around, account, ctx);
  if (observedAtLuma.length === 0) return false;
  const held = await deps.backfills.findHeld(observedAtLuma.map(({ lumaEventId }) => lumaEventId));
  const theirs = observedAtLuma.filter(({ lumaEventId }) => held.get(lumaEventId)?.isImported !== false);
  const ours = await listOursAround(record, around, account, deps);
  const answers = await deps.backfills.listAnswers(calendarId);
  const { pair, doubts: all } = about(record.event.id, matchEvents(ours.map(toOurEvent), theirs, answers));
  // A host goes on making events that resemble the app's: once both sides were compared, these are no question.
  const doubts = known === 'compared' ? all.filter(({ reason }) => reason === 'several_fit') : all;
  if (doubts.length > 0) await askWhich(record.event.id, doubts, theirs, { account, deps, ctx });
  if (pair === null) return false;

  const { lumaEventId, by } = pair;
  const observedAt = ctx.now();
  const found = await account.api.findEvent(lumaEventId, toCall(ctx, 'interactive'));
  if (found.kind !== 'found' || !isManagedHere(found.record, account)) {
    const message = `Luma lists ${lumaEventId}, which fits event ${record.event.id}, and does not let it be read`;
    throw new RetryableError('luma.listing_incomplete', message);
  }
  const mergesEventId = held.get(lumaEventId)?.eventId ?? null;
  const pairFound = { event: record.event, seen: found.record, observedAt, mergesEventId, by };
  if (!(await adoptFound(pairFound, { account, deps, ctx }))) throw changedWhileTied(record.event.id, lumaEventId);
  return true;
}

async function listAtLuma(
  { event: { id: eventId, title, startsAt } }: SyncEventWithLink,
  around: Around,
  account: LumaAccount,
  ctx: JobContext,
): Promise<AdoptionCandidate[]> {
  const { there, unread } = await listAround(around, account, ctx);
  assertNotAmongUnread(unread, { eventId, title, startsAt: startsAt.toISOString() });
  return there.map(toCandidate);
}

/** Others of ours that Luma lacks: what fits two of ours is in doubt for both. */
async function listOursAround(
  record: SyncEventWithLink,
  { from, to }: Around,
  { calendarId }: LumaAccount,
  deps: AdoptExistingDeps,
): Promise<SyncEventWithLink[]> {
  const unlinked = await deps.backfills.listUnlinked({ calendarId, startsAfter: from, startsUntil: to });
  const calendars = await deps.events.listRoutableCalendars();
  const others = unlinked.filter(
    (other) => other.event.id !== record.event.id && belongsTo(other, calendarId, calendars),
  );
  return [record, ...others];
}

/** What the comparison found for this event. The other events are compared before their own first create. */
function about(eventId: string, { pairs, doubts }: Matches) {
  return {
    pair: pairs.find((pair) => pair.eventId === eventId) ?? null,
    doubts: doubts.filter((doubt) => doubt.eventId === eventId),
  };
}

export const toCandidate = (event: LumaEvent): AdoptionCandidate => ({
  ...toTheirEvent(event),
  url: event.url ?? null,
});

/** @throws {PermanentError} `event.in_doubt`, always: a person is asked which of them it is, if any. */
export async function askWhich(
  eventId: string,
  doubts: Matches['doubts'],
  theirs: readonly AdoptionCandidate[],
  { account: { calendarId }, deps, ctx }: Run<{ backfills: Pick<BackfillStore, 'askBeforeAdoption'> }>,
): Promise<never> {
  const seen = new Map(theirs.map((their) => [their.lumaEventId, their]));
  const questions = doubts.flatMap(({ lumaEventId, reason }) => {
    const their = seen.get(lumaEventId);
    if (their === undefined) return [];
    const shown = { title: their.title, startsAt: their.startsAt.toISOString(), url: their.url };
    return [{ eventId, lumaEventId, reason, shown }];
  });
  await deps.backfills.askBeforeAdoption(ctx, { calendarId, eventId, questions });
  throw new PermanentError(
    'event.in_doubt',
    `Luma may have event ${eventId} already (${questions.length} fit); answer what is asked about it at ` +
      '/v1/backfill-questions',
  );
}
