import type { Database } from '@luma-sync/store';

/**
 * Operations of one kind, as a share of all. Payloads name records that do not exist: the handlers of the bench look at
 * none.
 */
interface Kind {
  job: string;
  priority: number;
  share: number;
  payload: string;
}

const EVENT = `jsonb_build_object('eventId', gen_random_uuid())`;

/** What a busy installation has to do, over all queues and priorities. */
const KINDS: readonly Kind[] = [
  { job: 'rsvp.push', priority: 1, share: 0.35, payload: EVENT },
  { job: 'event.push', priority: 1, share: 0.15, payload: EVENT },
  {
    job: 'inbox.apply',
    priority: 5,
    share: 0.25,
    payload: `jsonb_build_object('deliveryId', gen_random_uuid(), 'recordKey', gen_random_uuid())`,
  },
  { job: 'coupon.email', priority: 5, share: 0.05, payload: `jsonb_build_object('assignmentId', gen_random_uuid())` },
  {
    job: 'guest.pull',
    priority: 10,
    share: 0.15,
    payload:
      "jsonb_build_object('eventId', gen_random_uuid(), 'assignCoupons', false, 'sendEmails', false, " +
      "'approvalStatus', null)",
  },
  { job: 'drift.check', priority: 10, share: 0.05, payload: `jsonb_build_object('calendarId', gen_random_uuid())` },
];

const ROWS_PER_INSERT = 20_000;

/** Stores all operations at once, all of them due: the largest backlog there can be. */
export async function storeBacklog(db: Database, operations: number, signal: AbortSignal): Promise<void> {
  for (const { job, priority, share, payload } of KINDS) {
    let left = Math.round(operations * share);
    while (left > 0) {
      signal.throwIfAborted();
      const count = Math.min(left, ROWS_PER_INSERT);
      await db.$executeRawUnsafe(
        `insert into operations (job, dedupe_key, payload, priority, trigger, actor, deadline_at)
         select $1, gen_random_uuid(), ${payload}, $2, 'api', 'bench', now() + interval '1 day'
          from generate_series(1, $3::int)`,
        job,
        priority,
        count,
      );
      left -= count;
    }
  }
  // What autovacuum does by itself a minute later.
  await db.$executeRawUnsafe('vacuum analyze operations');
}

export async function countUnfinished(db: Database): Promise<number> {
  const [row] = await db.$queryRawUnsafe<{ count: number }[]>(
    `select count(*)::int as count from operations where dispatch_at is not null and (dispatched or not dispatched)`,
  );
  return row?.count ?? 0;
}

/** Operations by how they ended, and how many ran more than once. */
export async function countEndings(
  db: Database,
): Promise<{ done: number; failed: number; open: number; crashed: number }> {
  const [row] = await db.$queryRawUnsafe<{ done: number; failed: number; open: number; crashed: number }[]>(
    `select count(*) filter (where state = 'done')::int as done,
        count(*) filter (where state = 'failed')::int as failed,
       count(*) filter (where state not in ('done', 'failed'))::int as open,
        count(*) filter (where crashes > 0)::int as crashed
     from operations`,
  );
  return row ?? { done: 0, failed: 0, open: 0, crashed: 0 };
}
