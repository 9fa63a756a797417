-- The calendar an event is pinned to, or asks for while it is pinned to none: lists are filtered by it and ordered by start, from one index.
alter table "events" add column "effective_calendar_id" uuid;

-- The bodies hold no semicolon (\073 is one), since migrations are split at semicolons before they are sent.
create function "set_effective_calendar"() returns trigger language plpgsql as E'
begin
  new.effective_calendar_id := coalesce((select calendar_id from event_links where event_id = new.id), new.calendar_id)\073
  return new\073
end
';
create trigger "events_effective_calendar" before insert or update of "calendar_id" on "events"
  for each row execute function "set_effective_calendar"();

create function "update_effective_calendar"() returns trigger language plpgsql as E'
begin
  if tg_op <> \'INSERT\' then
    update events e set effective_calendar_id = coalesce((select calendar_id from event_links where event_id = e.id), e.calendar_id)
    where e.id = old.event_id\073
  end if\073
  if tg_op <> \'DELETE\' then
    update events e set effective_calendar_id = new.calendar_id
    where e.id = new.event_id and e.effective_calendar_id is distinct from new.calendar_id\073
  end if\073
  return null\073
end
';
create trigger "event_links_effective_calendar" after insert or delete or update of "calendar_id", "event_id" on "event_links"
  for each row execute function "update_effective_calendar"();

update "events" e set "effective_calendar_id" = coalesce((select l."calendar_id" from "event_links" l where l."event_id" = e."id"), e."calendar_id");

create index "events_effective_calendar_id_starts_at_id_idx" on "events" ("effective_calendar_id", "starts_at", "id");
create index "events_approval_starts_at_id_idx" on "events" ("approval", "starts_at", "id");
create index "event_links_state_idx" on "event_links" ("state");

create index "rsvps_going" on "rsvps" ("event_id") where "status" = 'going'::rsvp_status;
create index "rsvps_event_id_created_at_id_idx" on "rsvps" ("event_id", "created_at", "id");

create index "operations_created_at_id_idx" on "operations" ("created_at", "id");
create index "operations_calendar_id_created_at_id_idx" on "operations" ("calendar_id", "created_at", "id");
create index "operations_isolated_by_creation" on "operations" ("created_at", "id") where "isolated";

create index "webhook_deliveries_calendar_id_received_at_id_idx" on "webhook_deliveries" ("calendar_id", "received_at", "id");
create index "webhook_deliveries_state_received_at_id_idx" on "webhook_deliveries" ("state", "received_at", "id");
create index "webhook_deliveries_type_received_at_id_idx" on "webhook_deliveries" ("type", "received_at", "id");

drop index "messages_state_idx";
create index "messages_state_created_at_id_idx" on "messages" ("state", "created_at", "id");
create index "messages_created_at_id_idx" on "messages" ("created_at", "id");
