import { type Base, EVENT_FIELDS, type EventState, isSameEventField, toEventState } from '@luma-sync/domain';
import { SECOND_MS } from '@luma-sync/jobs';
import type { SyncEvent, SyncEventLink } from '@luma-sync/store';
import type { CreatePlan } from '../event-create/create-plan.js';
import { planRegistration, type RegistrationPlan } from './registration.js';

export type EventPushPlan =
  | { kind: 'skip'; reason: 'not-approved' | 'referenced' | 'source-deleted' | 'never-published' | 'already-pushed' }
  | ({ kind: 'create' } & CreatePlan)
  /**
   * `readFirst`: what Luma holds now has to be known first, so that no value of a host is replaced unseen. Else the
   * look at `seenAt` counts.
   */
  | {
      kind: 'update';
      lumaEventId: string;
      /** Null where Luma has not shown it yet. */
      lumaCreatedAt: Date | null;
      send: Partial<EventState>;
      base: Base<EventState> | null;
      readFirst: boolean;
      seenAt: Date | null;
      registration: RegistrationPlan;
    }
  /** Both sides already say the same; only that has to be noted. */
  | { kind: 'note'; base: Base<EventState> };

/**
 * A look at Luma that is not older than this still counts: edits that follow each other closely cost two requests each
 * run and not three. A host's edit of the same field within this time, of which no webhook tells, is replaced without a
 * conflict being noted.
 */
export const FRESH_LOOK_MS = 10 * SECOND_MS;

/** Compares the newest row with what both sides last agreed on. No I/O, no clock. */
export function planEventPush(event: SyncEvent, link: SyncEventLink | null, now: Date): EventPushPlan {
  if (event.ownership === 'referenced') return { kind: 'skip', reason: 'referenced' };
  if (event.approval === 'draft' || event.approval === 'pending') return { kind: 'skip', reason: 'not-approved' };
  if (link?.state === 'source_deleted') return { kind: 'skip', reason: 'source-deleted' };
  const state = toEventState(event);
  if (link === null || link.lumaEventId === null) {
    const mayExist = link?.createAskedAt != null;
    // Cancelled before it ever went out: there is nothing to hide, unless a create may have got through.
    if (event.approval === 'cancelled' && !mayExist) return { kind: 'skip', reason: 'never-published' };
    return { kind: 'create', mayExist, mayCreate: event.approval !== 'cancelled', state };
  }
  const registration = planRegistration(event, link);
  if (link.base === null) {
    const { lumaEventId, lumaCreatedAt } = link;
    const isNew = { base: null, readFirst: false, seenAt: null };
    return { kind: 'update', lumaEventId, lumaCreatedAt, send: state, ...isNew, registration };
  }
  const send = changedFields(link.base, state);
  // What was asked for and not seen yet has to be looked for, whatever is left to send.
  if (Object.keys(send).length === 0 && link.base.asked === undefined) {
    // No field of a host is replaced, so nothing has to be looked at first.
    if (registration.isDue) {
      const { lumaEventId, lumaCreatedAt, base } = link;
      return { kind: 'update', lumaEventId, lumaCreatedAt, send, base, readFirst: false, seenAt: null, registration };
    }
    return link.pushedRevision >= event.revision && !UNSETTLED.has(link.state)
      ? { kind: 'skip', reason: 'already-pushed' }
      : { kind: 'note', base: link.base };
  }
  return {
    kind: 'update',
    lumaEventId: link.lumaEventId,
    lumaCreatedAt: link.lumaCreatedAt,
    send,
    base: link.base,
    // What began at Luma is Luma's: its newer values win, so they are looked for each time.
    readFirst: event.source !== 'app' || !isFresh(link, now),
    seenAt: link.observedAt,
    registration,
  };
}

/**
 * Says that something is left to do: an edit that came to nothing, or a push that was given up after its last word had
 * got through.
 */
const UNSETTLED: ReadonlySet<SyncEventLink['state']> = new Set(['pending_push', 'push_failed']);

/** Nothing is in flight, and we have just seen what Luma holds. */
function isFresh({ base, observedAt }: SyncEventLink, now: Date): boolean {
  return base?.asked === undefined && base?.underWay === undefined && isFreshLook(observedAt, now);
}

export function isFreshLook(seenAt: Date | null, now: Date): boolean {
  return seenAt !== null && now.getTime() - seenAt.getTime() < FRESH_LOOK_MS;
}

/** Fields of ours that Luma does not have yet. */
function changedFields(base: Base<EventState>, state: EventState): Partial<EventState> {
  const changed = EVENT_FIELDS.filter((field) => {
    if (!isSameEventField(field, state[field], base.ours[field])) return true;
    // Changed back while a request was in flight: Luma may hold what was asked.
    const asked = base.asked?.[field];
    return asked !== undefined && !isSameEventField(field, state[field], asked);
  });
  return Object.fromEntries(changed.map((field) => [field, state[field]])) as Partial<EventState>;
}
