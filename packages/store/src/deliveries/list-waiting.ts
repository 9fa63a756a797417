import type { Database, Db } from '../database.js';
import { Prisma } from '../generated/client.js';
import { fencedTransaction, type LeaseHolder } from '../leases.js';
import type { WaitingDelivery } from './inbox-records.js';

export interface WaitingQuery {
  calendarId: string;
  /** Luma's id of the event. */
  recordKey: string;
  types: readonly string[];
  limit: number;
}

/** More than any body about a guest has. */
const BODY_MAX_BYTES = 65_536;

/**
 * The oldest deliveries about one record that no run has started. Those that failed or killed their process before
 * are left to their own runs.
 */
export function listWaiting(db: Db, query: WaitingQuery): Promise<WaitingDelivery[]> {
  return db.$queryRaw<WaitingDelivery[]>`
    select d.id, d.calendar_id as "calendarId", d.type, d.raw_body as "rawBody", d.state::text as state,
      least(d.signed_at, d.received_at) as "signedAt",
      d.received_at as "receivedAt", o.id as "operationId"
    ${waiting(query)}`;
}

/**
 * Excludes the waiting deliveries of a record from coalescing: each is applied by its own run, as its second attempt.
 * One of them may be the cause of a process death.
 */
export function excludeFromCoalescing(db: Database, holder: LeaseHolder, query: WaitingQuery): Promise<void> {
  return fencedTransaction(db, holder, async (tx) => {
    await tx.$executeRaw`
      update operations set attempts = 1
      where id in (select id from operations where state = 'queued' and id in (select o.id ${waiting(query)})
        order by id for update)`;
  });
}

const waiting = ({ calendarId, recordKey, types, limit }: WaitingQuery): Prisma.Sql => Prisma.sql`
  from webhook_deliveries d
    join operations o on o.dedupe_key = 'inbox.apply:' || d.id and o.state = 'queued' and o.attempts = 0
      and o.crashes = 0 and not o.isolated
  where d.record_key = ${recordKey} and d.state = 'pending' and d.calendar_id = ${calendarId}::uuid
    and d.type = any(${[...types]}::text[]) and octet_length(d.raw_body) <= ${BODY_MAX_BYTES}
  order by d.received_at, d.id
  limit ${limit}`;
