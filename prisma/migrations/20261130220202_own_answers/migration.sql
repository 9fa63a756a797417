alter table "rsvp_links" add column "own_answer_revision" integer not null default 0;
