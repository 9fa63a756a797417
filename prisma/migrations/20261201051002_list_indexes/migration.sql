-- Of the largest tables: each index is built while rows are written.
create index concurrently "rsvps_of_event_by_creation" on "rsvps" ("event_id", "created_at", "id", "status", "updated_at");
drop index concurrently "rsvps_event_id_created_at_id_idx";
create index concurrently "rsvp_links_updated_at_rsvp_id_idx" on "rsvp_links" ("updated_at", "rsvp_id");
create index concurrently "operations_of_calendar_by_creation" on "operations" ("calendar_id", "created_at", "id", "job", "state");
drop index concurrently "operations_calendar_id_created_at_id_idx";
create index concurrently "operations_of_state_by_creation" on "operations" ("state", "created_at", "id", "job");
drop index concurrently "operations_state_created_at_idx";
create index concurrently "operations_of_job_by_creation" on "operations" ("job", "created_at", "id", "state");
drop index concurrently "operations_job_created_at_idx";
create index concurrently "operations_of_event_by_creation" on "operations" ("event_id", "created_at", "id", "job", "state");
drop index concurrently "operations_event_id_created_at_idx";
create index concurrently "webhook_deliveries_of_state" on "webhook_deliveries" ("state", "received_at", "id", "type", "calendar_id");
drop index concurrently "webhook_deliveries_state_received_at_id_idx";
create index concurrently "webhook_deliveries_of_type" on "webhook_deliveries" ("type", "received_at", "id", "calendar_id");
drop index concurrently "webhook_deliveries_type_received_at_id_idx";
