import { hasChangedRecord, type Trigger } from '@luma-sync/jobs';
import type { RunFact } from '@luma-sync/timeline';
import type { Db } from '../database.js';
import { type TimelineRecordType, type TimelineRowInput, toRow } from './append-timeline.js';

export type EndedRun = Pick<RunFact, 'ending' | 'requests' | 'requestsMore'> & { operationId: string };

/**
 * Records, in the timeline of the record an operation is about, how one of its runs ended and what it asked of Luma. A
 * run that only repeats what the newest entries say already (nothing new, waits for the same) is counted there, so that
 * a quiet record does not grow.
 */
export async function appendRun(db: Db, { operationId, ...run }: EndedRun): Promise<void> {
  if (isTold(run)) return;
  const operation = await findOperation(db, operationId);
  if (operation === null) return;
  const { job, trigger, actor: askedBy, record } = operation;
  const fact: RunFact = { fact: 'run', job, trigger, askedBy, ...run };
  const row = toRow({ ...record, operationId, fact });
  await writeCounted(db, row, toRepeatKey(fact));
}

/** Without a request of its own, a run that did its work has been told by what it wrote. */
function isTold({ ending, requests }: Omit<EndedRun, 'operationId'>): boolean {
  if (requests.length > 0) return false;
  if (ending.kind === 'interrupted') return true;
  if (ending.kind !== 'done') return false;
  return !('applied' in ending.details) || hasChangedRecord(ending.details);
}

interface OperationAbout {
  job: string;
  trigger: Trigger;
  actor: string;
  record: { recordType: TimelineRecordType; recordId: string; eventId: string | null };
}

async function findOperation(db: Db, operationId: string): Promise<OperationAbout | null> {
  // A delivery's operation carries Luma's id of the event it speaks of.
  const [row] = await db.$queryRaw<
    {
      job: string;
      trigger: Trigger;
      actor: string;
      eventId: string | null;
      calendarId: string | null;
      couponId: string | null;
    }[]
  >`
    select o.job, o.trigger::text as trigger, o.actor, coalesce(o.event_id, l.event_id) as "eventId", o.calendar_id as
      "calendarId",
      o.payload->>'assignmentId' as "couponId"
    from operations o left join event_links l on o.event_id is null and l.luma_event_id = o.payload->>'recordKey'
    where o.id = ${operationId}::uuid`;
  if (row === undefined) return null;
  const { job, trigger, actor, eventId, calendarId, couponId } = row;
  if (couponId !== null) return { job, trigger, actor, record: { recordType: 'coupon', recordId: couponId, eventId } };
  if (eventId !== null) return { job, trigger, actor, record: { recordType: 'event', recordId: eventId, eventId } };
  if (calendarId === null) return null;
  return { job, trigger, actor, record: { recordType: 'calendar', recordId: calendarId, eventId: null } };
}

/** Null for what is told each time: a run that wrote at Luma, failed, or found something. */
function toRepeatKey({ job, ending, requests, requestsMore }: RunFact): string | null {
  if (requestsMore > 0 || requests.some(({ method }) => method !== 'GET')) return null;
  switch (ending.kind) {
    case 'skipped':
      return `${job} skipped ${ending.reason}`;
    case 'waiting':
      return `${job} waiting ${ending.code}`;
    case 'interrupted':
      return `${job} interrupted`;
    case 'done':
      return hasChangedRecord(ending.details) ? null : `${job} done ${JSON.stringify(ending.details)}`.slice(0, 500);
    default:
      return null;
  }
}

/** How far back an equal entry is looked for; a record has no more kinds of quiet at a time. */
const LOOK_BACK = 20;

/** Counts the entry where an equal one stands and nothing was told since that is told each time; else appends it. */
async function writeCounted(db: Db, row: TimelineRowInput, repeatKey: string | null): Promise<void> {
  await db.$executeRaw`
    with newest as (
      select id, repeat_key from timeline where record_id = ${row.recordId}::uuid order by id desc limit ${LOOK_BACK}
    ), same as (
      select max(id) as id from newest
      where repeat_key = ${repeatKey} and id > coalesce((select max(id) from newest where repeat_key is null), 0)
    ), counted as (
      update timeline t set repeats = t.repeats + 1, last_at = now(), operation_id = ${row.operationId}::uuid,
        details = ${row.details}::jsonb
      from same where t.id = same.id
      returning t.id
    )
    insert into timeline (record_type, record_id, event_id, actor, operation_id, fact, details, repeat_key)
    select ${row.recordType}, ${row.recordId}::uuid, ${row.eventId}::uuid, ${row.actor}, ${row.operationId}::uuid,
      ${row.fact}, ${row.details}::jsonb, ${repeatKey}
    where not exists (select 1 from counted)`;
}
