import type { Db } from '../database.js';
import type { AuditEntry, Prisma } from '../generated/client.js';

export type AuditRecord = AuditEntry;

export interface AuditQuery {
  actor?: string | undefined;
  action?: string | undefined;
  subjectType?: string | undefined;
  subject?: string | undefined;
  calendarId?: string | undefined;
  /** Entries of this moment or later. */
  from?: Date | undefined;
  /** Entries of before this moment. */
  to?: Date | undefined;
  /** Id of the last entry of the page before. */
  before?: bigint | undefined;
  limit: number;
}

/** Newest first. Each filter has an index that ends with the order, so that a window of time is a range of it. */
export async function listAudit(db: Db, query: AuditQuery): Promise<AuditRecord[]> {
  const { actor, action, subjectType, subject, calendarId, from, to, before, limit } = query;
  return db.auditEntry.findMany({
    where: {
      AND: before === undefined ? [] : await toOlder(db, before),
      ...(actor === undefined ? {} : { actor }),
      ...(action === undefined ? {} : { action }),
      ...(subjectType === undefined ? {} : { subjectType }),
      ...(subject === undefined ? {} : { subject }),
      ...(calendarId === undefined ? {} : { calendarId }),
      ...(from === undefined && to === undefined
        ? {}
        : { at: { ...(from === undefined ? {} : { gte: from }), ...(to === undefined ? {} : { lt: to }) } }),
    },
    orderBy: [{ at: 'desc' }, { id: 'desc' }],
    take: limit,
  });
}

/** Entries after this one in the list. One that retention has removed meanwhile was among the oldest. */
async function toOlder(db: Db, before: bigint): Promise<Prisma.AuditEntryWhereInput[]> {
  const last = await db.auditEntry.findUnique({ where: { id: before }, select: { at: true } });
  if (last === null) return [{ id: { lt: before } }];
  return [{ at: { lte: last.at } }, { OR: [{ at: { lt: last.at } }, { at: last.at, id: { lt: before } }] }];
}
