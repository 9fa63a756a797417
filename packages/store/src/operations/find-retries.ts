import type { Db } from '../database.js';
import type { StoredError } from '../events/event-view.js';

/** Codes of a push that waits for Luma as planned: nothing went wrong. */
const PLANNED_WAITS: ReadonlySet<string> = new Set(['rsvp.awaiting_event', 'rsvp.awaiting_luma', 'rsvp.more_due']);

/**
 * Of the operations with these dedupe keys, those that failed and are tried again: the last error and the next attempt.
 *
 * @returns by dedupe key.
 */
export async function findRetries(db: Db, dedupeKeys: readonly string[]): Promise<Map<string, StoredError>> {
  if (dedupeKeys.length === 0) return new Map();
  const rows = await db.$queryRaw<{ dedupeKey: string; code: string; message: string | null; nextTryAt: Date }[]>`
    select dedupe_key as "dedupeKey", error_code as code, error_message as message, run_after as "nextTryAt"
    from operations
    where dedupe_key = any(${[...new Set(dedupeKeys)]}::text[]) and state = 'queued'
      and error_code is not null and run_after > now()`;
  return new Map(
    rows
      .filter(({ code }) => !PLANNED_WAITS.has(code))
      .map(({ dedupeKey, code, message, nextTryAt }) => [dedupeKey, { code, message: message ?? '', nextTryAt }]),
  );
}

/**
 * What a record says while it waits: the newest failure of its operation. What the record itself stores stands when no
 * attempt is planned, since it is the end of the matter, or what Luma said.
 */
export function toPresentError(stored: StoredError | null, retry: StoredError | undefined): StoredError | null {
  if (retry === undefined) return stored;
  return stored === null || stored.nextTryAt !== null ? retry : stored;
}
