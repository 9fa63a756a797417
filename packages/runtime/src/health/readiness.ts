import pTimeout from 'p-timeout';

/** Something a process needs. The check throws or rejects while it is not there. */
export type ReadinessCheck = {
  check: () => unknown;
  /** Without what is not required the process still does its main work: it answers "degraded". Default true. */
  isRequired?: boolean;
  limitMs?: number;
};

class CheckTimeLimitError extends Error {
  readonly code = 'time_limit';
}

/** A problem whose words may be shown to anybody: no address, no id, nothing of a person. */
export class PublicProblem extends Error {}

export type CheckResult = { ok: boolean; durationMs: number; problem?: string };
export type Readiness = { status: 'ok' | 'degraded' | 'unavailable'; checks: Record<string, CheckResult> };

/** A probe usually waits a few seconds; a check that takes longer has failed. */
const checkLimitMs = 2_000;

/** Runs all checks at the same time, each within its limit. */
export async function checkReadiness(checks: Record<string, ReadinessCheck>): Promise<Readiness> {
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => ({
      name,
      isRequired: check.isRequired ?? true,
      result: await run(check),
    })),
  );
  const failed = results.filter(({ result }) => !result.ok);
  return {
    status: failed.some(({ isRequired }) => isRequired) ? 'unavailable' : failed.length > 0 ? 'degraded' : 'ok',
    checks: Object.fromEntries(results.map(({ name, result }) => [name, result])),
  };
}

async function run({ check, limitMs = checkLimitMs }: ReadinessCheck): Promise<CheckResult> {
  const startedAt = performance.now();
  const durationMs = (): number => Math.round(performance.now() - startedAt);
  try {
    await pTimeout((async () => check())(), { milliseconds: limitMs, message: new CheckTimeLimitError() });
    return { ok: true, durationMs: durationMs() };
  } catch (error) {
    return { ok: false, durationMs: durationMs(), problem: toProblem(error) };
  }
}

/** The code, not the message: the answer is public and messages hold addresses. */
function toProblem(error: unknown): string {
  if (error instanceof PublicProblem) return error.message;
  if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string')
    return error.code;
  return error instanceof Error ? error.name : 'unknown';
}
