import type { Seen } from './watched-road.js';

/** One answer of a person. */
export interface Accepted {
  email: string;
  lumaEventId: string;
  /** `performance.now()` at its commit. */
  acceptedAt: number;
}

export interface Latency {
  totalMs: number;
  /** Without the time in which a request of the event's push was on its way. */
  netMs: number;
}

/** From the commit to the arrival at Luma, for each answer that arrived. */
export function toLatencies(accepted: readonly Accepted[], seen: Seen): Latency[] {
  return accepted.flatMap(({ email, lumaEventId, acceptedAt }) => {
    const arrivedAt = seen.addedAt.get(email);
    if (arrivedAt === undefined) return [];
    const spans = (seen.trips.get(lumaEventId) ?? []).map(({ leftAt, answeredAt }) => ({
      from: Math.max(leftAt, acceptedAt),
      to: Math.min(answeredAt, arrivedAt),
    }));
    return [{ totalMs: arrivedAt - acceptedAt, netMs: arrivedAt - acceptedAt - union(spans) }];
  });
}

function union(spans: readonly { from: number; to: number }[]): number {
  let sum = 0;
  let end = Number.NEGATIVE_INFINITY;
  for (const { from, to } of [...spans].sort((a, b) => a.from - b.from)) {
    const start = Math.max(from, end);
    if (to > start) sum += to - start;
    end = Math.max(end, to);
  }
  return sum;
}

/** @param share 0.95 for p95. @returns seconds; 0 when there is nothing. */
export function percentileSeconds(valuesMs: readonly number[], share: number): number {
  const sorted = [...valuesMs].sort((a, b) => a - b);
  return (sorted[Math.min(Math.ceil(share * sorted.length), sorted.length) - 1] ?? 0) / 1_000;
}
