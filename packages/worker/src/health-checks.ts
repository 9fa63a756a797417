import type { OperationWorker } from '@luma-sync/queue';
import type { ReadinessCheck } from '@luma-sync/runtime';
import type { WorkerParts } from './parts.js';

export const connectionChecks = ({ db, redis }: Pick<WorkerParts, 'db' | 'redis'>): Record<string, ReadinessCheck> => ({
  postgres: { check: () => db.$queryRaw`select 1` },
  redis: { check: () => redis.ping() },
});

export const consumingCheck = (worker: Pick<OperationWorker, 'isConsuming'>): Record<string, ReadinessCheck> => ({
  consuming: {
    check: () => {
      if (!worker.isConsuming) throw new Error('the worker takes no jobs');
    },
  },
});
