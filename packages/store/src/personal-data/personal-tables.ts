import { Prisma } from '../generated/client.js';
import type { Subject } from './subject.js';

/** Stands in a text whose words were erased. */
export const ERASED = 'erased';

/**
 * One table that holds data of people: which rows are a person's, and what becomes of them. `docs/data-map.md` says the
 * same for readers, column by column, and a test holds both against the schema.
 */
export interface PersonalTable {
  /** Names the class of data in exports and counts. */
  name: string;
  /** The condition on rows `t`. */
  from: Prisma.Sql;
  where(subject: Subject): Prisma.Sql;
  erase(subject: Subject, recipient: string): Prisma.Sql;
}

const sql = Prisma.sql;
const uuids = (ids: readonly string[]) => sql`any(${[...ids]}::uuid[])`;
const texts = (values: readonly string[]) => sql`any(${[...values]}::text[])`;

/**
 * In the order they are erased in: an interrupted run finds the rest again, since the person's own rows go last.
 */
export const PERSONAL_TABLES: readonly PersonalTable[] = [
  {
    name: 'unreadableRecords',
    from: sql`unreadable_records t`,
    where: ({ lumaGuestIds, pattern }) => sql`t.luma_id = ${texts(lumaGuestIds)} or t.raw::text ~* ${pattern}`,
    erase: ({ lumaGuestIds, pattern }) => sql`
      delete from unreadable_records t where t.luma_id = ${texts(lumaGuestIds)} or t.raw::text ~* ${pattern}`,
  },
  {
    name: 'idempotencyKeys',
    from: sql`idempotency_keys t`,
    where: ({ pattern }) => sql`t.body is not null and t.body::text ~* ${pattern}`,
    erase: ({ pattern }) => sql`
      update idempotency_keys t set body = jsonb_build_object('erased', true)
      where t.body is not null and t.body::text ~* ${pattern}`,
  },
  {
    name: 'operations',
    from: sql`operations t`,
    where: (subject) => operationsOf(subject),
    erase: (subject) => sql`
      update operations t set outcome = null, checkpoint = null, error_message = case when error_message is null then
        null else ${ERASED} end
      where ${operationsOf(subject)}`,
  },
  {
    name: 'timeline',
    from: sql`timeline t`,
    where: (subject) => timelineOf(subject),
    erase: (subject) => sql`delete from timeline t where ${timelineOf(subject)}`,
  },
  {
    name: 'conflicts',
    from: sql`conflicts t`,
    where: ({ rsvpIds, eventIds, pattern }) => sql`
      (t.record_type = 'rsvp' and t.record_id = ${uuids(rsvpIds)})
      or (t.record_id = ${uuids(eventIds)} and concat_ws(' ', t.base, t.ours, t.theirs) ~* ${pattern})`,
    erase: ({ rsvpIds, eventIds, pattern }) => sql`
      delete from conflicts t where (t.record_type = 'rsvp' and t.record_id = ${uuids(rsvpIds)})
        or (t.record_id = ${uuids(eventIds)} and concat_ws(' ', t.base, t.ours, t.theirs) ~* ${pattern})`,
  },
  {
    name: 'absences',
    from: sql`absences t`,
    where: ({ rsvpIds }) => sql`t.record_type = 'rsvp' and t.record_id = ${uuids(rsvpIds)}`,
    erase: ({ rsvpIds }) =>
      sql`delete from absences t where t.record_type = 'rsvp' and t.record_id = ${uuids(rsvpIds)}`,
  },
  {
    name: 'removalQuestions',
    from: sql`removal_questions t`,
    where: ({ rsvpIds }) => sql`t.record_type = 'rsvp' and t.record_ids && ${[...rsvpIds]}::uuid[]`,
    erase: ({ rsvpIds }) => sql`
      update removal_questions t set record_ids = array(select id from unnest(t.record_ids) id
        where id <> all(${[...rsvpIds]}::uuid[]))
      where t.record_type = 'rsvp' and t.record_ids && ${[...rsvpIds]}::uuid[]`,
  },
  {
    name: 'guestPages',
    from: sql`guest_pages t`,
    where: ({ lumaGuestIds }) => sql`t.guest_ids && ${[...lumaGuestIds]}::text[]`,
    erase: ({ lumaGuestIds }) => sql`
      update guest_pages t set guest_ids = array(select id from unnest(t.guest_ids) id
        where id <> all(${[...lumaGuestIds]}::text[]))
      where t.guest_ids && ${[...lumaGuestIds]}::text[]`,
  },
  {
    name: 'messages',
    from: sql`messages t`,
    where: ({ assignmentIds, emails }) =>
      sql`t.recipient = ${texts(emails)} or (t.assignment_id = ${uuids(assignmentIds)} and t.recipient not like
          'erased:%')`,
    // The ledger stays: that a mail went out is a fact. Nothing that was not sent yet is sent any more.
    erase: ({ assignmentIds, emails }, recipient) => sql`
      update messages t set recipient = ${recipient}, last_error = case when last_error is null then null
        else jsonb_build_object('code', last_error->'code', 'message', ${ERASED}::text) end,
        state = case when state = 'reserved' then 'failed' else state end
      where t.recipient = ${texts(emails)} or (t.assignment_id = ${uuids(assignmentIds)} and t.recipient not like
        'erased:%')`,
  },
  {
    name: 'eventHosts',
    from: sql`event_hosts t`,
    where: ({ emails }) => sql`lower(t.email) = ${texts(emails)}`,
    erase: ({ emails }) => sql`delete from event_hosts t where lower(t.email) = ${texts(emails)}`,
  },
  {
    name: 'claims',
    from: sql`people t`,
    where: ({ personIds, emails }) =>
      sql`t.claimed_email = ${texts(emails)} and t.id <> all(${[...personIds]}::uuid[])`,
    erase: ({ personIds, emails }) => sql`
      update people t set claimed_email = null, updated_at = now()
      where t.claimed_email = ${texts(emails)} and t.id <> all(${[...personIds]}::uuid[])`,
  },
  {
    name: 'rsvpLinks',
    from: sql`rsvp_links t`,
    where: ({ rsvpIds, emails }) => sql`t.rsvp_id = ${uuids(rsvpIds)} or t.asked_email = ${texts(emails)}`,
    erase: ({ rsvpIds, emails }) => sql`
      update rsvp_links t set asked_email = null where t.rsvp_id = ${uuids(rsvpIds)}
        or t.asked_email = ${texts(emails)}`,
  },
  {
    name: 'rsvps',
    from: sql`rsvps t`,
    where: ({ rsvpIds }) => sql`t.id = ${uuids(rsvpIds)}`,
    erase: ({ rsvpIds }) => sql`delete from rsvps t where t.id = ${uuids(rsvpIds)}`,
  },
  {
    name: 'people',
    from: sql`people t`,
    where: ({ personIds }) => sql`t.id = ${uuids(personIds)}`,
    // Codes that were given stay given: an empty row keeps them counted, and the same person from getting a second one.
    erase: ({ personIds }) => sql`
      with gone as (
        delete from people t where t.id = ${uuids(personIds)} and not exists (select 1 from coupon_assignments a
          where a.person_id = t.id)
        returning t.id
      )
      update people t set external_id = null, name = null, email = null, claimed_email = null, email_verified = false,
        phone = null,
        erased_at = now(), updated_at = now()
      where t.id = ${uuids(personIds)} and t.id not in (select id from gone)`,
  },
];

/** What is exported beside it, and stays: it is counted, and says nothing of the person any more. */
export const KEPT_TABLES: readonly Pick<PersonalTable, 'name' | 'from' | 'where'>[] = [
  {
    name: 'couponAssignments',
    from: sql`(select a.*, c.code, p.name as pool from coupon_assignments a join coupon_codes c on c.id = a.code_id
        join coupon_pools p on p.id = a.pool_id) t`,
    where: ({ assignmentIds }) => sql`t.id = ${uuids(assignmentIds)}`,
  },
];

function operationsOf({ eventIds, pattern }: Subject): Prisma.Sql {
  return sql`(t.event_id = ${uuids(eventIds)} or t.state in ('failed', 'replayed'))
    and concat_ws(' ', t.payload, t.outcome, t.checkpoint, t.error_message) ~* ${pattern}`;
}

function timelineOf({ rsvpIds, eventIds, assignmentIds, pattern }: Subject): Prisma.Sql {
  return sql`t.record_id = ${uuids(rsvpIds)}
    or ((t.event_id = ${uuids(eventIds)} or t.record_id = ${uuids([...eventIds, ...assignmentIds])}) and concat_ws(' ',
      t.message, t.details) ~* ${pattern})`;
}
