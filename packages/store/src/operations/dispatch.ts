import type { Database } from '../database.js';

/** An operation for which relay shall make a job; its row counts that job already. */
export interface OperationToDispatch {
  id: string;
  job: string;
  /** `running`: its process died, or its job was lost. */
  state: 'queued' | 'running';
  priority: number;
  /** Jobs made for it, this one included: part of the job's id. */
  dispatches: number;
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

/** How long a relay may take to hand over what it claimed, and a job may wait, before a relay looks whether it is still there. */
const CLAIM_MS = 15_000;

/**
 * Claims due operations that have no job, as many as there is room for, the longest due first in each queue and priority. They count as
 * dispatched from this moment, before the job is made: a relay that dies in between leaves rows that are looked at 15 s later. Several relays
 * share the rows without waiting for each other.
 */
export async function claimForDispatch(db: Database, rooms: readonly DispatchRoom[]): Promise<OperationToDispatch[]> {
  const open = rooms.filter(({ room }) => room > 0);
  if (open.length === 0) return [];
  const places = open.flatMap(({ jobs, priority, room }, index) => jobs.map((job) => ({ job, priority, room, index })));
  // One look into the index for each job and priority: a backlog of one kind costs the others nothing.
  return db.$queryRaw<OperationToDispatch[]>`
    with places as (
      select * from unnest(
        ${places.map(({ job }) => job)}::text[], ${places.map(({ priority }) => priority)}::int[],
        ${places.map(({ room }) => room)}::int[], ${places.map(({ index }) => index)}::int[]
      ) as p(job, priority, room, queue)
    ), due as (
      select o.id, p.room, row_number() over (partition by p.queue order by o.dispatch_at) as place
      from places p cross join lateral (
        select id, dispatch_at from operations
        where job = p.job and priority = p.priority and not dispatched and dispatch_at <= now()
        order by dispatch_at limit p.room
        for update skip locked
      ) o
    )
    update operations o
    set dispatched = true, dispatches = o.dispatches + 1, dispatch_at = now() + ${CLAIM_MS} * interval '1 ms'
    from due where o.id = due.id and due.place <= due.room and o.state in ('queued', 'running')
    returning o.id, o.job, o.state::text as state, o.priority, o.dispatches`;
}

/**
 * Claims operations whose job is late: it waits long, its wait is over, or its run fell silent. A running operation whose lease is alive is
 * not among them.
 */
export function claimForLook(db: Database, limit: number): Promise<OperationToLookAt[]> {
  return db.$queryRaw<OperationToLookAt[]>`
    with late as (
      select id from operations
      where dispatched and dispatch_at <= now()
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
 * Says that the operations have no job, or may have none: they are dispatched again as soon as there is room, after `waitMs` at the earliest.
 * Without a wait they keep the place in line that they had before.
 */
export async function markUndispatched(db: Database, ids: readonly string[], waitMs = 0): Promise<void> {
  await db.$executeRaw`
    update operations set dispatched = false,
      dispatch_at = case when ${waitMs}::int = 0 then run_after else greatest(run_after, now() + ${waitMs} * interval '1 ms') end
    where id = any(${[...ids]}::uuid[]) and state in ('queued', 'running')`;
}

/** Jobs of due operations that this version does not know, or whose priority it does not know: another version wrote them. */
export async function findUndispatchable(
  db: Database,
  known: { jobs: readonly string[]; priorities: readonly number[] },
): Promise<string[]> {
  const rows = await db.$queryRaw<{ job: string }[]>`
    select distinct job from operations
    where not dispatched and dispatch_at <= now()
      and not (job = any(${[...known.jobs]}::text[]) and priority = any(${[...known.priorities]}::int[]))
    limit 20`;
  return rows.map(({ job }) => job);
}

/** Operations that were accepted and are not finished, and the age of the oldest that is due; for metrics and readiness. */
export async function measureBacklog(db: Database): Promise<{ queued: number; running: number; oldestDueMs: number }> {
  const [row] = await db.$queryRaw<{ queued: number; running: number; oldestDueMs: number }[]>`
    select count(*) filter (where state = 'queued')::int as queued,
           count(*) filter (where state = 'running')::int as running,
           coalesce(extract(epoch from now() - min(run_after) filter (where state = 'queued' and run_after <= now())) * 1000, 0)::float8 as "oldestDueMs"
    from operations where state in ('queued', 'running')`;
  return row ?? { queued: 0, running: 0, oldestDueMs: 0 };
}
