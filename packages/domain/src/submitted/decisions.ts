import type { EventLink } from '../event-link/index.js';
import type { EventRecord } from '../events/event-record.js';

type DecidedEvent = Pick<EventRecord, 'approval'> & {
  cancelMode: NonNullable<EventRecord['cancelMode']> | null;
  cancelledAt: Date | null;
};
type KnownLink = Pick<EventLink, 'state'> | null;

/** What a person's decision about an event comes to. */
export type DecisionPlan =
  | { kind: 'unchanged' }
  /** `cancelled-for-good`: Luma has nothing left that could come back. */
  | { kind: 'cancelled' | 'cancelled-for-good' | 'already-approved' }
  /** A further revision of the event; `isPushed`: Luma has to get it. */
  | { kind: 'decide'; change: Partial<DecidedEvent>; isPushed: boolean };

/** The ways of taking an event back that mail nobody and can be undone by approving it again. */
export type QuietCancelMode = 'hide' | 'soft';

/**
 * Lets an event through to Luma; a cancelled one comes back. What closed the registration is kept until it is open
 * again.
 */
export function planApproval(event: DecidedEvent, link: KnownLink): DecisionPlan {
  if (event.approval === 'approved') return { kind: 'unchanged' };
  const isGone = event.approval === 'cancelled' && link?.state === 'source_deleted';
  if (event.cancelMode === 'cancel' || isGone) return { kind: 'cancelled-for-good' };
  const cancelMode = event.cancelMode === 'soft' ? 'soft' : null;
  return { kind: 'decide', change: { approval: 'approved', cancelledAt: null, cancelMode }, isPushed: true };
}

/** A hidden event may still be renamed and closed; for the other way round it has to be approved first. */
export function planCancellation(event: DecidedEvent, link: KnownLink, mode: QuietCancelMode, at: Date): DecisionPlan {
  const isCancelled = event.approval === 'cancelled';
  const before = event.cancelMode ?? 'hide';
  if (isCancelled && (before === mode || before === 'cancel')) return { kind: 'unchanged' };
  if (isCancelled && mode === 'hide') return { kind: 'cancelled' };
  const change = { approval: 'cancelled', cancelledAt: event.cancelledAt ?? at, cancelMode: mode } as const;
  // A push in flight may be creating the event right now; the one requested here comes after it.
  return { kind: 'decide', change, isPushed: event.approval === 'approved' || link !== null };
}

/** Turns down an event that waits. One that is public can only be cancelled. */
export function planRejection({ approval }: Pick<EventRecord, 'approval'>): DecisionPlan {
  if (approval === 'approved') return { kind: 'already-approved' };
  if (approval === 'cancelled') return { kind: 'cancelled' };
  return approval === 'draft'
    ? { kind: 'unchanged' }
    : { kind: 'decide', change: { approval: 'draft' }, isPushed: false };
}
