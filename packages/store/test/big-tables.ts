import type pg from 'pg';

const EVENTS = 100_000;
/** Answers of the event `e1`; every other event has two. */
const ANSWERS_OF_ONE = 20_000;

/**
 * Fills the tables that grow with use. Ten calendars, of which `c9` has nearly no events. The last events of the
 * calendars were changed an hour ago and have drifted: a plan that expects them everywhere reads all the others first.
 */
export async function fillBigTables(pool: pg.Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query(`
      set synchronous_commit = off;
      alter table event_links disable trigger user;
      alter table events disable trigger user;
      alter table audit_log disable trigger user;`);
    for (const statement of [...EVENTS_AND_ANSWERS, ...WORK, ...OPERATORS]) await client.query(statement);
    await client.query(`
      alter table event_links enable trigger user;
      alter table events enable trigger user;
      alter table audit_log enable trigger user;`);
    await client.query('vacuum analyze');
  } finally {
    client.release();
  }
}

const EVENTS_AND_ANSWERS = [
  `insert into calendars (name, kind, mail_on_rsvp) select 'c' || n, 'luma', true from generate_series(0, 9) n`,
  'create temporary table c as select id, row_number() over (order by name) - 1 as n from calendars',
  `insert into events (external_id, source, approval, title, starts_at, ends_at, timezone, effective_calendar_id,
    is_linked, url, updated_at)
    select 'e' || i, 'app', (case when i % 50 = 0 then 'draft' else 'approved' end)::event_approval, 'Event', at,
      at + interval '1 hour', 'UTC', c.id,
      i % 50 <> 0, 'https://luma.com/u' || i,
      now() - case when i > ${EVENTS - 3_000} then interval '1 hour'
        else interval '10 days' + i % 977 * interval '1 hour' end
    from generate_series(1, ${EVENTS}) as s(i) cross join lateral (select now() + i * interval '1 minute' as at) t
      join c on c.n = (case when i % 10000 = 0 then 9 else i % 9 end)`,
  `insert into event_links (event_id, calendar_id, luma_event_id, slug, state, starts_at)
    select e.id, e.effective_calendar_id, 'evt-' || e.external_id, 's' || e.external_id,
      (case when e.external_id like '%0007' then 'push_failed' when e.updated_at > now() - interval '1 day'
        then 'drifted' else 'synced' end)::event_link_state,
      e.starts_at
    from events e where e.approval = 'approved'`,
  "insert into people (external_id, email, origin) select 'p' || n, 'p' || n || '@example.org', 'app' from " +
    `generate_series(1, ${ANSWERS_OF_ONE}) n`,
  `insert into rsvps (event_id, person_id, status, created_at, updated_at)
    select e.id, p.id, (case when p.external_id like '%01' then 'pending' else 'going' end)::rsvp_status,
      now() - n * interval '1 minute',
      now() - case when n < 500 then interval '1 hour' else interval '10 days' end
    from (select id from events where external_id = 'e1') e cross join (select *, substr(external_id, 2)::int as n
      from people) p`,
  `insert into rsvps (event_id, person_id, status, updated_at)
    select e.id, p.id, 'going', now() - interval '10 days' from events e cross join (select id from people
      order by external_id limit 2) p
    where e.external_id <> 'e1'`,
  `insert into rsvp_links (rsvp_id, state, luma_guest_id, updated_at, mail_held_revision, asked_revision, asked_at)
    select id, 'synced', 'gst-' || id, updated_at, case when row_number() over (order by id) % 200 = 0 then 1 end, 1,
      now() - random() * interval '1 day'
    from rsvps`,
];

