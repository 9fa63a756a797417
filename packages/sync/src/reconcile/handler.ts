import { done, type Handler, HOUR_MS, type JobContext, type rsvpReconcile, skipped } from '@luma-sync/jobs';
import type { GuestFilter } from '@luma-sync/luma-client';
import type { EventSyncStore, GuestsObservation, ReconcileStore, SyncEventWithLink } from '@luma-sync/store';
import { toObservedGuest } from '../guests/observe-guest.js';
import { type ReadContestedDeps, readContested } from '../guests/read-contested.js';
import { type ReadSecondEntriesDeps, readSecondEntries } from '../guests/read-second-entries.js';
import { LEASE_WAIT } from '../lease-wait.js';
import { type LumaAccount, type LumaAccounts, toCall } from '../luma-account.js';
import { assertComplete } from '../read-listing.js';

export interface RsvpReconcileDeps {
  events: Pick<EventSyncStore, 'find'>;
  rsvps: ReadContestedDeps['rsvps'] & ReadSecondEntriesDeps['rsvps'];
  reconcile: Pick<ReconcileStore, 'markHeadsRead' | 'markSweepDue' | 'noteUnannounced' | 'sweptAt'>;
  luma: LumaAccounts;
}

type Head = Pick<GuestFilter, 'sort_column' | 'sort_direction'>;

/**
 * Luma has no time of change to ask by. The guest who registered or came in last stands at the top of these; rows
 * without a moment come last.
 */
const REGISTRATIONS: Head = { sort_column: 'registered_at', sort_direction: 'desc nulls last' };
const CHECK_INS: Head = { sort_column: 'checked_in_at', sort_direction: 'desc nulls last' };

/** Doors open hours before the start, not days. */
const DOORS_MS = 24 * HOUR_MS;
/** When so many pages hold news, the whole list is the cheaper way. */
const PAGES_MAX = 5;
const PAGE_SIZE = 50;

/**
 * Looks at both heads of an event's guest list, each down to the first page that shows nothing new: two requests when
 * all is well. A status that was changed shows in neither; for that the whole list is read, less often.
 */
export const handleRsvpReconcile: Handler<typeof rsvpReconcile, RsvpReconcileDeps> = async ({ eventId }, deps, ctx) => {
  const record = await deps.events.find(eventId);
  if (record === null) return skipped('event-gone');
  const { event, link } = record;
  if (link === null || link.lumaEventId === null) return skipped('not-at-luma');
  if (link.state === 'source_deleted') return skipped('source-deleted');
  const account = await deps.luma.open(link.calendarId);
  const startedAt = ctx.now();
  const sweptAt = await deps.reconcile.sweptAt(eventId);
  const heads =
    event.startsAt.getTime() - startedAt.getTime() < DOORS_MS ? [REGISTRATIONS, CHECK_INS] : [REGISTRATIONS];
  const total = { pages: 0, added: 0, updated: 0 };
  let isCutOff = false;
  for (const head of heads) {
    const read = await readHead(head, { record, lumaEventId: link.lumaEventId, account }, deps, ctx);
    total.pages += read.pages;
    total.added += read.added;
    total.updated += read.updated;
    isCutOff ||= read.isCutOff;
  }
  if (isCutOff) await deps.reconcile.markSweepDue(eventId);
  await deps.reconcile.markHeadsRead(eventId, startedAt);
  // A first look finds those from before; after that a webhook should have told of everyone.
  if (total.added > 0 && sweptAt !== null) await deps.reconcile.noteUnannounced(link.calendarId, ctx.now());
  return done({ ...total, sweepDue: isCutOff });
};

interface Place {
  record: SyncEventWithLink;
  lumaEventId: string;
  account: LumaAccount;
}

async function readHead(
  head: Head,
  { record: { event }, lumaEventId, account }: Place,
  deps: RsvpReconcileDeps,
  ctx: JobContext,
): Promise<{ pages: number; added: number; updated: number; isCutOff: boolean }> {
  const query = { event_id: lumaEventId, ...head, pagination_limit: PAGE_SIZE };
  const call = toCall(ctx, 'bulk');
  const listing = account.api.listAllGuests(query, call, { maxPages: PAGES_MAX });
  const read = { pages: 0, added: 0, updated: 0, isCutOff: false };
  const { id: eventId, source } = event;
  const of = { eventId, lumaEventId, calendarId: account.calendarId, source };
  for (;;) {
    const unleasedSince = await deps.rsvps.beginRead(eventId);
    const observedAt = ctx.now();
    const step = await listing.next();
    if (step.done === true) {
      const isCutOff = !step.value.complete && step.value.reason === 'too-many-pages';
      if (!isCutOff) assertComplete(step.value, `the guest list of ${lumaEventId}`);
      return { ...read, isCutOff };
    }
    read.pages += 1;
    const guests = step.value.entries.map(toObservedGuest);
    const { calendarId } = of;
    const about = { observedAt, unleasedSince, via: 'reconcile', trigger: ctx.trigger };
    const observation: GuestsObservation = { eventId, calendarId, source, guests, ...about };
    // The guests are held for the commit alone: a push does not wait for a slot or an answer of this.
    const apply = () => deps.rsvps.applyGuests(ctx, observation);
    const { added, updated, contested, seconds } = await deps.rsvps.withGuests(ctx, eventId, apply, LEASE_WAIT);
    const again = await readContested(contested, of, call, { account, deps, ctx });
    read.added += added + again.added;
    const moved = await readSecondEntries(seconds, of, call, { account, deps, ctx });
    read.updated += updated + again.updated + moved.updated;
    if (added + updated + contested.length === 0) return read;
  }
}
