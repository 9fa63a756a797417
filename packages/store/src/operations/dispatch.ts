import type { Database } from '../database.js';
import { CALENDAR_WAITS } from './wake.js';

/** An operation for which relay shall make a job; its row counts that job already. */
export interface OperationToDispatch {
  id: string;
  job: string;
  /** `running`: its process died, or its job was lost. */
  state: 'queued' | 'running';
  priority: number;
  /** Jobs made for it, this one included: part of the job's id. */
  dispatches: number;
  /**
   * The Luma account it works for, by the fingerprint of its key; of a calendar without a key its id; null: not known.
   */
  key: string | null;
  /** How many of its calendar, queue and priority wait before it, and itself. */
  turn: number;
}

/** An operation that should have a live job, and is late: has it one? */
export interface OperationToLookAt {
  id: string;
  job: string;
  state: 'queued' | 'running';
  dispatches: number;
}

/** How many jobs a queue has room for, by priority. */
export interface DispatchRoom {
  /** Names of the jobs that go to this queue. */
  jobs: readonly string[];
  priority: number;
  room: number;
}

/**
 * How long a relay may take to hand over what it claimed, and a job may wait, before a relay looks whether it is still
 * there.
 */
const CLAIM_MS = 15_000;

/** What bounds a claim beside the room of a queue. */
export interface ClaimLimits {
  /** Jobs of one calendar that wait for a worker at once, in one queue and priority, at most. */
  perCalendar: number;
}

/** Waits that every operation of the same calendar would meet: while some wait so, no more of them are given a job. */
const ACCOUNT_WAITS = [
  ...CALENDAR_WAITS,
  'limiter.blocked',
  'limiter.budget',
  'limiter.cold_start',
  'limiter.paced',
  'limiter.slow',
  'luma.rate_limited',
];

/**
 * Claims due operations that have no job, as many as there is room for in each queue and priority. They count as
 * dispatched from this moment, before the job is made: a relay that dies in between leaves rows that are looked at 15 s
 * later. Several relays share the rows without waiting for each other.
 *
 * Calendars take turns: the backlog of one neither fills the room nor delays the others. Of one calendar at most
 * `limits.perCalendar` operations wait for a worker; the rest waits here, the longest due first. Operations that name
 * no calendar take turns as if they were of one more, without that limit.
 */
export async function claimForDispatch(
  db: Database,
  rooms: readonly DispatchRoom[],
  limits: ClaimLimits = { perCalendar: Number.MAX_SAFE_INTEGER },
): Promise<OperationToDispatch[]> {
  const open = rooms.filter(({ room }) => room > 0);
  if (open.length === 0) return [];
  const places = open.flatMap(({ jobs, priority, room }, index) => jobs.map((job) => ({ job, priority, room, index })));
  const chosen = await chooseForDispatch(db, places, Math.min(limits.perCalendar, 1_000_000));
  if (chosen.length === 0) return [];
  const ids = chosen.map(({ id }) => id);
  // A statement of its own: from the ids in hand Postgres knows how few they are, and does not read the whole table.
  const claimed = await db.$queryRaw<Omit<OperationToDispatch, 'turn'>[]>`
    with locked as (
      select id from operations
      where id = any(${ids}::uuid[]) and not dispatched and not isolated and dispatch_at <= now()
        and state in ('queued', 'running')
      for update skip locked
    )
    update operations o
    set dispatched = true, dispatches = o.dispatches + 1, dispatch_at = now() + ${CLAIM_MS} * interval '1 ms'
    from locked where o.id = locked.id and o.id = any(${ids}::uuid[])
    returning o.id, o.job, o.state::text as state, o.priority, o.dispatches, (
      select coalesce(c.api_key_fingerprint, pinned.id::text)
      from (
        select coalesce(o.calendar_id, (select l.calendar_id from event_links l where l.event_id = o.event_id)) as id
      ) pinned left join calendars c on c.id = pinned.id
    ) as key`;
  const byId = new Map(claimed.map((operation) => [operation.id, operation]));
  return chosen.flatMap(({ id, turn }) => {
    const operation = byId.get(id);
    return operation === undefined ? [] : [{ ...operation, turn }];
  });
}

/** One kind of job in a room. */
interface DispatchPlace {
  job: string;
  priority: number;
  room: number;
  /** Which room. */
  index: number;
}

