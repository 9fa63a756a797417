-- What requests without an answer said is kept with the moment until which the last of them may come in. It was a list of moments beside what was asked.
UPDATE "event_links"
SET "base" = ("base" - 'mayArriveUntil' - 'repeated') || CASE
  WHEN "base" ? 'asked' AND "base" ? 'mayArriveUntil'
    THEN jsonb_build_object('underWay', jsonb_build_object('said', "base" -> 'asked', 'until', "base" -> 'mayArriveUntil' -> -1))
  ELSE '{}'::jsonb END
WHERE "base" ?| ARRAY['mayArriveUntil', 'repeated'];
