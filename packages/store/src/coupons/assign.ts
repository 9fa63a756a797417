import { couponEmail, type Trigger } from '@luma-sync/jobs';
import type { Db } from '../database.js';
import { enqueueOperations } from '../operations/enqueue.js';
import { appendTimeline } from '../timeline/append-timeline.js';
import { noteMissing } from './note-missing.js';

export interface AssignCouponsRequest {
  eventId: string;
  /** People who hold a confirmed place, in the order they are served. Ids of people who are gone are passed over. */
  personIds: readonly string[];
  /** Whether each new assignment is mailed. */
  sendEmails: boolean;
  /** With `sendEmails`: also those that were made for the event before, and of which no mail was asked for. */
  mailAssigned?: boolean;
  trigger: Trigger;
  /** As in `EnqueueOptions`. */
  actor: string;
}

export interface PoolAssignment {
  poolId: string;
  poolName: string;
  assigned: number;
  /** Of the assigned ones; a person without mail address gets a code but no mail. */
  mailsQueued: number;
  alreadyHad: number;
  /** People who got nothing because the pool is empty. New codes start a pull that serves them. */
  outOfCodes: number;
  /** One line for the operator when codes ran out, else null. */
  warning: string | null;
}

/** Bound parameters per statement are limited (32,767); an operation, or an entry of the timeline, takes a dozen. */
const ROWS_PER_STATEMENT = 1_000;

/**
 * Gives each person one code of every pool linked to the event, in the caller's transaction (read committed). Nobody
 * ever gets a second code of a pool, whichever events they attend and however often this runs; nor does an address that
 * the app stated for one person and Luma shows for another. With `sendEmails` the mail's row in the ledger and its
 * operation are written along, so a code that is assigned is also mailed.
 *
 * Callers of one pool take turns until they commit: each of them sees what the earlier ones gave away. Skipping locked
 * codes alone would not do: of two callers with the same person, one locks a code it then does not need, and a third,
 * who finds no other, sends somebody away although a code remains.
 *
 * Guests of a cancelled event get none, so nobody is mailed about it; should it come back, the next call serves them.
 *
 * @returns one entry per linked pool; empty when none is linked, and for a cancelled event.
 */
export async function assignCoupons(tx: Db, request: AssignCouponsRequest): Promise<PoolAssignment[]> {
  const { eventId, sendEmails } = request;
  // Locked in the order of their ids, and a mode that lets codes be read and imported meanwhile.
  const pools = await tx.$queryRaw<{ id: string }[]>`
    select p.id from coupon_pools p join coupon_pool_events e on e.pool_id = p.id
    where e.event_id = ${eventId}::uuid
      and not exists (select 1 from events c where c.id = e.event_id and c.approval = 'cancelled')
    order by p.id
    for no key update of p`;
  if (pools.length === 0) return [];
  const given = await giveCodes(tx, { ...request, poolIds: pools.map(({ id }) => id) });
  for (const pool of given) {
    await tellAssigned(tx, request, pool);
    await noteMissing(tx, request, pool);
  }
  if (sendEmails) {
    const earlier = request.mailAssigned === true ? await mailEarlier(tx, request) : [];
    await enqueueMails(tx, request, [...given.flatMap(({ mails }) => mails), ...earlier]);
  }
  return given.map(({ poolId, poolName, eventTitle, people, wanted, assigned, mails, missing }) => ({
    poolId,
    poolName,
    assigned: assigned.length,
    mailsQueued: mails.length,
    alreadyHad: people - wanted,
    outOfCodes: missing.length,
    warning:
      missing.length > 0
        ? `coupon pool "${poolName}" has no codes left for "${eventTitle}": ${missing.length} people went without`
        : null,
  }));
}

interface Given {
  poolId: string;
  poolName: string;
  eventTitle: string;
  /** Of the people asked for, those we know. */
  people: number;
  /** Of them, those who had no code of this pool yet. */
  wanted: number;
  /** Assignments that were made. */
  assigned: string[];
  /** Those with a mail in the ledger. */
  mails: string[];
  /** People who wanted one and got none. */
  missing: string[];
}

