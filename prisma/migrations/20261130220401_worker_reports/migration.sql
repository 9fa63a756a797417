-- What a process says of itself with each heartbeat. Null: it has not said it.
alter table "worker_processes"
  add column "queue" text,
  add column "is_consuming" boolean,
  add column "slow_keys" text[] not null default '{}';
