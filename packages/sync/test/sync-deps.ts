import { openSafeFetch } from '@luma-sync/safe-fetch';
import {
  createBackfillStore,
  createCalendarSyncStore,
  createCancellationStore,
  createCheckpoints,
  createCoverStore,
  createEventRemovals,
  createEventSyncStore,
  createGuestCoupons,
  createGuestRemovals,
  createInboxSyncStore,
  createMailGuard,
  createReconcileStore,
  createRsvpSyncStore,
  createWebhookWatchStore,
  type Database,
  type NotedReading,
  noteReading,
  openKeyring,
} from '@luma-sync/store';
import type { LumaAccount } from '../src/index.js';

export type Deps = ReturnType<typeof toDeps>;

const keyring = openKeyring(Buffer.alloc(32, 1).toString('base64'));

/** What handlers are given: the stores of one database, and one account at Luma. */
export function toDeps(db: Database, account: LumaAccount) {
  return {
    events: createEventSyncStore(db),
    rsvps: createRsvpSyncStore(db),
    mailGuard: createMailGuard(db),
    removals: createGuestRemovals(db),
    eventRemovals: createEventRemovals(db),
    coupons: createGuestCoupons(db),
    cancellations: createCancellationStore(db),
    calendars: createCalendarSyncStore(db),
    inbox: createInboxSyncStore(db),
    checkpoints: createCheckpoints(db),
    covers: createCoverStore(db),
    fetchPublic: openSafeFetch({ userAgent: 'test', allowHosts: ['127.0.0.1'], timeoutMs: 5_000 }),
    backfills: createBackfillStore(db),
    reconcile: createReconcileStore(db),
    webhooks: createWebhookWatchStore(db, keyring),
    publicUrl: 'https://app.example.org' as string | null,
    requestsPerMinute: async () => 190,
    unreadable: { note: (calendarId: string, reading: NotedReading) => noteReading(db, calendarId, reading) },
    luma: { open: async (_calendarId: string): Promise<LumaAccount> => account },
  };
}
