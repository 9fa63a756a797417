import type { Logger } from '@luma-sync/runtime';
import { type Database, respellPeople, toStoreWords } from '@luma-sync/store';
import { loop } from './loop.js';

const BETWEEN_BATCHES_MS = 200;
const AFTER_ERROR_MS = 10_000;

/**
 * After an update that spells addresses or phones in another way: writes those of all people anew, in the background,
 * and ends.
 */
export function startRespelling({ db, log, signal }: { db: Database; log: Logger; signal: AbortSignal }) {
  const over = new AbortController();
  const total = { changed: 0, merged: 0, failed: 0 };
  let at: string | null = null;
  return loop({
    signal: AbortSignal.any([signal, over.signal]),
    afterErrorMs: AFTER_ERROR_MS,
    onError: (error) => log.warn({ reason: toStoreWords(error) ?? 'unknown' }, 'people could not be respelled'),
    round: async () => {
      const { lastId, changed, merged, failed } = await respellPeople(db, at);
      total.changed += changed;
      total.merged += merged;
      total.failed += failed;
      at = lastId;
      if (lastId !== null) return BETWEEN_BATCHES_MS;
      if (total.failed > 0) log.warn(total, 'some addresses and phones could not be respelled');
      else if (total.changed + total.merged > 0) log.info(total, 'addresses and phones are in the present spelling');
      over.abort();
      return 0;
    },
  });
}
