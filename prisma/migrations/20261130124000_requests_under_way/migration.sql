-- What requests without an answer said is kept with the moment until which the last of them may come in. It was a list of moments, beside what was
-- asked and what was seen of it already.
UPDATE "event_links" l
SET "base" = ("base" - 'mayArriveUntil' - 'repeated') || CASE
  WHEN u.last IS NULL THEN '{}'::jsonb
  ELSE jsonb_build_object('underWay', jsonb_build_object(
    'said', (coalesce("base" #> '{repeated,ours}', '{}') - 'cover') || coalesce("base" -> 'asked', '{}'), 'until', u.last)) END
FROM (
  SELECT id, (SELECT max(moment) FROM jsonb_array_elements_text("base" -> 'mayArriveUntil') moment) AS last
  FROM "event_links" WHERE "base" ?| ARRAY['mayArriveUntil', 'repeated']
) u
WHERE u.id = l.id;
