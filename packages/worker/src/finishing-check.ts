import type { OperationWorker } from '@luma-sync/queue';
import { PublicProblem, type ReadinessCheck } from '@luma-sync/runtime';

/** Ready means that work is finished, not only that it is taken. */
export function finishingCheck(
  queue: string,
  worker: Pick<OperationWorker, 'standstill'>,
): Record<string, ReadinessCheck> {
  const check = (): void => {
    const { standstill } = worker;
    if (standstill === null) return;
    const { waiting, stillMs } = standstill;
    const seconds = Math.round(stillMs / 1_000);
    throw new PublicProblem(`queue ${queue}: ${waiting} waiting, nothing finished for ${seconds} s`);
  };
  return { [`queue ${queue}`]: { check } };
}