const WORK = [
  `insert into operations (job, dedupe_key, payload, priority, state, trigger, actor, event_id, calendar_id,
    deadline_at, dispatch_at, created_at, isolated)
    select case when n % 20 = 0 then 'guest.pull' else 'event.push' end, 'k' || n || e.id, '{}', 1,
      (case when e.external_id like '%0003' then 'failed' else 'done' end)::operation_state, 'api', 'app', e.id,
        e.effective_calendar_id, now(), null,
      now() - n * interval '1 hour' - (random() * interval '1 hour'), false
    from events e cross join generate_series(1, 2) n`,
  // Of one job there is nothing but long ago, and only of one calendar.
  `update operations set job = 'guest.pull', created_at = now() - interval '90 days'
    where calendar_id = (select id from c where n = 0) and dedupe_key like 'k1%' and event_id in (
      select id from events where starts_at < now() + interval '20 days')`,
  `insert into webhook_deliveries (calendar_id, webhook_id, type, state, signed_at, received_at)
    select e.effective_calendar_id, e.external_id,
      case when e.external_id like '%005' then 'event.created' when e.external_id like '%7' then 'event.updated'
        else 'guest.updated' end,
      (case when e.external_id like '%0009' then 'failed' when e.external_id like '%8' then 'ignored'
        else 'applied' end)::delivery_state,
      now(), now() - random() * interval '30 days'
    from events e`,
  `insert into coupon_pools (name) values ('pool')`,
  'insert into coupon_codes (pool_id, code) select p.id, n::text from coupon_pools p cross join ' +
    `generate_series(1, ${ANSWERS_OF_ONE}) n`,
  `insert into coupon_assignments (pool_id, person_id, code_id, event_id)
    select c.pool_id, p.id, c.id, e.id from coupon_codes c join people p on p.external_id = 'p' || c.code
      join events e on e.external_id = 'e' || (1 + c.code::int % 1000)`,
  `insert into messages (kind, recipient, idempotency_key, state, created_at, assignment_id)
    select 'coupon', 'expired', a.id::text, (case when random() < 0.001 then 'unknown' else 'sent' end)::message_state,
      now() - random() * interval '30 days', a.id
    from coupon_assignments a`,
  `insert into messages (kind, recipient, idempotency_key, state, created_at)
    select 'coupon', 'expired', e.external_id, (case when e.external_id like '%0001' then 'unknown'
      else 'sent' end)::message_state,
      now() - random() * interval '30 days'
    from events e`,
  `insert into timeline (record_type, record_id, event_id, kind, actor, fact, message)
    select 'event', e.id, e.id, 'observed', 'x', 'seen', 'm' from events e cross join generate_series(1, 2) n`,
  // The newest entries are those of one event: a plan that walks the whole story to find them reads everything before.
  `insert into timeline (record_type, record_id, event_id, kind, actor, fact, message)
    select 'rsvp', r.id, r.event_id, 'observed', 'x', 'seen', 'm' from rsvps r where r.event_id = (select id from
      events where external_id = 'e1')`,
];

const OPERATORS = [
  `insert into conflicts (record_type, record_id, field, rule, resolution, created_at, resolved_at)
    select 'event', e.id, 'title', 'owner_app', 'ours', now() - random() * interval '300 days', case
      when random() < 0.99 then now() end
    from events e where e.external_id like '%3'`,
  `insert into conflicts (record_type, record_id, field, rule, resolution, created_at, resolved_at)
    select 'rsvp', r.id, 'status', 'owner_app', 'ours', now() - random() * interval '300 days', case
      when random() < 0.99 then now() end
    from (select id from rsvps order by id limit 10000) r`,
  `insert into audit_log (at, actor, actor_kind, action, subject_type, subject, calendar_id)
    select now() - (100000 - i) * interval '10 minutes', case when i % 10000 = 0 then 'rare' else 'key' || i % 5 end,
      'api_key',
      case when i < 500 then 'calendar.change' else 'operation.retry' end, case when i < 500 then 'calendar'
        else 'operation' end,
      's' || i % 50000, (select id from c where n = i % 9)
    from generate_series(1, 100000) i`,
  `insert into unreadable_records (calendar_id, kind, luma_id, record_key, luma_event_id, is_taken, source, problems,
    reading_version, seen_last, resolved_at)
    select c.id, case when i % 1000 = 0 then 'event' else 'guest' end, 'gst-' || i, 'gst-' || i, 'evt-e' || (i % 1000),
      false, 'list', '[]', 1,
      now() - random() * interval '90 days', case when i % 500 <> 0 then now() end
    from generate_series(1, 50000) i join c on c.n = (case when i % 10000 = 0 then 9 else i % 9 end)`,
  `insert into removal_questions (record_type, scope_id, missing, total, record_ids, settled_at, created_at)
    select 'rsvp', e.id, 5, 10, array[e.id], case when e.external_id not like '%05' then now() end,
      now() - random() * interval '300 days'
    from events e where e.external_id like '%5'`,
  `insert into backfill_questions (calendar_id, event_id, luma_event_id, shown, reason, answer, settled_at, created_at)
    select e.effective_calendar_id, e.id, 'evt-q', '{}', 'several_fit', case when e.external_id like '%50'
      then 'keep_apart'::backfill_answer end,
      case when e.external_id like '%6' then now() end, now() - random() * interval '300 days'
    from events e`,
  `insert into backfill_plans (calendar_id, actor, starts_after, fingerprint, requests, per_minute, compared,
    questions, created_at)
    select c.id, 'x', now(), 'f', 1, 1, 1, 0, now() - i * interval '1 hour' from c cross join generate_series(1,
      1000) i`,
  `insert into backfill_steps (plan_id, position, kind, basis, requests)
    select (select id from backfill_plans limit 1), i, 'import', 'b', '{}' from generate_series(1, 20000) i`,
  `insert into revoked_sessions (session_hash, expires_at) select 's' || i, now() from generate_series(1, 20000) i`,
];
