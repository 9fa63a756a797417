-- Lists of events by their state at Luma are ordered by start: the start stands in the link as well, so that one index gives both.
-- An approved event without a link waits for its first push: "is_linked" lets a small index find these.
alter table "events" add column "is_linked" boolean not null default false;
alter table "event_links" add column "starts_at" timestamptz(3);

-- The bodies hold no semicolon (\073 is one), since migrations are split at semicolons before they are sent.
-- The event's row is locked: a start that another transaction is changing is waited for.
create function "set_link_start"() returns trigger language plpgsql as E'
begin
  select starts_at into new.starts_at from events where id = new.event_id for no key update\073
  return new\073
end
';
create trigger "event_links_start" before insert or update of "event_id" on "event_links"
  for each row execute function "set_link_start"();

create function "update_link_start"() returns trigger language plpgsql as E'
begin
  update event_links set starts_at = new.starts_at where event_id = new.id and starts_at is distinct from new.starts_at\073
  return null\073
end
';
create trigger "events_link_start" after update of "starts_at" on "events"
  for each row when (old."starts_at" is distinct from new."starts_at") execute function "update_link_start"();

create or replace function "update_effective_calendar"() returns trigger language plpgsql as E'
begin
  if tg_op = \'DELETE\' or (tg_op = \'UPDATE\' and old.event_id is distinct from new.event_id) then
    update events e set is_linked = l.id is not null, effective_calendar_id = coalesce(l.calendar_id, e.calendar_id)
    from (select old.event_id as event_id) o left join event_links l on l.event_id = o.event_id
    where e.id = o.event_id\073
  end if\073
  if tg_op <> \'DELETE\' then
    update events e set is_linked = true, effective_calendar_id = new.calendar_id
    where e.id = new.event_id and (e.effective_calendar_id is distinct from new.calendar_id or not e.is_linked)\073
  end if\073
  return null\073
end
';

update "event_links" l set "starts_at" = e."starts_at" from "events" e where e."id" = l."event_id";
update "events" e set "is_linked" = true where exists (select 1 from "event_links" l where l."event_id" = e."id");

-- The columns after the id are checked within the index: rows that do not fit cost no look at the table, however many come first.
drop index "events_starts_at_id_idx";
create index "events_by_start" on "events" ("starts_at", "id", "updated_at", "approval", "effective_calendar_id");
drop index "events_effective_calendar_id_starts_at_id_idx";
create index "events_of_calendar_by_start" on "events" ("effective_calendar_id", "starts_at", "id", "updated_at", "approval");
create index "events_not_linked" on "events" ("starts_at", "id") where "approval" = 'approved'::event_approval and not "is_linked";
drop index "event_links_state_idx";
create index "event_links_by_state" on "event_links" ("state", "starts_at", "event_id");
drop index "event_links_calendar_id_state_idx";
create index "event_links_of_calendar_by_state" on "event_links" ("calendar_id", "state", "starts_at", "event_id");

-- The event that a conflict is of: its own, or that of the answer.
alter table "conflicts" add column "event_id" uuid;
create function "set_conflict_event"() returns trigger language plpgsql as E'
begin
  new.event_id := case when new.record_type = \'event\' then new.record_id
    else (select event_id from rsvps where id = new.record_id) end\073
  return new\073
end
';
create trigger "conflicts_event" before insert on "conflicts" for each row execute function "set_conflict_event"();
update "conflicts" set "event_id" = case when "record_type" = 'event' then "record_id"
  else (select r."event_id" from "rsvps" r where r."id" = "record_id") end;
create index "conflicts_event_id_created_at_id_idx" on "conflicts" ("event_id", "created_at", "id");
create index "conflicts_open" on "conflicts" ("created_at", "id") where "resolved_at" is null;
create index "conflicts_resolved" on "conflicts" ("created_at", "id") where "resolved_at" is not null;

drop index "audit_log_at_idx";
create index "audit_log_at_id_idx" on "audit_log" ("at", "id");
drop index "audit_log_subject_id_idx";
create index "audit_log_subject_at_id_idx" on "audit_log" ("subject", "at", "id");
drop index "audit_log_calendar_id_id_idx";
create index "audit_log_calendar_id_at_id_idx" on "audit_log" ("calendar_id", "at", "id");
drop index "audit_log_action_id_idx";
create index "audit_log_action_at_id_idx" on "audit_log" ("action", "at", "id");
drop index "audit_log_actor_id_idx";
create index "audit_log_actor_at_id_idx" on "audit_log" ("actor", "at", "id");
create index "audit_log_subject_type_at_id_idx" on "audit_log" ("subject_type", "at", "id");

drop index "backfill_questions_calendar_id_created_at_idx";
create index "backfill_questions_present" on "backfill_questions" ("created_at", "id", "answer") where "settled_at" is null;
create index "backfill_questions_present_of_calendar" on "backfill_questions" ("calendar_id", "created_at", "id", "answer") where "settled_at" is null;
