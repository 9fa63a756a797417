-- When Luma made the event: tells an id that was given to another event. Filled at the next look at each event.
alter table "event_links" add column "luma_created_at" timestamptz(3);
