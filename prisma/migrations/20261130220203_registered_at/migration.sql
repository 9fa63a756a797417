alter table "rsvps" add column "registered_at" timestamptz(3);
