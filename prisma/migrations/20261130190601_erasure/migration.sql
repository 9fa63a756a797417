alter table "people" add column "erased_at" timestamptz(3);

create table "erased_addresses" (
  "hash" text not null,
  "person_id" uuid,
  "erased_at" timestamptz(3) not null default current_timestamp,
  "times_seen" integer not null default 0,
  "last_seen_at" timestamptz(3),
  constraint "erased_addresses_pkey" primary key ("hash")
);
create index "erased_addresses_person_id_idx" on "erased_addresses" ("person_id");

create table "address_hash_keys" (
  "id" uuid not null,
  "key_cipher" text not null,
  "created_at" timestamptz(3) not null default current_timestamp,
  constraint "address_hash_keys_pkey" primary key ("id")
);

create index "rsvps_with_answers" on "rsvps" ("event_id") where answers is not null;
create index "messages_with_address" on "messages" ("created_at") where recipient <> 'expired'::text;
