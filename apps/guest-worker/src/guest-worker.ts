import type { HandlerRegistry } from '@luma-sync/queue';
import { handleGuestPull, handleRsvpPush, handleRsvpReconcile } from '@luma-sync/sync';
import type { BoundHandlers, WorkerApp, WorkerParts } from '@luma-sync/worker';

/** Guests in both directions. */
export const guestWorker: WorkerApp = { name: 'guest-worker', queue: 'guests', handlers: toGuestHandlers };

export function toGuestHandlers(parts: WorkerParts): HandlerRegistry {
  const handlers: BoundHandlers<'guests'> = {
    'guest.pull': (payload, ctx) => handleGuestPull(payload, parts, ctx),
    'rsvp.push': (payload, ctx) => handleRsvpPush(payload, parts, ctx),
    'rsvp.reconcile': (payload, ctx) => handleRsvpReconcile(payload, parts, ctx),
  };
  return handlers;
}
