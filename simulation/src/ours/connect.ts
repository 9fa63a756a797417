import { eventLinks } from '@luma-sync/domain';
import type { JobContext } from '@luma-sync/jobs';
import type { LeaseWait, NotedReading } from '@luma-sync/store';
import type {
  CalendarPullDeps,
  DriftCheckDeps,
  EventPullDeps,
  EventPushDeps,
  GuestPullDeps,
  InboxApplyDeps,
  LumaAccount,
  RsvpPushDeps,
} from '@luma-sync/sync';
import type { VirtualTime } from '../virtual-time.js';
import { createInMemoryBackfills } from './backfill.js';
import { createInMemoryEvents } from './event-store.js';
import { createInMemoryCoupons, createInMemoryEventRemovals, createInMemoryRemovals } from './guest-pull.js';
import { createInMemoryInbox } from './inbox-store.js';
import { createLeases } from './leases.js';
import { createInMemoryMailGuard } from './mail-guard.js';
import type { Operations } from './operations.js';
import { asEffects, type ProcessRun } from './process-run.js';
import { createInMemoryRsvps } from './rsvp-store.js';
import type { Tables } from './tables.js';

export interface Database {
  tables: Tables;
  operations: Operations;
  time: VirtualTime;
  mailConfirmAbove: number;
}

/** Everything the handlers ask for: a method that one of them begins to use needs an in-memory form. */
export type Deps = CalendarPullDeps &
  DriftCheckDeps &
  EventPullDeps &
  EventPushDeps &
  GuestPullDeps &
  InboxApplyDeps &
  RsvpPushDeps;

/** Covers have tests of their own: no event here has one. */
const noCovers = async (): Promise<never> => {
  throw new Error('no event here has a cover');
};

/** The stores as the handlers of one run are given them. */
export function connect(
  run: ProcessRun,
  account: LumaAccount,
  { tables, operations, time, mailConfirmAbove }: Database,
): Deps {
  const withLease = createLeases(run, operations, time);
  return {
    events: {
      ...asEffects(createInMemoryEvents(tables, operations, time, account.calendarId), 'events', run),
      withEvent: <T>(_holder: unknown, eventId: string, work: () => Promise<T>, wait?: LeaseWait) =>
        withLease(`event:${eventId}`, work, wait),
      withTags: <T>(_holder: unknown, id: string, work: () => Promise<T>, wait?: LeaseWait) =>
        withLease(`tags:${id}`, work, wait),
    },
    rsvps: {
      ...asEffects(createInMemoryRsvps(tables, operations, time), 'rsvps', run),
      withGuests: <T>(_holder: unknown, eventId: string, work: () => Promise<T>, wait?: LeaseWait) =>
        withLease(`guests:${eventId}`, work, wait),
    },
    inbox: asEffects(createInMemoryInbox(tables, operations), 'inbox', run),
    reconcile: {
      noteUnannounced: async (_calendarId: string, _at: Date) => {},
      pulledAt: async (_calendarId: string) => null,
      // Rounds read the guests here by themselves.
      requestSweeps: async (_calendarId: string, _before: Date) => 0,
      touchRead: async (eventId: string, at: Date) => {
        const link = tables.eventLinks.get(eventId);
        if (link !== undefined) tables.eventLinks.set(eventId, { ...link, ...eventLinks.recordRead(link, at) });
      },
    },
    calendars: { markPulled: async (_calendarId: string, _at: Date) => {} },
    checkpoints: {
      read: async (operationId: string): Promise<unknown> => operations.rows.get(operationId)?.checkpoint ?? null,
      write: async (ctx: JobContext, checkpoint: object) => {
        operations.assertOwner(ctx);
        operations.saveCheckpoint(ctx.operationId, checkpoint);
      },
    },
    eventRemovals: asEffects(createInMemoryEventRemovals(), 'eventRemovals', run),
    removals: asEffects(createInMemoryRemovals(), 'removals', run),
    coupons: asEffects(createInMemoryCoupons(), 'coupons', run),
    mailGuard: asEffects(createInMemoryMailGuard(tables, operations, time, mailConfirmAbove), 'mailGuard', run),
    backfills: createInMemoryBackfills(tables, operations),
    covers: { findUpload: noCovers, noteUpload: noCovers },
    fetchPublic: noCovers,
    unreadable: {
      note: async (_calendarId: string, { odd }: Pick<NotedReading, 'odd'>) => {
        for (const { identity } of odd) if (identity.id !== null) tables.unreadable.add(identity.id);
      },
    },
    luma: { open: async (_calendarId: string): Promise<LumaAccount> => account },
  };
}
