import { type AgreedAfterPush, type Base, type EventState, isSameEventField } from '@luma-sync/domain';
import { type JobContext, PermanentError, RetryableError } from '@luma-sync/jobs';
import type { EventSyncStore, SyncEvent } from '@luma-sync/store';

/*
 * Luma may answer 200 and show the earlier state for a while, or do nothing. Such a push is not over:
 *
 *   sent -> not shown -> LOOKS_MAX runs that only look -> sent once more -> not shown, listed -> looks, sent, ...
 *   parked
 */

/** Runs that only look before the same is sent again. The backoff of the operation lies between them. */
const LOOKS_MAX = 2;

interface Deps {
  events: Pick<EventSyncStore, 'noteAsked'>;
}

/**
 * For a run that has just looked and still misses what was sent.
 *
 * @throws {RetryableError} `event.not_shown`: not long enough yet to send it again.
 */
export async function lookAgain(
  eventId: string,
  send: Partial<EventState>,
  base: Base<EventState>,
  deps: Deps,
  ctx: JobContext,
): Promise<void> {
  const { unseen, asked = {} } = base;
  if (unseen === undefined || unseen.looks >= LOOKS_MAX || !isOnly(send, asked)) return;
  await deps.events.noteAsked(ctx, { eventId, base: { ...base, unseen: { ...unseen, looks: unseen.looks + 1 } } });
  throw notShown(eventId, Object.keys(asked));
}

/** Whether nothing but what was sent is left. Our address of a cover is not the one that was sent. */
function isOnly(send: Partial<EventState>, asked: Partial<EventState>): boolean {
  return (Object.keys(send) as (keyof EventState)[]).every(
    (field) => field in asked && (field === 'cover' || isSameEventField(field, send[field], asked[field])),
  );
}

/**
 * Stores what was sent and is not shown, so that the next run looks for it.
 *
 * @param agreed What both sides agree on so far, with the earlier requests that may still come in.
 * @throws {RetryableError} `event.not_shown`, always.
 */
export async function waitForEffect(
  event: SyncEvent,
  agreed: Base<EventState>,
  sent: Pick<AgreedAfterPush, 'unseen'> & { asked: Partial<EventState>; before: Base<EventState> | null },
  deps: Deps,
  ctx: JobContext,
): Promise<never> {
  const { unseen, asked: askedBefore = {} } = sent.before ?? {};
  const sends = (unseen?.sends ?? 0) + 1;
  const asked = Object.fromEntries(sent.unseen.map((field) => [field, sent.asked[field]])) as Partial<EventState>;
  // One late answer of Luma's is no difference yet.
  const differences = sends === 1 ? {} : Object.fromEntries(sent.unseen.map((field) => [field, { why: 'not_shown' }]));
  const notAtLuma = { ...agreed.notAtLuma, ...differences } as NonNullable<Base<EventState>['notAtLuma']>;
  const base = {
    ...agreed,
    asked,
    unseen: { looks: 0, sends, ...toEarlier(unseen, askedBefore, asked) },
    ...(Object.keys(notAtLuma).length === 0 ? {} : { notAtLuma }),
  };
  await deps.events.noteAsked(ctx, { eventId: event.id, base });
  throw notShown(event.id, sent.unseen);
}

/** Of the requests before this one, what says otherwise. */
function toEarlier(
  unseen: Base<EventState>['unseen'],
  askedBefore: Partial<EventState>,
  asked: Partial<EventState>,
): { earlier?: Partial<EventState> } {
  if (unseen === undefined) return {};
  const said = Object.entries({ ...unseen.earlier, ...askedBefore }) as [keyof EventState, unknown][];
  const earlier = said.filter(([field, value]) => !isSameEventField(field, value, asked[field]));
  return earlier.length === 0 ? {} : { earlier: Object.fromEntries(earlier) as Partial<EventState> };
}

const notShown = (eventId: string, fields: readonly string[]): RetryableError =>
  new RetryableError(
    'event.not_shown',
    `Luma accepted ${fields.join(', ')} of event ${eventId} and still shows the value from before`,
  );

/**
 * The first read of an event that Luma has just created. Luma answers 403 or 404 until it shows the event.
 *
 * @throws {RetryableError} `event.not_shown`
 */
export async function orNotShownYet<T>(eventId: string, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (!(error instanceof PermanentError) || !NOT_THERE.has(error.code)) throw error;
    throw notShownYet(eventId, error);
  }
}

export const notShownYet = (eventId: string, cause?: unknown): RetryableError =>
  new RetryableError('event.not_shown', `Luma created event ${eventId} and does not show it yet`, { cause });

const NOT_THERE = new Set(['luma.forbidden', 'luma.not_found']);