/** A statement of its own after the locks, so that its snapshot holds what earlier callers committed. */
function giveCodes(tx: Db, request: AssignCouponsRequest & { poolIds: string[] }): Promise<Given[]> {
  const personIds = [...new Set(request.personIds)];
  return tx.$queryRaw<Given[]>`
    with asked as (
      select p.id as person_id, coalesce(p.email, p.claimed_email) as email, a.place
      from unnest(${personIds}::uuid[]) with ordinality as a (person_id, place) join people p on p.id = a.person_id
    ),
    wanted as (
      select pool.id as pool_id, asked.person_id, asked.email,
        row_number() over (partition by pool.id order by asked.place) as number
      from unnest(${request.poolIds}::uuid[]) as pool (id) cross join asked
      -- Nor did another person with the address: one who claims it without proof, or the one who has it.
      where not exists (select 1 from coupon_assignments a where a.pool_id = pool.id and a.person_id in (
        select asked.person_id union all select o.id from people o where o.email = asked.email
        union all select o.id from people o where o.claimed_email = asked.email))
    ),
    demand as (select pool_id, count(*) as people from wanted group by pool_id),
    free as (
      select code.pool_id, code.id as code_id, row_number() over (partition by code.pool_id order by code.position) as
        number
      from demand cross join lateral (
        select c.id, c.pool_id, c.position from coupon_codes c
        where c.pool_id = demand.pool_id and not exists (select 1 from coupon_assignments a where a.code_id = c.id)
        order by c.position
        limit demand.people
        for update of c skip locked
      ) as code
    ),
    given as (
      insert into coupon_assignments (pool_id, person_id, code_id, event_id)
      select pool_id, person_id, code_id, ${request.eventId}::uuid from wanted join free using (pool_id, number)
      returning id, pool_id, person_id
    ),
    mails as (
      insert into messages (kind, assignment_id, recipient, idempotency_key)
      select 'coupon', given.id, asked.email, 'coupon-' || given.id
      from given join asked using (person_id)
      where ${request.sendEmails}::boolean and asked.email is not null
      returning assignment_id
    )
    select p.id as "poolId", p.name as "poolName",
      (select count(*)::int from asked) as people,
      (select count(*)::int from wanted where wanted.pool_id = p.id) as wanted,
      array(select given.id from given where given.pool_id = p.id) as assigned,
      array(select m.assignment_id from mails m join given on given.id = m.assignment_id where given.pool_id = p.id) as
        mails,
      array(select w.person_id from wanted w left join free f on f.pool_id = w.pool_id and f.number = w.number
        where w.pool_id = p.id and f.code_id is null order by w.number) as missing,
      (select title from events where id = ${request.eventId}::uuid) as "eventTitle"
    from coupon_pools p where p.id = any(${request.poolIds}::uuid[])
    order by p.name`;
}

/** One entry for each code: who asks later why somebody has one, or no mail, finds it. */
async function tellAssigned(
  tx: Db,
  { eventId, sendEmails, actor: askedBy }: AssignCouponsRequest,
  { poolName: pool, assigned, mails }: Given,
): Promise<void> {
  const mailed = new Set(mails);
  for (let from = 0; from < assigned.length; from += ROWS_PER_STATEMENT) {
    await appendTimeline(
      tx,
      assigned.slice(from, from + ROWS_PER_STATEMENT).map((recordId) => {
        const mail = mailed.has(recordId) ? 'asked-for' : sendEmails ? 'no-address' : 'not-wanted';
        return { recordType: 'coupon', recordId, eventId, fact: { fact: 'coupon-assigned', pool, mail, askedBy } };
      }),
    );
  }
}

/** Codes of the event that these people have without a mail. @returns the assignments that get one now. */
async function mailEarlier(tx: Db, { eventId, personIds, actor: askedBy }: AssignCouponsRequest): Promise<string[]> {
  const asked = await tx.$queryRaw<{ id: string; pool: string }[]>`
    with mails as (
      insert into messages (kind, assignment_id, recipient, idempotency_key)
      select 'coupon', a.id, coalesce(p.email, p.claimed_email), 'coupon-' || a.id
      from coupon_assignments a join people p on p.id = a.person_id
      where a.event_id = ${eventId}::uuid and a.person_id = any(${[...personIds]}::uuid[])
        and coalesce(p.email, p.claimed_email) is not null
      on conflict (assignment_id) do nothing
      returning assignment_id
    )
    select m.assignment_id as id, pool.name as pool
    from mails m join coupon_assignments a on a.id = m.assignment_id join coupon_pools pool on pool.id = a.pool_id`;
  for (let from = 0; from < asked.length; from += ROWS_PER_STATEMENT)
    await appendTimeline(
      tx,
      asked.slice(from, from + ROWS_PER_STATEMENT).map(({ id: recordId, pool }) => {
        const fact = { fact: 'coupon-mail-asked', pool, askedBy } as const;
        return { recordType: 'coupon', recordId, eventId, fact };
      }),
    );
  return asked.map(({ id }) => id);
}

async function enqueueMails(
  tx: Db,
  { eventId, trigger, actor }: AssignCouponsRequest,
  assignmentIds: string[],
): Promise<void> {
  for (let from = 0; from < assignmentIds.length; from += ROWS_PER_STATEMENT) {
    const slice = assignmentIds.slice(from, from + ROWS_PER_STATEMENT);
    const requests = slice.map((assignmentId) => ({ payload: { assignmentId }, trigger, actor, eventId }));
    await enqueueOperations(tx, couponEmail, requests);
  }
}
