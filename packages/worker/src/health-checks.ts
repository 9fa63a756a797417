import { type OperationWorker, pingRedis } from '@luma-sync/queue';
import { PublicProblem, type ReadinessCheck } from '@luma-sync/runtime';
import { pingPostgres } from '@luma-sync/store';
import type { WorkerParts } from './parts.js';

export const connectionChecks = ({ db, redis }: Pick<WorkerParts, 'db' | 'redis'>): Record<string, ReadinessCheck> => ({
  postgres: { check: () => pingPostgres(db) },
  redis: { check: () => pingRedis(redis) },
});

export const consumingCheck = (worker: Pick<OperationWorker, 'isConsuming'>): Record<string, ReadinessCheck> => ({
  consuming: {
    check: () => {
      if (!worker.isConsuming) throw new PublicProblem('the worker takes no jobs');
    },
  },
});
