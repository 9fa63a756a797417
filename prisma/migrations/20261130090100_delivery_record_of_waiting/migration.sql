-- By itself, so that webhooks are taken in meanwhile. The record was named by the operation only. Those that were applied are done with.
UPDATE "webhook_deliveries" d SET "record_key" = o.payload ->> 'recordKey'
FROM "operations" o
WHERE d.state IN ('pending', 'failed') AND o.job = 'inbox.apply' AND o.dedupe_key = 'inbox.apply:' || d.id
  AND o.payload ->> 'recordKey' <> d.id::text;
