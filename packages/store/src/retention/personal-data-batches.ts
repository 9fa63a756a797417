import { type Batch, RETENTION_BATCH } from './batch.js';

/** Data of people that is of use for a while only. The rows stay where they are counted. */
export const PERSONAL_DATA_BATCHES = {
  registrationAnswers: (tx, days) => tx.$executeRaw`
    update rsvps set answers = null where id in (
      select r.id from events e join rsvps r on r.event_id = e.id
      where r.answers is not null and e.starts_at < now() - ${days} * interval '1 day' and e.ends_at < now() - ${days} *
        interval '1 day'
      order by e.starts_at limit ${RETENTION_BATCH} for update of r skip locked)`,
  mailAddresses: (tx, days) => tx.$executeRaw`
    update messages set recipient = 'expired' where id in (
      select id from messages where recipient <> 'expired' and state = 'sent' and created_at < now() - ${days} *
        interval '1 day'
      order by created_at limit ${RETENTION_BATCH} for update skip locked)`,
  conflicts: (tx, days) => tx.$executeRaw`
    delete from conflicts where id in (
      select id from conflicts where created_at < now() - ${days} * interval '1 day'
      order by created_at limit ${RETENTION_BATCH} for update skip locked)`,
} satisfies Record<string, Batch>;
