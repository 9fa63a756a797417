import type { Sql } from './sql.js';

/** An operation that ran out of tries: it runs again only after a long pause, or when a person replays it. */
export interface ParkedOperation {
  id: string;
  job: string;
  /** The app's id of the event it is about; null where it is about none, or about one that began at Luma. */
  externalId: string | null;
  code: string;
}

/** The code of an operation whose process died too often. */
const CRASHED = 'operation.crashed';
/** SQL: whether a row of `operations` is parked. What cannot be tried again after a pause is a dead letter instead. */
export const PARKED = `((state = 'queued' and parked_at is not null)
  or (state = 'failed' and error_code = '${CRASHED}'))`;

export function listParked(sql: Sql): Promise<ParkedOperation[]> {
  return sql.rows(
    `select o.id, o.job, e.external_id as "externalId", coalesce(o.error_code, 'no code') as code
     from operations o left join events e on e.id = o.event_id
     where o.id in (select id from operations where ${PARKED})`,
  );
}

export interface DeadLetter {
  job: string;
  code: string;
  message: string;
}

/** Operations that were given up for another reason, and that nobody has replayed. */
export function listDeadLetters(sql: Sql): Promise<DeadLetter[]> {
  return sql.rows(
    `select o.job, coalesce(o.error_code, 'no code') as code, coalesce(o.error_message, '') as message
     from operations o
     where o.state = 'failed' and o.error_code is distinct from $1
       and not exists (select 1 from operations r where r.replay_of = o.id)`,
    [CRASHED],
  );
}
