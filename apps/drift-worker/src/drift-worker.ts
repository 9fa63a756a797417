import type { HandlerRegistry } from '@luma-sync/queue';
import { handleDriftCheck, handleOrgBackfill, handleWebhookWatch } from '@luma-sync/sync';
import type { BoundHandlers, WorkerApp, WorkerParts } from '@luma-sync/worker';

/** Finds what changed at Luma without a word. */
export const driftWorker: WorkerApp = { name: 'drift-worker', queue: 'drift', handlers: toDriftHandlers };

export function toDriftHandlers(parts: WorkerParts): HandlerRegistry {
  const handlers: BoundHandlers<'drift'> = {
    'drift.check': (payload, ctx) => handleDriftCheck(payload, parts, ctx),
    'org.backfill': (payload, ctx) => handleOrgBackfill(payload, parts, ctx),
    'webhook.watch': (payload, ctx) => handleWebhookWatch(payload, parts, ctx),
  };
  return handlers;
}
