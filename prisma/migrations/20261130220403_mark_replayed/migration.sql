-- Dead letters of before that name an operation which ran them again. A migration of its own: a new value of a type cannot be used by the one that adds it.
update "operations" f set "state" = 'replayed', "replayed_by" = r.id
from (
  select distinct on ("replay_of") "replay_of", "id" from "operations" where "replay_of" is not null order by "replay_of", "created_at" desc
) r
where r."replay_of" = f."id" and f."state" = 'failed';
