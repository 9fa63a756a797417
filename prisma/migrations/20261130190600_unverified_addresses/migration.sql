alter type "rsvp_link_state" add value 'unverified';

alter table "people" add column "email_verified" boolean not null default false,
  add column "claimed_email" text;
create index "people_claimed_email_idx" on "people" ("claimed_email");

-- Somebody known from Luma whom the app has taken over before proof was asked for: both are one row by now, and stay it.
update people set email_verified = true where origin = 'luma' and external_id is not null;
