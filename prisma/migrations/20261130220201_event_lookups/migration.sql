create index "events_updated_at_idx" on "events" ("updated_at");
create index "events_url_idx" on "events" ("url");
