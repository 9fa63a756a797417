import type { HandlerRegistry } from '@luma-sync/queue';
import {
  handleCalendarPull,
  handleEventCancel,
  handleEventPull,
  handleEventPush,
  handleInboxApply,
} from '@luma-sync/sync';
import type { BoundHandlers, WorkerApp, WorkerParts } from '@luma-sync/worker';

/** Events in both directions, and everything Luma's webhooks tell. */
export const eventWorker: WorkerApp = { name: 'event-worker', queue: 'events', handlers: toEventHandlers };

export function toEventHandlers(parts: WorkerParts): HandlerRegistry {
  const handlers: BoundHandlers<'events'> = {
    'event.cancel': (payload, ctx) => handleEventCancel(payload, parts, ctx),
    'event.push': (payload, ctx) => handleEventPush(payload, parts, ctx),
    'event.pull': (payload, ctx) => handleEventPull(payload, parts, ctx),
    'calendar.pull': (payload, ctx) => handleCalendarPull(payload, parts, ctx),
    'inbox.apply': (payload, ctx) => handleInboxApply(payload, parts, ctx),
  };
  return handlers;
}
