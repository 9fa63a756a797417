import type { JobContext } from '@luma-sync/jobs';

/** The context of a run that stores and logs nothing. */
export function toContext({ operationId }: { operationId: string }, owner: string, now: () => Date): JobContext {
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  return {
    operationId,
    owner,
    leaseMs: 30_000,
    attempt: 1,
    crashes: 0,
    trigger: 'manual',
    createdAt: now(),
    log,
    now,
    signal: new AbortController().signal,
    assertLease() {},
    requests: { hasSent: false },
    report: async () => {},
  };
}
