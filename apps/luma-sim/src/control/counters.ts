import type { BudgetReport } from '../budget.js';
import type { Parts } from '../parts.js';

/** Two records where there should be one. */
export interface Duplicates {
  /** Guests of one event with the same address, upper and lower case alike. */
  guests: { eventId: string; email: string; count: number }[];
  /** Events of one calendar with the same name and start. */
  events: { calendarId: string; name: string; startAt: string; count: number }[];
}

/** Everything counted since the start or the last reset. */
export function toCounters(parts: Parts) {
  const { world, log, sender } = parts;
  const nowMs = parts.clock.now();
  const budgets: Record<string, BudgetReport> = {};
  for (const [calendarId, budget] of parts.budgets) budgets[calendarId] = budget.report(nowMs);
  const reports = Object.values(budgets);
  const sum = (count: (report: BudgetReport) => number) => reports.reduce((total, report) => total + count(report), 0);
  const eventsByCalendar: Record<string, number> = {};
  let guests = 0;
  for (const event of world.events.values()) {
    eventsByCalendar[event.calendarId] = (eventsByCalendar[event.calendarId] ?? 0) + 1;
    guests += event.guests.size;
  }
  return {
    requests: log.total,
    ...world.counts,
    events: world.events.size,
    eventsByCalendar,
    guests,
    uploads: parts.images.count,
    mailsLumaWouldHaveSent: world.mails.counts(),
    breaches: sum((report) => report.breaches),
    lockouts: sum((report) => report.lockouts),
    refusedWhileLocked: sum((report) => report.refusedWhileLocked),
    /** Largest over all calendars and rules; `budgets` has them one by one. */
    maxInAnyWindow: Math.max(0, ...reports.flatMap((report) => report.rules.map((rule) => rule.maxInAnyWindow))),
    budgets,
    /**
     * Requests that went around the client's budget: without the header the settings ask for, or with one that had been
     * used.
     */
    refusedWithoutSlot: log.refused.withoutSlot,
    refusedWithUsedSlot: log.refused.withUsedSlot,
    /** Requests that Luma's document does not allow; `GET /_sim/outside` has the newest of them. */
    outsideDocument: parts.outside.count,
    /** Attempts and final failures; `webhooks` has all figures. */
    webhooksSent: sender.counts.attempts,
    webhooksFailed: sender.counts.failed,
    webhooks: { ...sender.counts, pending: sender.pending },
    duplicates: findDuplicates(parts),
  };
}
export type SimCounters = ReturnType<typeof toCounters>;

function findDuplicates({ world }: Parts): Duplicates {
  const events = [...world.events.values()];
  const guests = events.flatMap((event) =>
    repeated([...event.guests.values()], (guest) => guest.email.toLowerCase()).map(([email, found]) => ({
      eventId: event.id,
      email,
      count: found.length,
    })),
  );
  const sameEvents = repeated(events, (event) => JSON.stringify([event.calendarId, event.name, event.startAt]));
  return {
    guests,
    events: sameEvents.flatMap(([, found]) =>
      found.slice(0, 1).map(({ calendarId, name, startAt }) => ({ calendarId, name, startAt, count: found.length })),
    ),
  };
}

function repeated<T>(items: T[], keyOf: (item: T) => string): [string, T[]][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return [...groups].filter(([, group]) => group.length > 1);
}
