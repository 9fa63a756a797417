import { JOIN_AFTER_DEATH_MS, type JobDefinition, PRIORITY, type Priority, type Trigger } from '@luma-sync/jobs';
import type { z } from 'zod';
import type { Db } from '../database.js';
import { Prisma } from '../generated/client.js';

export interface EnqueueOptions {
  trigger: Trigger;
  /** Who asked: an API key's name, `schedule`, `webhook`, `operator`. No personal data. */
  actor: string;
  eventId?: string | null;
  calendarId?: string | null;
  /** Not before this moment; default now. */
  runAfter?: Date;
  priority?: Priority;
  replayOf?: string;
}

export interface EnqueuedOperation {
  id: string;
  /** False when the request joined an operation that was queued already. */
  isNew: boolean;
}

/**
 * Writes one operation in the caller's transaction. While an operation with the same dedupe key is queued the request
 * joins it: it is brought forward if need be and starts afresh with its attempts, since there is something new to
 * carry. That wakes a parked one as well; what killed its process runs again a minute after its last death at the
 * earliest.
 *
 * @throws {z.ZodError} when the payload does not fit the definition.
 */
export async function enqueueOperation<D extends JobDefinition>(
  tx: Db,
  definition: D,
  payload: z.input<D['payload']>,
  options: EnqueueOptions,
): Promise<EnqueuedOperation> {
  const [row] = await enqueueOperations(tx, definition, [{ payload, ...options }]);
  if (row === undefined) throw new Error('an insert with returning gave no row');
  return row;
}

/**
 * As {@link enqueueOperation}, for many at once in one statement. Payloads with the same dedupe key become one
 * operation.
 */
export async function enqueueOperations<D extends JobDefinition>(
  tx: Db,
  definition: D,
  requests: readonly ({ payload: z.input<D['payload']> } & EnqueueOptions)[],
): Promise<EnqueuedOperation[]> {
  const rows = new Map<string, Prisma.Sql>();
  for (const request of requests) {
    const payload = definition.payload.parse(request.payload);
    const dedupeKey = definition.dedupeKey(payload);
    const priority = PRIORITY[request.priority ?? definition.priority];
    const runAfter = request.runAfter ?? null;
    rows.set(
      dedupeKey,
      Prisma.sql`(
        ${definition.name}, ${dedupeKey}, ${JSON.stringify(payload)}::jsonb, ${priority},
          ${request.trigger}::operation_trigger,
        ${request.actor}, ${request.eventId ?? null}::uuid, ${request.calendarId ?? null}::uuid,
        coalesce(${runAfter}::timestamptz, now()), coalesce(${runAfter}::timestamptz, now()) + ${definition.deadlineMs}
          * interval '1 ms',
        coalesce(${runAfter}::timestamptz, now()), ${request.replayOf ?? null}::uuid
      )`,
    );
  }
  if (rows.size === 0) return [];
  // Sorted, so that two transactions which join the same operations lock them in the same order.
  const values = [...rows.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sql]) => sql);
  return tx.$queryRaw<EnqueuedOperation[]>`
    insert into operations (job, dedupe_key, payload, priority, trigger, actor, event_id, calendar_id, run_after,
      deadline_at, dispatch_at, replay_of)
    values ${Prisma.join(values)}
    on conflict (dedupe_key) where state = 'queued' do update set
      requests = operations.requests + 1,
      attempts = 0,
      priority = least(operations.priority, excluded.priority),
      run_after = least(operations.run_after, ${NOT_BEFORE}),
      deadline_at = greatest(operations.deadline_at, excluded.deadline_at),
      dispatch_at = least(operations.dispatch_at, ${NOT_BEFORE}),
      parked_at = null,
      waiting_reason = case when excluded.run_after < operations.run_after then null else operations.waiting_reason end
    returning id, (xmax = 0) as "isNew"`;
}

/** As {@link joinOperation}. */
const NOT_BEFORE = Prisma.sql`greatest(excluded.run_after,
  case when operations.isolated and operations.crashed_at is not null then operations.crashed_at +
    ${JOIN_AFTER_DEATH_MS} * interval '1 ms' end)`;
