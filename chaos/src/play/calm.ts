import { setTimeout as pause } from 'node:timers/promises';
import type { Environment } from '../environment/open-environment.js';
import { PARKED } from '../environment/parked.js';

/** Between an answer and its webhook, or an operation and its follow-up, there is a moment of seeming calm. */
const QUIET_MS = 3_000;
const LOOK_MS = 300;

/**
 * Waits until no operation is open and no webhook is on its way. A parked operation does not count as open.
 *
 * @returns what is still open after the limit; empty when all is calm.
 */
export async function waitForCalm({ sql, luma }: Environment, limitMs: number, signal: AbortSignal): Promise<string[]> {
  const giveUpAt = performance.now() + limitMs;
  let quietSince: number | null = null;
  let open: { job: string; state: string; reason: string | null; count: number }[] = [];
  let pending = 0;
  while (performance.now() < giveUpAt && !signal.aborted) {
    try {
      open = await sql.rows(
        `select job, state::text as state, waiting_reason as reason, count(*)::int as count
         from operations where state in ('queued', 'running') and not ${PARKED} group by 1, 2, 3 order by 4 desc`,
      );
      pending = (await luma.counters()).webhooks.pending;
      if (open.length > 0 || pending > 0) quietSince = null;
      else quietSince ??= performance.now();
      if (quietSince !== null && performance.now() - quietSince >= QUIET_MS) return [];
    } catch {
      quietSince = null;
    }
    await pause(LOOK_MS);
  }
  const operations = open.map(
    ({ job, state, reason, count }) => `${count} × ${job} ${state}${reason === null ? '' : ` (${reason})`} still open`,
  );
  return pending > 0
    ? [...operations, `${pending} webhooks still on their way`]
    : operations.length > 0
      ? operations
      : ['never quiet'];
}
