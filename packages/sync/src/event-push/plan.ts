import { type Base, EVENT_FIELDS, type EventState, isSameValue, toEventState } from '@luma-sync/domain';
import type { SyncEvent, SyncEventLink } from '@luma-sync/store';

export type EventPushPlan =
  | { kind: 'skip'; reason: 'not-approved' | 'referenced' | 'source-deleted' | 'never-published' | 'already-pushed' }
  /** Nothing at Luma, or an attempt to create whose answer may be lost. */
  | { kind: 'create'; mayExist: boolean; mayCreate: boolean; state: EventState }
  /** `readFirst`: the event began at Luma, whose newer values win over ours, so they have to be known first. */
  | {
      kind: 'update';
      lumaEventId: string;
      send: Partial<EventState>;
      base: Base<EventState> | null;
      readFirst: boolean;
    }
  /** Both sides already say the same; only the revision has to be noted. */
  | { kind: 'note'; base: Base<EventState> };

/** Compares the newest row with what both sides last agreed on. No I/O, no clock. */
export function planEventPush(event: SyncEvent, link: SyncEventLink | null): EventPushPlan {
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
  if (link.base === null) {
    return { kind: 'update', lumaEventId: link.lumaEventId, send: state, base: null, readFirst: false };
  }
  const send = changedFields(link.base, state);
  if (Object.keys(send).length === 0) {
    return link.pushedRevision >= event.revision
      ? { kind: 'skip', reason: 'already-pushed' }
      : { kind: 'note', base: link.base };
  }
  return { kind: 'update', lumaEventId: link.lumaEventId, send, base: link.base, readFirst: event.source !== 'app' };
}

function changedFields(base: Base<EventState>, state: EventState): Partial<EventState> {
  const changed = EVENT_FIELDS.filter((field) => {
    if (!isSameValue(state[field], base.ours[field])) return true;
    // Changed back while a request was under way: Luma may hold what was asked.
    const asked = base.asked?.[field];
    return asked !== undefined && !isSameValue(state[field], asked);
  });
  return Object.fromEntries(changed.map((field) => [field, state[field]])) as Partial<EventState>;
}
