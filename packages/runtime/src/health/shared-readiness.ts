import { checkReadiness, type Readiness, type ReadinessCheck } from './readiness.js';

/** A probe asks every few seconds; what changed within this time is seen by the next one. */
const FRESH_MS = 250;

/**
 * Anybody may ask, as often as they like, and each look is a query. So all who ask at once share one look, and so do
 * those who ask right after it.
 */
export function shareReadiness(
  checks: Record<string, ReadinessCheck>,
  nowMs: () => number = () => performance.now(),
): () => Promise<Readiness> {
  let look: { readiness: Promise<Readiness>; endedAt: number | null } | null = null;
  return () => {
    if (look !== null && (look.endedAt === null || nowMs() - look.endedAt < FRESH_MS)) return look.readiness;
    const begun: NonNullable<typeof look> = { readiness: checkReadiness(checks), endedAt: null };
    look = begun;
    void begun.readiness.finally(() => {
      begun.endedAt = nowMs();
    });
    return begun.readiness;
  };
}
