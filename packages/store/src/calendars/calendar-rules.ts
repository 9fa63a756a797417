import type { Db } from '../database.js';
import type { Prisma } from '../generated/client.js';

const SELECT = {
  id: true,
  defaultTimezone: true,
  publishingRoles: true,
  mailOnUpdate: true,
  mailOnRsvp: true,
  mailCoupons: true,
  mailConfirmAbove: true,
} as const;

/** What a calendar says of its events: defaults, who may publish, whether Luma may mail. */
export type CalendarRules = Prisma.CalendarGetPayload<{ select: typeof SELECT }>;

export function findCalendarRules(db: Db, id: string): Promise<CalendarRules | null> {
  return db.calendar.findUnique({ where: { id }, select: SELECT });
}

export function getCalendarRules(db: Db, id: string): Promise<CalendarRules> {
  return db.calendar.findUniqueOrThrow({ where: { id }, select: SELECT });
}

/** Of the calendars that routing may choose, the one that mails most easily. */
export function findMostMailingCalendar(db: Db): Promise<CalendarRules | null> {
  return db.calendar.findFirst({
    where: { kind: 'luma', syncEnabled: true },
    orderBy: [{ mailOnRsvp: 'desc' }, { mailConfirmAbove: 'asc' }],
    select: SELECT,
  });
}
