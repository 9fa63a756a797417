import { type Base, EVENT_FIELDS, type EventState, isSameEventField, toEventState } from '@luma-sync/domain';
import type { JobContext } from '@luma-sync/jobs';
import { REQUEST_TIMEOUT_MS, RetryAfterError, SECOND_MS, SLOT_WAIT_MS } from '@luma-sync/jobs';
import type { EventSyncStore, SyncEvent } from '@luma-sync/store';
import { hadNoEffect } from '../was-not-sent.js';

/*
 * Of two requests that say different things about one field Luma keeps the one that comes in last, whichever was made
 * last. So none is made while an earlier one, of which no answer is known, may still come in and says something else;
 * the same again does no harm.
 */

/**
 * What was given up on may come in this much later; ten times what docs/rate-limit.md allows, since here waiting costs
 * nobody a slot.
 */
const GIVEN_UP_MS = 10 * SECOND_MS;

const after = (now: Date, ms: number): Date => new Date(now.getTime() + ms);

/** For a request that is about to be made. */
export const mayArriveUntil = (now: Date): Date => after(now, SLOT_WAIT_MS + REQUEST_TIMEOUT_MS + GIVEN_UP_MS);

/** For one whose answer was lost just now. */
export const mayStillArriveUntil = (now: Date): Date => after(now, GIVEN_UP_MS);

type InFlight = Base<EventState>['underWay'];

/** As part of a base: the requests of which one may still come in. */
export function stillInFlight(underWay: InFlight, now: Date): { underWay?: NonNullable<InFlight> } {
  return underWay === undefined || Date.parse(underWay.until) <= now.getTime() ? {} : { underWay };
}

/**
 * For a run that holds the record now. A run makes sure of its lease right before a request goes out, so one that died
 * or fell silent sends nothing any more: what it had sent is on its way. Stored, or each run would begin to wait anew.
 */
export async function shortenInFlight(
  eventId: string,
  { underWay, ...agreed }: Base<EventState>,
  deps: { events: Pick<EventSyncStore, 'noteAsked'> },
  ctx: JobContext,
): Promise<Base<EventState>> {
  const base = { ...agreed, ...stillInFlight(underWay, ctx.now()) };
  const until = after(ctx.now(), REQUEST_TIMEOUT_MS + GIVEN_UP_MS);
  if (base.underWay === undefined || Date.parse(base.underWay.until) <= until.getTime()) return base;
  const hastened = { ...base, underWay: { ...base.underWay, until: until.toISOString() } };
  await deps.events.noteAsked(ctx, { eventId, base: hastened });
  return hastened;
}

/** With what is asked for in it, besides the earlier requests: none of those contradicts it. */
export function withInFlight(base: Base<EventState>, until: Date): Base<EventState> {
  const { underWay: earlier, asked } = base;
  const last = Math.max(until.getTime(), earlier === undefined ? 0 : Date.parse(earlier.until));
  return { ...base, underWay: { said: { ...earlier?.said, ...asked }, until: new Date(last).toISOString() } };
}

/**
 * @param requested What Luma is to be asked for now; empty for nothing.
 * @throws {RetryAfterError} `event.awaiting_luma`: a request that says otherwise may still come in
 */
export function awaitOthers(event: SyncEvent, base: Base<EventState>, requested: Partial<EventState>, now: Date): void {
  // A cover has another address at Luma than here: only what is asked for can be compared.
  const { cover: _, ...wanted } = toEventState(event);
  if (saysOtherwise(base.underWay?.said ?? {}, { ...wanted, ...requested })) awaitAll(event.id, base, now);
}

/** @throws {RetryAfterError} `event.awaiting_luma`: some request may still come in */
export function awaitAll(eventId: string, base: Base<EventState>, now: Date): void {
  const { underWay } = stillInFlight(base.underWay, now);
  if (underWay === undefined) return;
  const message =
    `a request about event ${eventId} got no answer and may still come in at Luma; what is wanted ` + 'now follows it';
  throw new RetryAfterError('event.awaiting_luma', message, { waitMs: Date.parse(underWay.until) - now.getTime() });
}

function saysOtherwise(asked: Partial<EventState>, wanted: Partial<EventState>): boolean {
  return EVENT_FIELDS.some(
    (field) => field in asked && field in wanted && !isSameEventField(field, asked[field], wanted[field]),
  );
}

/** What one request asks of Luma. */
export interface EventIntent {
  eventId: string;
  send: Partial<EventState>;
  /**
   * What both sides agree on by the last read, with the earlier requests that may still come in. Null: they were never
   * compared.
   */
  base: Base<EventState> | null;
}

/**
 * Notes what Luma is asked for, then asks. Whatever ends the run between the request and the look at its effect, the
 * note tells the next run that this is a repeat, and everybody who sees the change at Luma that it is ours. What a look
 * found out before is stored with it: an earlier request of ours, seen by it, would be somebody else's change to
 * the next run.
 */
export async function sendWithIntent(
  { eventId, send, base }: EventIntent,
  request: () => Promise<void>,
  deps: { events: Pick<EventSyncStore, 'noteAsked'> },
  ctx: JobContext,
): Promise<void> {
  if (base === null) return request();
  const { underWay, ...agreed } = base;
  const asking = { ...agreed, ...stillInFlight(underWay, ctx.now()), asked: { ...base.asked, ...send } };
  const note = (until: Date) => deps.events.noteAsked(ctx, { eventId, base: withInFlight(asking, until) });
  await note(mayArriveUntil(ctx.now()));
  try {
    await request();
  } catch (error) {
    const didNothing = hadNoEffect(error);
    const correction = didNothing
      ? deps.events.noteAsked(ctx, { eventId, base })
      : note(mayStillArriveUntil(ctx.now()));
    // A note that cannot be corrected costs a mail at most, or a wait.
    await correction.catch(() => {});
    throw error;
  }
}
