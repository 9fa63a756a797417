import type { Logger, Metrics } from '@luma-sync/runtime';
import { applyRetention, type Database, type RetentionDays, toStoreWords } from '@luma-sync/store';
import { loop } from './loop.js';

export interface RetentionRunnerDeps {
  db: Database;
  days: RetentionDays;
  log: Logger;
  metrics: Metrics;
  signal: AbortSignal;
}

/** Batches of each kind in one round; between two rounds others have their turn. */
const BATCHES_PER_ROUND = 20;
const BETWEEN_ROUNDS_MS = 1_000;
/**
 * A night's work at most: ten million rows of a kind, or this many rounds that failed. What is left waits for the next
 * night.
 */
const ROUNDS_MAX = 500;
const IDLE_MS = 1_000;

/** Removes what is past its keeping when asked to, in rounds, in the background. */
export function startRetention({ db, days, log, metrics, signal }: RetentionRunnerDeps) {
  const removedTotal = metrics.counter({
    name: 'retention_removed_total',
    help: 'Rows removed, or emptied, because their keeping was over',
    labels: ['kind'],
  });
  let roundsLeft = 0;
  const ended = loop({
    signal,
    afterErrorMs: 10_000,
    onError: (error) => log.warn({ reason: toStoreWords(error) ?? 'unknown' }, 'a round of retention failed'),
    round: async () => {
      if (roundsLeft === 0) return IDLE_MS;
      roundsLeft -= 1;
      const { removed, isComplete } = await applyRetention(db, days, { signal, batchesMax: BATCHES_PER_ROUND });
      for (const [kind, count] of Object.entries(removed)) removedTotal.inc({ kind }, count);
      if (isComplete) roundsLeft = 0;
      const isOver = isComplete || roundsLeft === 0;
      if (isOver || Object.values(removed).some((count) => count > 0))
        log.info({ ...removed, isComplete }, 'retention applied');
      return BETWEEN_ROUNDS_MS;
    },
  });
  return {
    ended,
    /** Begins a night's work, or starts its count anew. */
    request: () => {
      roundsLeft = ROUNDS_MAX;
    },
  };
}
