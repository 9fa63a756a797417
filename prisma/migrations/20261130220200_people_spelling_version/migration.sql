-- Rows that are here already bear 0, so that relay reads their address and phone anew. New ones are stored in the present spelling.
alter table "people" add column "spelling_version" integer not null default 0;
alter table "people" alter column "spelling_version" set default 1;
create index "people_old_spelling" on "people" ("id") where (spelling_version < 1);
