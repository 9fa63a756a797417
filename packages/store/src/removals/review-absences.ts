import { isDueForRemoval, isTooMuchMissing } from '@luma-sync/domain';
import type { Db } from '../database.js';
import type { AbsentRecord } from '../generated/client.js';
import { askAboutMissing, findAllowedRemovals, settleQuestion } from './questions.js';

/** What a complete listing lacked. */
export interface MissingRecords {
  recordType: AbsentRecord;
  /** What was listed: the event of guests, the calendar of events. */
  scopeId: string;
  /** Records we know there, the missing ones included. */
  total: number;
  missing: readonly string[];
  /** When the listing began. The same listing given twice counts once. */
  listedAt: Date;
  /**
   * 2: a record is due when two listings, some time apart, lacked it. 1: at once, since the read that follows tells for
   * sure.
   */
  listings: 1 | 2;
}

export interface AbsenceReview {
  /** Missing long enough: a read of each settles whether it is gone. */
  due: string[];
  /** A person has to say what so many missing records mean; until then none of them is due. */
  isAsked: boolean;
}

/**
 * Takes note of what a complete listing lacked, in the caller's transaction. Nothing is removed here; what is due has
 * to be confirmed by a read, and nothing is due while so much is missing that it is hard to believe.
 */
export async function reviewAbsences(tx: Db, listed: MissingRecords): Promise<AbsenceReview> {
  const { recordType, scopeId, missing, listedAt } = listed;
  // Shown again: whatever was thought of it is over. What was removed keeps its note, for undoing that.
  await tx.$executeRaw`
    delete from absences where record_type = ${recordType}::absent_record and scope_id = ${scopeId}::uuid
      and removed_at is null
      and not record_id = any(${[...missing]}::uuid[])`;
  const rows = await noteMissing(tx, listed);
  const open = rows.filter(({ keptAt }) => keptAt === null);
  const allowed = await findAllowedRemovals(tx, listed);
  const unanswered = open.filter(({ recordId }) => !allowed.has(recordId));
  const isAsked = isTooMuchMissing(unanswered.length, listed.total);
  if (isAsked) await askAboutMissing(tx, { ...listed, missing: unanswered.map(({ recordId }) => recordId) });
  else if (!open.some(({ recordId }) => allowed.has(recordId))) await settleQuestion(tx, recordType, scopeId);
  const due = open.filter(
    (row) => allowed.has(row.recordId) || (!isAsked && (listed.listings === 1 || isDueForRemoval(row, listedAt))),
  );
  return { due: due.map(({ recordId }) => recordId), isAsked };
}

interface NotedAbsence {
  recordId: string;
  firstMissingAt: Date;
  listings: number;
  keptAt: Date | null;
}

function noteMissing(tx: Db, { recordType, scopeId, missing, listedAt }: MissingRecords): Promise<NotedAbsence[]> {
  return tx.$queryRaw<NotedAbsence[]>`
    insert into absences as a (record_type, record_id, scope_id, first_missing_at, last_missing_at)
    select ${recordType}::absent_record, id, ${scopeId}::uuid, ${listedAt}::timestamptz, ${listedAt}::timestamptz
    from unnest(${[...missing]}::uuid[]) as id order by id
    on conflict (record_type, record_id) do update set
      -- Removed, come back and missing anew: from the beginning.
      first_missing_at = case when a.removed_at is null then a.first_missing_at else excluded.first_missing_at end,
      listings = case when a.removed_at is not null then 1 when a.last_missing_at < excluded.last_missing_at then
        a.listings + 1 else a.listings end,
      last_missing_at = greatest(a.last_missing_at, excluded.last_missing_at),
      removed_at = null, before = null
    returning record_id as "recordId", first_missing_at as "firstMissingAt", listings, kept_at as "keptAt"`;
}

/** A read found it: nothing is missing. */
export async function forgetAbsence(tx: Db, recordType: AbsentRecord, recordId: string): Promise<void> {
  await tx.absence.deleteMany({ where: { recordType, recordId, removedAt: null } });
}
