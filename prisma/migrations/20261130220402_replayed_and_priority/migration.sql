-- A dead letter that was run again says so, and by which operation.
alter type "operation_state" add value 'replayed';
alter table "operations" add column "replayed_by" uuid;

-- Of several routing circles around a place the one with the highest priority takes the event.
alter table "calendars" add column "routing_priority" integer not null default 0;
