import type { Db } from '../database.js';
import type { AuditEntry } from '../generated/client.js';

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
  /** Entries with a smaller id: the last one of the page before. */
  before?: bigint | undefined;
  limit: number;
}

/** Newest first. */
export function listAudit(db: Db, query: AuditQuery): Promise<AuditRecord[]> {
  const { actor, action, subjectType, subject, calendarId, from, to, before, limit } = query;
  return db.auditEntry.findMany({
    where: {
      ...(actor === undefined ? {} : { actor }),
      ...(action === undefined ? {} : { action }),
      ...(subjectType === undefined ? {} : { subjectType }),
      ...(subject === undefined ? {} : { subject }),
      ...(calendarId === undefined ? {} : { calendarId }),
      ...(from === undefined && to === undefined
        ? {}
        : { at: { ...(from === undefined ? {} : { gte: from }), ...(to === undefined ? {} : { lt: to }) } }),
      ...(before === undefined ? {} : { id: { lt: before } }),
    },
    orderBy: { id: 'desc' },
    take: limit,
  });
}