/** Ids of due operations whose turn it is, in that order. Another relay may have chosen the same. */
function chooseForDispatch(
  db: Database,
  places: readonly DispatchPlace[],
  max: number,
): Promise<{ id: string; turn: number }[]> {
  // `walk` goes along the index, from calendar to calendar: a backlog costs as much as it has calendars, not rows.
  return db.$queryRaw<{ id: string; turn: number }[]>`
    with recursive places as (
      select * from unnest(
        ${places.map(({ job }) => job)}::text[], ${places.map(({ priority }) => priority)}::int[],
        ${places.map(({ room }) => room)}::int[], ${places.map(({ index }) => index)}::int[]
      ) as p(job, priority, room, queue)
    ), jobs_of_queue as (
      select queue, array_agg(job) as jobs from places group by queue
    ), walk as (
      select p.*, o.calendar_id from places p cross join lateral (
        select calendar_id from operations
        where job = p.job and priority = p.priority and not dispatched and dispatch_at is not null
          and calendar_id is not null
        order by calendar_id limit 1
      ) o
      union all
      select w.job, w.priority, w.room, w.queue, o.calendar_id from walk w cross join lateral (
        select calendar_id from operations
        where job = w.job and priority = w.priority and not dispatched and dispatch_at is not null
          and calendar_id > w.calendar_id
        order by calendar_id limit 1
      ) o
    ), turns as (
      select queue, priority, room, calendar_id, array_agg(job) as jobs,
        ceil(room::float8 / count(*) over (partition by queue))::int as share
      from walk group by queue, priority, room, calendar_id
    ), open_turns as (
      select t.*, w.waiting from turns t join jobs_of_queue j using (queue) cross join lateral (
        select count(*)::int as waiting from (
          select 1 from operations
          where calendar_id = t.calendar_id and priority = t.priority and job = any(j.jobs)
            and dispatched and dispatch_at is not null and state = 'queued'
            and (run_after <= now() or waiting_reason = any(${ACCOUNT_WAITS}::text[]))
          limit ${max}::int
        ) waiting_jobs
      ) w
      where w.waiting < ${max}::int
    ), due as (
      select o.id, o.dispatch_at, t.queue, t.room, t.waiting as before, t.calendar_id
      from open_turns t cross join lateral unnest(t.jobs) as j(job) cross join lateral (
        select id, dispatch_at from operations
        where job = j.job and priority = t.priority and not dispatched and not isolated and calendar_id = t.calendar_id
          and dispatch_at <= now()
        order by dispatch_at limit least(${max}::int - t.waiting, t.share)
      ) o
      union all
      select o.id, o.dispatch_at, p.queue, p.room, 0, null
      from places p cross join lateral (
        select id, dispatch_at from operations
        where job = p.job and priority = p.priority and not dispatched and not isolated and calendar_id is null
          and dispatch_at <= now()
        order by dispatch_at limit p.room
      ) o
    ), in_turn as (
      select *, before + row_number() over (partition by queue, calendar_id order by dispatch_at) as turn from due
    ), chosen as (
      select id, room, case when calendar_id is null then 1 else turn end as turn,
        row_number() over (partition by queue order by turn, dispatch_at) as place
      from in_turn where calendar_id is null or turn <= ${max}::int
    )
    select id, turn::int as turn from chosen where place <= room order by place`;
}

/**
 * Claims operations whose job is late: it waits long, its wait is over, or its run fell silent. A running operation
 * whose lease is alive is not among them.
 */
export function claimForLook(db: Database, limit: number): Promise<OperationToLookAt[]> {
  return db.$queryRaw<OperationToLookAt[]>`
    with late as (
      select id from operations
      where dispatched and not isolated and dispatch_at <= now()
      order by dispatch_at
      limit ${limit}
      for update skip locked
    )
    update operations o
    set dispatch_at = now() + ${CLAIM_MS} * interval '1 ms'
    from late where o.id = late.id and o.state in ('queued', 'running')
    returning o.id, o.job, o.state::text as state, o.dispatches`;
}

/**
 * Says that the operations have no job, or may have none: they are dispatched again as soon as there is room, after
 * `waitMs` at the earliest. Without a wait they keep the place in line that they had before.
 */
export async function markUndispatched(db: Database, ids: readonly string[], waitMs = 0): Promise<void> {
  await db.$executeRaw`
    update operations set dispatched = false,
      dispatch_at = case when ${waitMs}::int = 0 then run_after else greatest(run_after, now() + ${waitMs} * interval
        '1 ms') end
    where id = any(${[...ids]}::uuid[]) and state in ('queued', 'running')`;
}

/** Operations of a calendar that have a job now: they run, or wait for a worker or for their time. */
export async function countDispatched(db: Database, calendarId: string): Promise<number> {
  const [row] = await db.$queryRaw<{ count: number }[]>`
    select count(*)::int as count from operations
    where calendar_id = ${calendarId}::uuid and dispatched and dispatch_at is not null`;
  return row?.count ?? 0;
}

/**
 * Jobs of due operations that this version does not know, or whose priority it does not know: another version wrote
 * them.
 */
export async function findUndispatchable(
  db: Database,
  known: { jobs: readonly string[]; priorities: readonly number[] },
): Promise<string[]> {
  const rows = await db.$queryRaw<{ job: string }[]>`
    select distinct job from operations
    where not dispatched and not isolated and dispatch_at <= now()
      and not (job = any(${[...known.jobs]}::text[]) and priority = any(${[...known.priorities]}::int[]))
    limit 20`;
  return rows.map(({ job }) => job);
}

/**
 * Operations that were accepted and are not finished, and the age of the oldest that is due; for metrics and readiness.
 */
export async function measureBacklog(db: Database): Promise<{ queued: number; running: number; oldestDueMs: number }> {
  const [row] = await db.$queryRaw<{ queued: number; running: number; oldestDueMs: number }[]>`
    select count(*) filter (where state = 'queued')::int as queued,
           count(*) filter (where state = 'running')::int as running,
           coalesce(extract(epoch from now() - min(run_after) filter (where state = 'queued' and run_after <= now())) *
             1000, 0)::float8 as "oldestDueMs"
    from operations where state in ('queued', 'running')`;
  return row ?? { queued: 0, running: 0, oldestDueMs: 0 };
}
