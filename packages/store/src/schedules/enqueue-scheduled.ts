import { calendarPull, driftCheck, type JobDefinition, orgBackfill, webhookWatch } from '@luma-sync/jobs';
import type { z } from 'zod';
import type { Db } from '../database.js';
import { enqueueOperations } from '../operations/enqueue.js';

const QUARTER_MS = 15 * 60_000;
const SCHEDULED = { trigger: 'scheduled', actor: 'schedule' } as const;

/** One pull per calendar with a key, spread over `spreadMs` so that budgets are not hit at once. @returns how many. */
export function enqueueCalendarPulls(tx: Db, spreadMs: number): Promise<number> {
  return enqueueForCalendars(tx, calendarPull, (calendarId) => ({ calendarId }), spreadMs);
}

/**
 * As {@link enqueueCalendarPulls}, for one page of each calendar. Luma sorts by start alone, so both ends of its list
 * take turns.
 */
export function enqueueCalendarHeads(tx: Db, slot: Date, spreadMs: number): Promise<number> {
  const head = Math.floor(slot.getTime() / QUARTER_MS) % 2 === 0 ? ('next' as const) : ('last' as const);
  return enqueueForCalendars(tx, calendarPull, (calendarId) => ({ calendarId, head }), spreadMs);
}

/** As {@link enqueueCalendarPulls}, for drift checks. */
export function enqueueDriftChecks(tx: Db, spreadMs: number): Promise<number> {
  return enqueueForCalendars(tx, driftCheck, (calendarId) => ({ calendarId }), spreadMs);
}

/** As {@link enqueueCalendarPulls}, for backfills; what they are sure of is done. */
export function enqueueBackfills(tx: Db, spreadMs: number): Promise<number> {
  const toPayload = (calendarId: string) => ({ calendarId, planId: null, apply: true, startsAfter: null });
  return enqueueForCalendars(tx, orgBackfill, toPayload, spreadMs);
}

/** As {@link enqueueCalendarPulls}, for looks at webhooks, all at once: they are one request each. */
export function enqueueWebhookWatches(tx: Db): Promise<number> {
  return enqueueForCalendars(tx, webhookWatch, (calendarId) => ({ calendarId }), 0);
}

async function enqueueForCalendars<D extends JobDefinition>(
  tx: Db,
  definition: D,
  toPayload: (calendarId: string) => z.input<D['payload']>,
  spreadMs: number,
): Promise<number> {
  const calendars = await tx.calendar.findMany({
    where: { kind: 'luma', syncEnabled: true, apiKeyCipher: { not: null } },
    orderBy: { createdAt: 'asc' },
    select: { id: true },
  });
  const requests = calendars.map(({ id }, index) => ({
    ...SCHEDULED,
    payload: toPayload(id),
    calendarId: id,
    runAfter: new Date(Date.now() + Math.floor((index * spreadMs) / calendars.length)),
  }));
  return (await enqueueOperations(tx, definition, requests)).length;
}
